import { expect, test } from "bun:test";

import { type Bellcast } from "../../src/index.ts";
import { body, start } from "../http/harness.ts";
import type { RawConnection } from "../http/raw.ts";
import { dice } from "../support/dice.ts";
import type { ServerFrame } from "./json-client.ts";
import { Positions } from "./positions.ts";
import { readFrame } from "./server-frames.ts";
import { bareSocket, frame, OPCODE } from "./ws.ts";

const TOPICS = ["room.a", "room.b", "room.c"] as const;
const LENGTH = 8 * 1024;

/** What a client has got of each topic, over all its connections, and where it stands. */
class RuleClient {
  readonly positions = new Positions();
  readonly got = new Map<string, number[]>(TOPICS.map((topic) => [topic, []]));

  /** The command that subscribes to the topics where it stands; without a position it asks for all. */
  subscribe(topics: readonly string[]): Buffer {
    const command = { type: "subscribe", ref: 1, topics, since: this.positions.since(topics) };
    return frame(OPCODE.text, JSON.stringify(command));
  }

  receive(received: ServerFrame): void {
    const { type, topic = "", id } = received;
    if (type === "gap") throw new Error(`a gap of ${topic}, of which nothing was dropped`);
    if (type === "message" && id !== undefined) this.got.get(topic)?.push(id);
    this.positions.receive(received);
  }
}

async function connect(app: Bellcast, client: RuleClient): Promise<RawConnection> {
  const offered = { "Sec-WebSocket-Protocol": "bellcast.v1" };
  const { socket } = await bareSocket(app.url, "/ws/rule", offered);
  const welcome = await readFrame(socket);
  client.positions.welcomed(JSON.parse(welcome.payload.toString()) as ServerFrame);
  return socket;
}

async function read(socket: RawConnection, client: RuleClient): Promise<ServerFrame> {
  const { payload } = await readFrame(socket);
  const received = JSON.parse(payload.toString()) as ServerFrame;
  client.receive(received);
  return received;
}

test("a slow client that keeps its positions as the document says has everything once and in order", async () => {
  await using app = await start({
    topics: { "room.*": { history: 100_000, bytes: 1024 * 1024 * 1024 } },
    limits: { softBytes: 64 * 1024, bufferBytes: 512 * 1024 },
  });
  const random = dice(7);
  const client = new RuleClient();
  const published = new Map<string, number[]>(TOPICS.map((topic) => [topic, []]));
  const publish = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      const topic = TOPICS[Math.floor(random() * 3)] ?? "room.a";
      const { id } = await app.publish(topic, "x".repeat(LENGTH));
      published.get(topic)?.push(id as number);
      // One message a turn is fanned out as it is published.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  for (let round = 0; round < 12; round++) {
    const socket = await connect(app, client);
    socket.write(client.subscribe(TOPICS.slice(0, 2)));
    await publish(Math.floor(random() * 100));
    // More than the kernel takes for a peer that does not read: it falls behind.
    socket.pause();
    await publish(600);
    socket.write(client.subscribe(TOPICS.slice(2)));
    await publish(100);
    socket.resume();
    const publishing = publish(100);
    for (let left = Math.floor(random() * 900); left > 0; left--) await read(socket, client);
    socket[Symbol.dispose]();
    await publishing;
  }
  const last = await connect(app, client);
  last.write(client.subscribe(TOPICS));
  for (let live = 0; live < 3;) if ((await read(last, client)).type === "live") live++;
  last[Symbol.dispose]();
  for (const topic of TOPICS)
    expect(client.got.get(topic)).toEqual(published.get(topic) as number[]);
  // It did fall behind, again and again.
  const { slow } = await body<{ slow: number }>(fetch(`${app.url}/v1/stats`));
  expect(slow).toBeGreaterThanOrEqual(6);
}, 20_000);
