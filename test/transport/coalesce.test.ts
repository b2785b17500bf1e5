import { expect, test } from "bun:test";

import { ManualClock } from "../clock.ts";
import { body, type Receipt, start } from "../http/harness.ts";
import { Client } from "./ws.ts";

test.each([0, 100])(
  "messages of a window reach a socket together and in order, on a topic that keeps %d",
  async (history) => {
    const clock = new ManualClock();
    await using app = await start({ clock, topics: { fast: { coalesceMs: 50, history } } });
    using client = await Client.open(app.url, "/ws/anna?topics=fast");
    const texts = Array.from({ length: 20 }, (_, n) => String(n));
    const publishes = texts.map((text) => app.publish("fast", text));
    // What is published to another topic meanwhile does not wait.
    const all = app.publish("all", "now");
    await clock.turn();
    await all;
    expect(await client.next()).toBe("now");
    await clock.advance(50);
    const got: unknown[] = [];
    while (got.length < texts.length) got.push(await client.next());
    expect(got).toEqual(texts);
    for (const { sessions } of await Promise.all(publishes)) expect(sessions).toBe(1);
  },
);

test("a request whose message waits is answered when the server stops", async () => {
  const clock = new ManualClock();
  const app = await start({ clock, topics: { fast: { coalesceMs: 1_000 } } });
  const answer = body<Receipt>(fetch(`${app.url}/t/fast`, { method: "POST", body: "x" }));
  // Its window is open once there is another timer.
  const before = clock.pending;
  while (clock.pending === before) await new Promise((resolve) => setImmediate(resolve));
  await app.close();
  expect(await answer).toMatchObject({ id: 1, topic: "fast" });
});
