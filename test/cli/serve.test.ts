import { describe, expect, test } from "bun:test";
import { join, resolve } from "node:path";

import { ServerProcess, temporaryFolder } from "../e2e/executable.ts";
import { command } from "./harness.ts";

const MAIN = resolve(import.meta.dir, "../../src/main.ts");

async function folderWith(files: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) await Bun.write(join(folder.path, name), text);
  return folder;
}

const SECRET = `
[[job]]
name = "price"
every = "1h"
fetch = "http://127.0.0.1:1/"
allow_private = true
headers = { A = "\${env:PRICE_TOKEN}" }
`;

describe("a secret that is missing", () => {
  const problem =
    "bellcast.toml:7:17 job.headers.A: names the variable PRICE_TOKEN, which the environment does not have\n";

  test("ends serve and config check with 3, and its line and key", async () => {
    await using folder = await folderWith({ "bellcast.toml": SECRET });
    for (const args of [
      ["serve", "--port", "0", "--store", ":memory:"],
      ["config", "check"],
    ]) {
      const { code, stdout, stderr } = await command(args, { cwd: folder.path });
      expect([args[0], code, stdout, stderr]).toEqual([args[0], 3, "", problem]);
    }
    const env = { PRICE_TOKEN: "t" };
    expect((await command(["config", "check"], { cwd: folder.path, env })).code).toBe(0);
  });

  test("stands in no other verb's way, and config defaults prints no value", async () => {
    await using folder = await folderWith({ "bellcast.toml": `server.port = 1\n${SECRET}` });
    const list = await command(["job", "list"], { cwd: folder.path });
    expect([list.code, list.stderr]).toEqual([
      5,
      "No Bellcast server answers at http://127.0.0.1:1.\n",
    ]);
    const env = { PRICE_TOKEN: "the-value" };
    for (const options of [{ cwd: folder.path }, { cwd: folder.path, env }]) {
      const { code, stdout } = await command(["config", "defaults"], options);
      expect(code).toBe(0);
      expect(stdout).toContain('headers = { "A" = "${env:PRICE_TOKEN}" }');
      expect(stdout).not.toContain("the-value");
    }
  });
});

describe("hooks", () => {
  const config = (module: string) =>
    `[store]\npath = ":memory:"\n[log]\nformat = "logfmt"\n[hooks]\nmodule = "${module}"\n`;

  test("that cannot be loaded end serve with 3, and the reason in the language asked for", async () => {
    await using folder = await folderWith({
      "bellcast.toml": config("hooks.ts"),
      "hooks.ts": "throw new Error('no luck');\n",
    });
    for (const [lang, words] of [
      ["en", "hooks.ts cannot be loaded: "],
      ["zh", "hooks.ts："],
    ] as const) {
      const args = ["serve", "--port", "0", "--lang", lang];
      const { code, stdout, stderr } = await command(args, { cwd: folder.path });
      expect([code, stdout]).toEqual([3, ""]);
      expect(stderr).toStartWith("hooks.module");
      expect(stderr).toContain(words);
      expect(stderr).toContain("no luck");
    }
  });

  test("are asked, and loaded anew under --watch", async () => {
    const refusing = (topic: string) =>
      `export const onPublish = ({ topic }) => topic !== ${JSON.stringify(topic)};\n`;
    await using folder = await folderWith({
      "bellcast.toml": config("hooks.ts"),
      "hooks.ts": refusing("one"),
    });
    const serve = [process.execPath, MAIN, "serve", "--watch"];
    await using server = await ServerProcess.start(serve, { cwd: folder.path });
    const publish = async (topic: string) =>
      (await fetch(`${server.url}/t/${topic}`, { method: "POST", body: "x" })).status;
    expect([await publish("one"), await publish("two")]).toEqual([403, 200]);
    await Bun.write(join(folder.path, "hooks.ts"), refusing("two"));
    await server.logged(/event=hook\.reloaded/);
    expect([await publish("one"), await publish("two")]).toEqual([200, 403]);
  });
});

test("the banner tells ten jobs, and what each waits for", async () => {
  const jobs = Array.from({ length: 12 }, (_, index) => [
    `[[job]]`,
    `name = "job-${index}"`,
    `cron = "0 0 3 1 1 *"`,
    `tz = "UTC"`,
    `message = "x"`,
  ]).map((lines) => lines.join("\n"));
  const off = '[[job]]\nname = "off"\nevery = "5s"\nmessage = "x"\nenabled = false\n';
  await using folder = await folderWith({
    "bellcast.toml": `${off}${jobs.join("\n")}\n[store]\npath = ":memory:"\n`,
  });
  const serve = [process.execPath, MAIN, "serve"];
  await using server = await ServerProcess.start(serve, { cwd: folder.path });
  await server.logged(/curl -d/);
  expect(server.log).toMatch(/ off: disabled\n/);
  expect(server.log).toMatch(/job-8: .+ to all, next 20\d\d-01-01 03:00:00 UTC\n/);
  expect(server.log).not.toContain("job-9:");
  expect(server.log).toMatch(/ … and 3 more\n/);
});
