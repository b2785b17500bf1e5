import { describe, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { definitionsOf, sketchOf } from "../../src/config/definition.ts";
import { effectiveToml } from "../../src/config/init.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { JobDefinition } from "../../src/schedule/definition.ts";
import { configOf, refusal, temporaryFolder } from "./fixture.ts";

const JOB = "[[job]]\nname = 'price'\nevery = '5s'\n";

interface Place {
  readonly env?: Record<string, string>;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** What the jobs of a file come to with this environment, and with these files beside it. */
async function definitionsIn(toml: string, { env = {}, files = {} }: Place = {}) {
  await using folder = await temporaryFolder();
  for (const [name, content] of Object.entries({ ...files, "bellcast.toml": toml })) {
    await Bun.write(join(folder.path, name), content);
  }
  // Before the folder goes.
  return await definitionsOf(await loadConfig({ cwd: folder.path, env }), env);
}

async function jobIn(toml: string, place: Place = {}): Promise<JobDefinition | undefined> {
  return (await definitionsIn(JOB + toml, place))[0];
}

describe("a secret", () => {
  test("of the environment, and of a file beside the configuration, is filled in everywhere", async () => {
    const job = await jobIn(
      `fetch = "https://a.example/?key=\${env:KEY}&more=\${file:secrets/more}"
method = "POST"
headers = { Authorization = "Bearer \${file:secrets/token}", A = "\${env:KEY}\${env:KEY}" }
body = '{"key": "\${env:KEY}"}'
`,
      { env: { KEY: "k1" }, files: { "secrets/token": "t1\n", "secrets/more": "m 1\r\n" } },
    );
    expect(job).toMatchObject({
      fetch: "https://a.example/?key=k1&more=m 1",
      headers: { Authorization: "Bearer t1", A: "k1k1" },
      body: '{"key": "k1"}',
    });
  });

  test("may be an address, or its beginning", async () => {
    const env = { URL: "https://a.example/x" };
    expect((await jobIn('fetch = "${env:URL}"', { env }))?.fetch).toBe("https://a.example/x");
    expect((await jobIn('fetch = "${env:URL}/y"', { env }))?.fetch).toBe("https://a.example/x/y");
  });

  test("is not looked for in what is published as it stands", async () => {
    expect((await jobIn('message = "${env:KEY}"'))?.message).toBe("${env:KEY}");
  });

  test("is filled in once: what it says itself is not read again", async () => {
    const env = { A: "${env:B}", B: "secret" };
    const job = await jobIn('fetch = "https://a.example"\nheaders = { A = "${env:A}" }', { env });
    expect(job?.headers).toEqual({ A: "${env:B}" });
  });

  test("of a file loses its last line break, and nothing else", async () => {
    const files = { token: " t\n\n" };
    const more = "fetch = 'https://a.example'\nmethod = 'POST'\nbody = '${file:token}'";
    expect((await jobIn(more, { files }))?.body).toBe(" t\n");
  });

  test("of a file may have 64 KiB, and not one byte more", async () => {
    const more = "fetch = 'https://a.example'\nmethod = 'POST'\nbody = '${file:token}'";
    const files = (size: number) => ({ token: "x".repeat(size) });
    expect((await jobIn(more, { files: files(65_536) }))?.body).toHaveLength(65_536);
    const error = await refusal(jobIn(more, { files: files(65_537) }));
    expect(error.message).toContain("the file is larger than 64KiB");
  });
});

describe("a secret that cannot be filled in is told with its line and key", () => {
  const HEADER = "fetch = 'https://a.example'\nheaders = { A = 'Bearer ${SECRET}' }\n";
  const withSecret = (secret: string) => HEADER.replace("${SECRET}", secret);

  test.each<[string, string, Place, string, string]>([
    [
      "a variable that is not set",
      withSecret("${env:KEY}"),
      {},
      "bellcast.toml:5:17 job.headers.A: names the variable KEY, which the environment does not have",
      "bellcast.toml:5:17 job.headers.A: 引用了环境变量 KEY，但未设置",
    ],
    [
      "a variable that is empty",
      "fetch = 'https://a.example/?k=${env:KEY}'",
      { env: { KEY: "" } },
      "bellcast.toml:4:9 job.fetch: names the variable KEY, which the environment does not have",
      "bellcast.toml:4:9 job.fetch: 引用了环境变量 KEY，但未设置",
    ],
    [
      "a file that is not there",
      withSecret("${file:none}"),
      {},
      "job.headers.A: names the secret file FOLDER/none: the file does not exist",
      "job.headers.A: 引用了密钥文件 FOLDER/none: 文件不存在",
    ],
    [
      "a file that is empty",
      withSecret("${file:token}"),
      { files: { token: "\n" } },
      "there is nothing in it",
      "文件为空",
    ],
    [
      "a file that is a folder",
      withSecret("${file:.}"),
      {},
      "this is a folder, not a file",
      "这是文件夹，不是文件",
    ],
    [
      "a file that is not text",
      withSecret("${file:token}"),
      { files: { token: new Uint8Array([0xff]) } },
      "the text is not valid UTF-8",
      "文本不是有效的 UTF-8",
    ],
    [
      "a header of two lines",
      withSecret("${env:KEY}"),
      { env: { KEY: "one\ntwo" } },
      "bellcast.toml:5:17 job.headers.A: The value of the header A has line breaks",
      "bellcast.toml:5:17 job.headers.A: 请求头 A 的值含有换行",
    ],
    [
      "an address that is none",
      "fetch = '${env:URL}'",
      { env: { URL: "somewhere" } },
      "bellcast.toml:4:9 job.fetch: This is no http or https address",
      "bellcast.toml:4:9 job.fetch: 这不是有效的 http 或 https 地址",
    ],
    [
      "an address that is private",
      "fetch = '${env:URL}'",
      { env: { URL: "http://127.0.0.1/x" } },
      "bellcast.toml:4:9 job.fetch: 127.0.0.1 is a private or reserved address",
      "bellcast.toml:4:9 job.fetch: 127.0.0.1 是私有或保留地址",
    ],
  ])("%s", async (_what, more, place, en, zh) => {
    const error = await refusal(jobIn(more, place));
    const told = (lang: "en" | "zh") =>
      error
        .format(lang)
        .replaceAll(/\/\S*bellcast-config-\w+/g, "FOLDER")
        .replaceAll("：", lang === "zh" ? ": " : "：");
    expect(told("en")).toContain(en);
    expect(told("zh")).toContain(zh);
    expect(error.problems).toHaveLength(1);
    // What a secret says is nobody's to read.
    for (const value of ["one\ntwo", "somewhere"]) expect(told("en")).not.toContain(value);
  });

  test("together with every other one", async () => {
    const other = "[[job]]\nevery = '5s'\nfetch = 'https://a.example/${file:none}'\n";
    const error = await refusal(jobIn(`${withSecret("${env:A}${env:B}")}${other}`));
    expect(error.problems.map(({ line, key }) => [line, key])).toEqual([
      [5, "job.headers.A"],
      [5, "job.headers.A"],
      [8, "job.fetch"],
    ]);
  });
});

test("loading looks for no secret, and config defaults tells only where each stands", async () => {
  const config = await configOf(
    `${JOB}fetch = "https://a.example/?k=\${env:KEY}"\nheaders = { A = "\${file:token}" }\n`,
    { env: { KEY: "the-value" }, files: { token: "the-token" } },
  );
  const text = effectiveToml(config);
  expect(text).toContain("${env:KEY}");
  expect(text).toContain("${file:token}");
  expect(text).not.toMatch(/the-(?:value|token)/);
});

test("a sketch of a job needs no secret", async () => {
  const { jobs } = await configOf(
    `${JOB}fetch = "\${env:URL}/x?k=\${env:KEY}"\nheaders = { A = "\${file:none}" }\n`,
  );
  expect(jobs.map(sketchOf)).toMatchObject([
    { fetch: "https://secret/x?k=secret", headers: { A: "secret" } },
  ]);
});

describe("a command", () => {
  const more = "exec = ['env']\nallow_exec = true\nenv = ['PATH', 'EMPTY', 'NOT_SET']\n";

  test("is given the variables that it names, where they are set, and no others", async () => {
    const job = await jobIn(more, { env: { PATH: "/bin", EMPTY: "", OTHER: "x" } });
    expect(job?.env).toEqual({ PATH: "/bin", EMPTY: "" });
  });

  test("runs in the folder of the file", async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, "etc"));
    await Bun.write(join(folder.path, "etc", "a.toml"), JOB + more);
    const loaded = await loadConfig({ file: "etc/a.toml", cwd: folder.path, env: {} });
    const [job] = await definitionsOf(loaded, {});
    expect(job?.cwd).toBe(join(folder.path, "etc"));
  });
});
