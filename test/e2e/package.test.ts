import { expect, test } from "bun:test";
import { mkdir, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";

import { run, temporaryFolder } from "./executable.ts";

const root = resolve(import.meta.dir, "../..");

const PROGRAM = `
import { bellcast, BellcastError, type PublishResult } from "bellcast";
import { connect, type Message } from "bellcast/client";

await using app = await bellcast({ port: 0, store: ":memory:", onMessage: ({ sid }) => sid !== "x" });
const result: PublishResult = await app.publish("orders", { table: 4 });
const refused = await app.publish("no topic", "x").catch((error: BellcastError) => error.code);
using client = connect(app.url);
const heard = new Promise<Message>((resolve) => client.on("message", resolve));
const topic = client.topic("orders", { since: "all" });
console.log(JSON.stringify([result.id, refused, (await heard).data, topic.name]));
`;

/** What `bun init` writes, in which the browser's types are not. */
const TSCONFIG = {
  compilerOptions: {
    lib: ["ESNext"],
    target: "ESNext",
    module: "Preserve",
    types: ["bun-types"],
    allowImportingTsExtensions: true,
    verbatimModuleSyntax: true,
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
  },
};

test("another project imports the package, checks its types and runs", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  await mkdir(at("node_modules"));
  await symlink(root, at("node_modules/bellcast"));
  await symlink(join(root, "node_modules/bun-types"), at("node_modules/bun-types"));
  await Bun.write(at("main.ts"), PROGRAM);
  await Bun.write(at("tsconfig.json"), JSON.stringify(TSCONFIG));
  const options = { cwd: folder.path };
  expect((await run([process.execPath, "check"], options)).stderr).toContain("No type errors");
  const program = await run([process.execPath, "main.ts"], options);
  expect(program).toEqual({
    code: 0,
    stdout: '[1,"invalid_topic",{"table":4},"orders"]\n',
    stderr: "",
  });
});
