import { beforeEach, describe, expect, test } from "bun:test";

import type { Firing, JobPatch } from "../../src/core/agenda.ts";
import { textData } from "../../src/core/message.ts";
import { TestNode } from "./node.ts";

let node: TestNode;
beforeEach(() => {
  node = new TestNode({ topics: { "gathered*": { coalesceMs: 100 } } });
});

const ofJob = (patch: JobPatch = {}): Firing => ({
  type: "job",
  job: "news",
  patch,
  isKept: false,
});
const publish = (topic: string, firing?: Firing) =>
  node.hub.publish(topic, textData("x"), { firing }).then(
    ({ message }) => message.id ?? "unretained",
    ({ code }: { code: string }) => code,
  );
const scheduled = (id: string, topic: string) =>
  node.engine.schedule({ id, topic, data: textData("x"), due: 1_000, created: 1_000 });

describe("what a schedule publishes", () => {
  test.each(["kept", "live"])("to %s settles what it is to settle", async (topic) => {
    const bob = node.connect("bob", { topics: [topic] });
    bob.taken();
    await node.engine.saveJob("news", {});
    await scheduled("m", topic);
    await publish(topic, ofJob({ slot: 7, digest: "d" }));
    await publish(topic, { type: "scheduled", id: "m" });
    expect(node.engine.jobs()).toMatchObject([{ name: "news", state: { slot: 7, digest: "d" } }]);
    expect(node.engine.waiting()).toBe(0);
    expect(bob.told()).toHaveLength(2);
    expect(node.hub.counts).toMatchObject({ published: 2, delivered: 2 });
  });

  test.each(["kept", "live"])(
    "to %s is not published where nothing is to settle",
    async (topic) => {
      const bob = node.connect("bob", { topics: [topic] });
      bob.taken();
      expect(await publish(topic, ofJob())).toBe("not_scheduled");
      expect(await publish(topic, { type: "scheduled", id: "m" })).toBe("not_scheduled");
      expect([bob.told(), node.hub.counts.published]).toEqual([[], 0]);
    },
  );

  test("is not gathered: it comes together already", async () => {
    await node.engine.saveJob("news", {});
    const order: unknown[] = [];
    const gathered = publish("gathered").then((id) => order.push(["gathered", id]));
    await publish("gathered", ofJob()).then((id) => order.push(["job", id]));
    await node.clock.advance(100);
    await gathered;
    expect(order).toEqual([
      ["job", 1],
      ["gathered", 2],
    ]);
  });

  test("of one instant leaves in one turn of the loop, in its order", async () => {
    const bob = node.connect("bob", { topics: ["live"] });
    bob.taken();
    const ids = Array.from({ length: 100 }, (_, n) => `m${n}`);
    for (const id of ids) await scheduled(id, "live");
    const published = ids.map((id) =>
      node.hub.publish("live", textData(id), { firing: { type: "scheduled", id } }),
    );
    await node.settle();
    expect(bob.told().map(({ data }) => data)).toEqual(ids);
    await Promise.all(published);
  });
});
