import { describe, expect, test } from "bun:test";

import { InFlight } from "../../src/core/inflight.ts";

/** Work that ends when the test says so. */
function work() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  return { run: () => promise, resolve, reject };
}

/** What has happened so far, told by promises. */
function journal() {
  const events: string[] = [];
  const tell = (event: string) => (promise: Promise<unknown>) =>
    promise.then(
      () => events.push(event),
      () => events.push(`${event} failed`),
    );
  return { events, tell };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("work under way", () => {
  test("of which there is none is idle at once", async () => {
    await new InFlight().idle();
  });

  test("gives its result or its failure on", async () => {
    const inFlight = new InFlight();
    expect(await inFlight.track(() => Promise.resolve("done"))).toBe("done");
    await expect(inFlight.track(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await inFlight.idle();
  });

  test("is idle when the last of it has ended, however it ended", async () => {
    const inFlight = new InFlight();
    const { events, tell } = journal();
    const [one, two] = [work(), work()];
    void tell("one")(inFlight.track(one.run));
    void tell("two")(inFlight.track(two.run));
    void tell("idle")(inFlight.idle());
    one.resolve("");
    await settled();
    expect(events).toEqual(["one"]);
    two.reject(new Error("no"));
    await settled();
    expect([...events].sort()).toEqual(["idle", "one", "two failed"]);
  });

  test("that throws before it begins is not counted for ever", async () => {
    const inFlight = new InFlight();
    const failing = inFlight.track(() => {
      throw new Error("at once");
    });
    await expect(failing).rejects.toThrow("at once");
    await inFlight.idle();
  });

  test("wakes everybody who waits, and can begin anew", async () => {
    const inFlight = new InFlight();
    const { events, tell } = journal();
    const [first, second] = [work(), work()];
    void inFlight.track(first.run);
    void tell("a")(inFlight.idle());
    void tell("b")(inFlight.idle());
    first.resolve("");
    await settled();
    expect(events).toEqual(["a", "b"]);
    void inFlight.track(second.run);
    void tell("c")(inFlight.idle());
    await settled();
    expect(events).toEqual(["a", "b"]);
    second.resolve("");
    await settled();
    expect(events).toEqual(["a", "b", "c"]);
  });
});
