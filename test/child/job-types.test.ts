import { expect, test } from "bun:test";

import type { HooksModule, JobModule } from "../../src/job.ts";

// The checker of types is what tests these.
const price: JobModule<{ last: number }> = async ({ publish, state, fetch, log, signal, time }) => {
  signal.throwIfAborted();
  const response = await fetch("https://example.com/price", { headers: { Accept: "text/plain" } });
  const now = Number(await response.text());
  log("was", state.last, "at", new Date(time).toISOString());
  if (state.last !== now) await publish("changes", { from: state.last, to: now });
  state.last = now;
  // @ts-expect-error the state has no such member
  state.first = 5;
  return now;
};

const hooks: HooksModule = {
  onConnect: ({ sid, transport }) => (sid === "evil" && transport === "sse" ? false : undefined),
  onMessage: async ({ data }, { log }) => log(typeof data === "string" ? data : data.byteLength),
  onPublish: ({ topic, data, from, source }) => {
    if (source === "client" && from === undefined) return { refuse: "Say who you are." };
    return topic === "loud" ? { data: String(data).toUpperCase() } : undefined;
  },
  onDisconnect: ({ sid, code, reason, durationMs }) => [sid, code, reason, durationMs],
};

// @ts-expect-error a number is no answer
const wrong: HooksModule = { onPublish: () => 5 };

test("jobs and hooks have types", () => {
  expect([price, hooks, wrong].every((value) => value !== undefined)).toBe(true);
});
