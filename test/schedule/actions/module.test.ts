import { expect, test } from "bun:test";

import { type Data, textData } from "../../../src/core/message.ts";
import type { RunContext } from "../../../src/schedule/actions/action.ts";
import { moduleAction } from "../../../src/schedule/actions/module.ts";
import { folderOf, gone } from "../../child/fixture.ts";

test("a module action runs its file with the facts and the means of the run", async () => {
  await using folder = await folderOf({
    "job.ts": `export default async ({ name, run, state, publish, log }) => {
      log("runs");
      state.runs = run;
      await publish("side", "x");
      return \`\${name} \${process.pid}\`;
    }`,
  });
  const file = folder.at("job.ts");
  const action = moduleAction({ file, allowPrivate: false, messageBytes: 1_000, watch: false });
  expect([action.kind, action.subject]).toEqual(["module", file]);
  const told: [string, Data | string][] = [];
  const context: RunContext = {
    signal: new AbortController().signal,
    memory: undefined,
    keep: (memory) => told.push(["kept", memory]),
    publish: async (topic, data) => void told.push([topic, data]),
    log: (line) => told.push(["log", line]),
  };
  const data = await action.run({ time: 0, name: "price", topic: "till", run: 7 }, context);
  const [, name, pid] = /^(\w+) (\d+)$/.exec(data?.kind === "text" ? data.text : "") ?? [];
  expect(name).toBe("price");
  expect(told).toEqual([
    ["log", "runs"],
    ["side", textData("x")],
    ["kept", '{"state":{"runs":7}}'],
  ]);
  await action.close?.();
  await gone(Number(pid));
});
