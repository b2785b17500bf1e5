import { describe, expect, test } from "bun:test";
import { join } from "node:path";

import { effectiveToml, initToml } from "../../src/config/init.ts";
import { KEY_NAMES } from "../../src/config/keys.ts";
import { defaultConfig } from "../../src/config/reading.ts";
import { configOf, temporaryFolder } from "./fixture.ts";

describe("the file of config init", () => {
  test.each(["en", "zh"] as const)("in %p is the default configuration", async (lang) => {
    expect(await configOf(initToml(lang))).toEqual(defaultConfig());
  });

  test.each(["en", "zh"] as const)("in %p has every key under a comment", (lang) => {
    const lines = initToml(lang).split("\n");
    let section = "";
    const explained = lines.flatMap((line, index) => {
      section = /^\[+"?(\w+)/.exec(line)?.[1] ?? section;
      const key = /^(?:# )?(\w+) = /.exec(line)?.[1];
      const comment = lines[index - 1] ?? "";
      return key !== undefined && /^# \S/.test(comment) ? [`${section}.${key}`] : [];
    });
    expect(explained.toSorted()).toEqual(KEY_NAMES.toSorted());
  });

  test("can be used with what it has commented out", async () => {
    const all = initToml("en").replaceAll(/^# (tz|message) =/gm, "$1 =");
    const { jobs } = await configOf(all.replace(/^template =/m, "# template ="));
    expect(jobs).toEqual([
      {
        name: "clock",
        cron: "0/5 * * * * ?",
        tz: "Asia/Shanghai",
        topic: "all",
        enabled: true,
        message: "tick",
      },
    ]);
  });
});

describe("config defaults", () => {
  test("are a file that loads to the same configuration", async () => {
    expect(await configOf(effectiveToml(defaultConfig()))).toEqual(defaultConfig());
  });

  test("hold for a configuration in which everything is said", async () => {
    await using folder = await temporaryFolder();
    await Bun.write(join(folder.path, "pages", "index.html"), "");
    const config = await configOf(
      `
[server]
host = "::"
port = 0
hosts = ["a.example", "b.example"]
[log]
level = "debug"
format = "logfmt"
[limits]
message = "500kB"
headers = 1025
subscriptions = 2
soft = 16385
buffer = "64MiB"
stall = "1500ms"
silence = "4s"
connections = 7
[auth]
mode = "open"
origins = ["null", "https://a.example:8443"]
[topics."a.*.b"]
history = 0
age = "90s"
bytes = 1
[topics."__proto__"]
history = 1
[[job]]
cron = "* * * * *"
tz = "UTC"
topic = "@anna"
enabled = false
message = """tab\t"quote" \\\\ 铃
\\u007f"""
[[job]]
name = "two"
cron = "@hourly"
template = "{{time}}"
`,
      { flags: { web: { public: join(folder.path, "pages") } } },
    );
    expect(config.web.public).toBe(join(folder.path, "pages"));
    expect(await configOf(effectiveToml(config))).toEqual(config);
  });
});
