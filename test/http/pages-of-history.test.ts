import { expect, test } from "bun:test";

import { body, type History, start } from "./harness.ts";

const KIB = 1024;

test("a page of history has at most a mebibyte of payload, from the end that was asked for", async () => {
  await using app = await start({ topics: { big: { history: 100 } } });
  for (let id = 1; id <= 40; id++) await app.publish("big", "x".repeat(64 * KIB));
  const ids = async (query: string) =>
    (await body<History>(fetch(`${app.url}/t/big?${query}`))).messages.map(({ id }) => id);
  const from = (first: number, count: number) =>
    Array.from({ length: count }, (_, at) => first + at);
  // Sixteen of 64 KiB are a mebibyte, and the seventeenth is past it.
  expect(await ids("")).toEqual(from(25, 16));
  expect(await ids("before=25")).toEqual(from(9, 16));
  expect(await ids("since=0")).toEqual(from(1, 16));
  expect(await ids("since=16")).toEqual(from(17, 16));
  expect(await ids("since=all&limit=3")).toEqual(from(1, 3));
});

test("one message is a page, however large it is", async () => {
  await using app = await start({
    limits: { messageBytes: 2_048 * KIB, bufferBytes: 4_096 * KIB },
  });
  await app.publish("big", "x".repeat(1_500 * KIB));
  await app.publish("big", "x".repeat(1_500 * KIB));
  const { messages } = await body<History>(fetch(`${app.url}/t/big?since=all`));
  expect(messages.map(({ id }) => id)).toEqual([1]);
});

test("the list of topics is cut at its limit, and tells how many there are", async () => {
  await using app = await start();
  for (let index = 0; index < 1_001; index++) await app.publish(`topic-${index}`, "x");
  const list = async (query: string) => {
    const answer = await fetch(`${app.url}/v1/topics${query}`);
    const { total, topics } = (await answer.json()) as { total: number; topics: unknown[] };
    return [total, topics.length];
  };
  expect(await list("")).toEqual([1_001, 1_000]);
  expect(await list("?limit=10000")).toEqual([1_001, 1_001]);
  expect(await list("?limit=1")).toEqual([1_001, 1]);
  for (const limit of ["0", "10001"]) {
    expect((await fetch(`${app.url}/v1/topics?limit=${limit}`)).status).toBe(400);
  }
});

test("a problem is told in Chinese to who asks for Chinese first", async () => {
  await using app = await start();
  const ask = async (language: string) => {
    const headers = { "Accept-Language": language };
    return (await fetch(`${app.url}/nothing`, { headers })).json();
  };
  expect(await ask("zh-CN,en;q=0.8")).toMatchObject({
    code: "unknown_path",
    detail: "此路径不存在。",
    hint: "发布请用 POST /t/{topic}，连接请用 /ws/{sid}。",
  });
  expect(await ask("en,zh")).toMatchObject({ detail: "There is nothing at this path." });
});
