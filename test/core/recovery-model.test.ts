import { expect, test } from "bun:test";

import fc from "fast-check";

import type { FakeSession } from "./fakes.ts";
import { TestNode } from "./node.ts";
import { Reader, type Since } from "./reader.ts";

/**
 * Random lives of a few sessions on one node, while messages are published: whatever happens, each
 * session sees every retained message after its position once and in order, or is told of the gap.
 */

const TOPICS = ["all", "a", "b"];

type Action =
  | {
      readonly kind: "publish";
      readonly topic: string;
      readonly count: number;
      readonly bytes: number;
    }
  | { readonly kind: "hold" | "turn" }
  | { readonly kind: "commit"; readonly count: number }
  | {
      readonly kind: "subscribe";
      readonly who: number;
      readonly topics: readonly string[];
      readonly from: "now" | "all" | "position";
    }
  | { readonly kind: "unsubscribe"; readonly who: number; readonly topic: string }
  | { readonly kind: "stopReading" | "return" | "readAll"; readonly who: number }
  | { readonly kind: "drain"; readonly who: number; readonly count: number };

const who = fc.nat({ max: 2 });
const topic = fc.constantFrom(...TOPICS);
const kind = <Kind extends string>(...kinds: Kind[]) => fc.constantFrom(...kinds);

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kind("publish"),
      topic,
      count: fc.integer({ min: 1, max: 40 }),
      bytes: fc.constantFrom(1, 10, 100, 800),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: kind("turn", "turn", "turn", "hold") }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("commit"), count: fc.nat({ max: 50 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind("subscribe"),
      who,
      topics: fc.subarray(TOPICS, { minLength: 1 }),
      from: kind("now", "all", "position"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind("unsubscribe"), who, topic }) },
  { weight: 4, arbitrary: fc.record({ kind: kind("stopReading", "return", "readAll"), who }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: kind("drain"), who, count: fc.integer({ min: 1, max: 20 }) }),
  },
);

/** Plays the actions, and then lets everybody read to the end. */
async function play(actions: readonly Action[], history: number): Promise<readonly Reader[]> {
  // Answers cannot be sent again later, and enough of them would end a session that does not read.
  const node = new TestNode({ topics: { "**": { history } }, limits: { bufferBytes: 1_000_000 } });
  const published = new Map<string, number[]>();
  const readers = [0, 1, 2].map(() => new Reader(published));
  const sessions: FakeSession[] = [];
  const enter = (index: number) => {
    const reader = readers[index]!;
    const session = node.connect(`s${index}`, {}, reader.position("all"));
    sessions[index] = session;
    reader.take(session.told());
    const { ref, topics, since } = reader.resubscription();
    node.dialogue.receive(session, JSON.stringify({ type: "subscribe", ref, topics, since }));
    reader.take(session.told());
  };
  const keep = ({ message }: { message: { id?: number | undefined; topic: string } }) => {
    const ids = published.get(message.topic) ?? [];
    published.set(message.topic, [...ids, message.id!]);
  };
  readers.forEach((_, index) => enter(index));
  const publishing: Promise<void>[] = [];
  for (const step of actions) {
    switch (step.kind) {
      case "publish": {
        const data = { kind: "text", text: "x".repeat(step.bytes), size: step.bytes } as const;
        for (let sent = 0; sent < step.count; sent++) {
          publishing.push(node.hub.publish(step.topic, data).then(keep));
        }
        break;
      }
      case "turn":
        await node.clock.turn();
        break;
      case "hold":
        node.hold();
        break;
      case "commit":
        await node.commit(step.count);
        break;
      default: {
        const reader = readers[step.who]!;
        const session = sessions[step.who]!;
        if (step.kind === "subscribe") {
          const since: Record<typeof step.from, Since> = {
            now: undefined,
            all: "all",
            position: reader.positions(step.topics),
          };
          const command = reader.subscribe(step.topics, since[step.from]);
          node.dialogue.receive(session, JSON.stringify(command));
        } else if (step.kind === "unsubscribe") {
          node.dialogue.receive(session, JSON.stringify(reader.unsubscribe(step.topic)));
        } else if (step.kind === "stopReading") {
          session.reads = false;
        } else if (step.kind === "drain") {
          node.drain(session, step.count);
        } else if (step.kind === "readAll") {
          node.drain(session);
          session.reads = true;
        } else {
          // What the peer has not read is lost with its connection.
          node.end(session);
          enter(step.who);
        }
      }
    }
    await node.settle();
    readers.forEach((reader, index) => reader.take(sessions[index]!.told()));
  }
  await end(node, sessions, publishing);
  readers.forEach((reader, index) => {
    reader.take(sessions[index]!.told());
    expect(sessions[index]!.ended).toEqual([]);
  });
  expect(node.hub.counts.catchingUp).toBe(0);
  return readers;
}

async function end(node: TestNode, sessions: FakeSession[], publishing: Promise<void>[]) {
  node.release();
  await node.commit();
  await Promise.all(publishing);
  do {
    for (const session of sessions) {
      node.drain(session);
      session.reads = true;
    }
    await node.clock.advance(0);
  } while (node.hub.counts.catchingUp > 0 || sessions.some(({ buffered }) => buffered > 0));
}

const actions = fc.array(action, { minLength: 1, maxLength: 60, size: "max" });

test("every message comes once and in order, whoever joins, stalls, returns and publishes", async () => {
  await fc.assert(
    fc.asyncProperty(actions, async (steps) => {
      for (const reader of await play(steps, 100_000)) {
        expect(reader.missing()).toEqual([]);
        expect(reader.gaps).toBe(0);
      }
    }),
    { seed: 31, numRuns: 400 },
  );
}, 60_000);

test("and where retention was faster, the gap is told before what comes after it", async () => {
  await fc.assert(
    fc.asyncProperty(actions, async (steps) => {
      for (const reader of await play(steps, 5)) expect(reader.missing()).toEqual([]);
    }),
    { seed: 32, numRuns: 400 },
  );
}, 60_000);
