import { expect, test } from "bun:test";

import { TestNode } from "./node.ts";

/** A node whose log stops being readable. */
async function broken(): Promise<{ node: TestNode; breakLog: () => void }> {
  const node = new TestNode({ topics: { chat: { history: 1_000 } } });
  for (let id = 1; id <= 100; id++) await node.publish("chat", `${id}`);
  const breakLog = () => {
    node.engine.read = () => {
      throw new Error("the disk is gone");
    };
  };
  return { node, breakLog };
}

test("a log that cannot be read in the middle of a replay ends the session, to come back", async () => {
  const { node, breakLog } = await broken();
  const session = node.connect("bob", { topics: ["chat"] }, "all");
  breakLog();
  await node.clock.turn();
  expect(session.ended).toEqual(["failed"]);
  expect(node.events.map(([event]) => event)).toContain("refused");
});

test("a log that cannot be read for a subscription ends the session, and is told", async () => {
  const { node, breakLog } = await broken();
  const session = node.connect("bob", { topics: [] });
  breakLog();
  await node.say(session, { type: "subscribe", ref: 1, topics: ["chat"], since: "all" });
  expect(session.ended).toEqual(["failed"]);
});
