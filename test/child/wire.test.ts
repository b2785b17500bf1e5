import { expect, test } from "bun:test";

import { dataFrom, readMessage, STATE_BYTES } from "../../src/child/wire.ts";
import { folderOf, JobOfTest } from "./fixture.ts";

const failure = { message: "no", frames: ["at a"], code: "x" };
const text = { kind: "text", text: "x" } as const;

test.each<[message: unknown]>([
  [{ type: "loaded", exports: ["default"], files: [], isBounded: true }],
  [{ type: "refused", failure }],
  [{ type: "crashed", failure }],
  [{ type: "log", text: "x" }],
  [{ type: "done", id: 1, payload: text, state: "{}" }],
  [{ type: "done", id: 1, payload: undefined, state: undefined }],
  [{ type: "done", id: 1, payload: { kind: "bytes", bytes: new Uint8Array(1) }, state: undefined }],
  [{ type: "returned", id: 1, value: { any: 1 } }],
  [{ type: "failed", id: 1, failure }],
  [{ type: "publish", id: 1, run: 1, topic: "t", payload: { kind: "json", text: "1" } }],
])("a message of a child is read: %j", (message) => {
  expect(readMessage(message) as unknown).toEqual(message);
});

test.each<[message: unknown]>([
  [undefined],
  [null],
  ["done"],
  [[]],
  [{}],
  [{ type: "toString" }],
  [{ type: "loaded", exports: "default", files: [] }],
  [{ type: "loaded", exports: [5], files: [] }],
  [{ type: "loaded", exports: new Array(101).fill(""), files: [] }],
  [{ type: "loaded", exports: [], files: new Array(501).fill("") }],
  [{ type: "refused" }],
  [{ type: "refused", failure: { message: 5, frames: [] } }],
  [{ type: "crashed", failure: { message: "", frames: new Array(6).fill("") } }],
  [{ type: "log", text: 5 }],
  [{ type: "done", payload: text }],
  [{ type: "done", id: "1" }],
  [{ type: "done", id: 1.5 }],
  [{ type: "done", id: 1, payload: null }],
  [{ type: "done", id: 1, payload: { kind: "bytes", bytes: "x" } }],
  [{ type: "done", id: 1, payload: { kind: "other", text: "x" } }],
  [{ type: "done", id: 1, state: {} }],
  [{ type: "done", id: 1, state: "[]" }],
  [{ type: "done", id: 1, state: "{" }],
  [{ type: "failed", id: 1 }],
  [{ type: "publish", id: 1, run: 1, topic: 5, payload: text }],
  [{ type: "publish", id: 1, topic: "t", payload: text }],
  [{ type: "publish", id: 1, run: 1, topic: "t" }],
])("what is no message of a child is not read: %j", (message) => {
  expect(readMessage(message)).toBeUndefined();
});

test("a state of the most bytes is read, and one of a byte more is not", () => {
  const done = (size: number) =>
    readMessage({ type: "done", id: 1, state: `{"a":"${"x".repeat(size - 8)}"}` });
  expect(done(STATE_BYTES)).toBeDefined();
  expect(done(STATE_BYTES + 1)).toBeUndefined();
});

test("what was thrown is cut to a bearable length", () => {
  const long = { message: "x".repeat(5_000), frames: ["y".repeat(5_000)] };
  const read = readMessage({ type: "crashed", failure: long });
  expect(read).toEqual({
    type: "crashed",
    failure: { message: "x".repeat(2_000), frames: ["y".repeat(500)], code: undefined },
  });
});

test("a JSON payload that is none is refused", () => {
  expect(() => dataFrom({ kind: "json", text: '1}, {"type":"bye"' })).toThrow(SyntaxError);
});

/** Writes a message of its own on the way to the server, as the runtime writes them. */
const HOSTILE = (message: string) => `
  import { serialize } from "bun:jsc";
  import { readdirSync, readlinkSync, writeSync } from "node:fs";
  export default async ({ run }) => {
    if (run > 1) return "ok";
    const body = Buffer.from(serialize(${message}));
    const head = Buffer.alloc(5);
    head[0] = 2;
    head.writeUInt32LE(body.length, 1);
    writeSync(3, Buffer.concat([head, body]));
    await new Promise(() => {});
  }`;

test
  .skipIf(process.platform === "win32")
  .each(["{ type: 'nonsense' }", "{ type: 'done', id: 1, state: '[]' }", "'text'"])(
  "a process that says what is not understood is ended: %s",
  async (message) => {
    await using folder = await folderOf({ "job.ts": HOSTILE(message) });
    await using job = new JobOfTest({ file: folder.at("job.ts") });
    expect((await job.failure()).message).toContain("is not understood");
    expect(await job.run()).toBe("ok");
  },
);

test("an answer to nothing is ignored", async () => {
  await using folder = await folderOf({
    "job.ts": HOSTILE("{ type: 'failed', id: 99, failure: { message: '', frames: [] } }").replace(
      "await new Promise(() => {});",
      "return 'made';",
    ),
  });
  await using job = new JobOfTest({ file: folder.at("job.ts") });
  expect(await job.run()).toBe("made");
});
