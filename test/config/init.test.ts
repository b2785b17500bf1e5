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

  test.each([
    ["message", "tick", ["tz"]],
    ["fetch", "https://example.com/price.json", ["headers", "select", "allow_private"]],
    ["exec", ["date", "-u"], ["env", "allow_exec"]],
    ["module", expect.stringContaining("price.ts"), ["memory", "allow_private"]],
  ])("can be used with what it has commented out of a job with %s", async (key, value, more) => {
    const wanted = new RegExp(`^# (${[key, ...more].join("|")}) =`, "gm");
    const text = initToml("en")
      .replaceAll(wanted, "$1 =")
      .replace(/^template =/m, "# template =");
    const { jobs } = await configOf(text, { files: { "price.ts": "", "hooks.ts": "" } });
    expect(jobs).toMatchObject([{ name: "clock", [key]: value }]);
  });

  test("can be used with what it has commented out of topics, where that has its place", async () => {
    const text = initToml("en")
      .replace("# latest_by =", "latest_by =")
      .replace('overload = "queue"', 'overload = "latest"');
    const { topics } = await configOf(text);
    expect(topics["**"]).toMatchObject({ overload: "latest", latestBy: "from" });
  });

  test.each(["every", "at"])("can be used with its %s", async (key) => {
    const text = initToml("en").replace(/^cron =/m, "# cron =");
    const { jobs } = await configOf(text.replace(`# ${key} =`, `${key} =`));
    expect(jobs).toMatchObject([{ name: "clock", [key]: expect.any(String) }]);
  });
});

describe("config defaults", () => {
  test("are a file that loads to the same configuration", async () => {
    expect(await configOf(effectiveToml(defaultConfig()))).toEqual(defaultConfig());
  });

  test("hold for a configuration in which everything is said", async () => {
    await using folder = await temporaryFolder();
    await Bun.write(join(folder.path, "pages", "index.html"), "");
    for (const name of ["hooks.ts", "job.ts"]) await Bun.write(join(folder.path, name), "");
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
[topics.prices]
overload = "latest:5/s"
latest_by = "/item~1id"
[topics.danmaku]
overload = "sample:20/s"
[[job]]
cron = "* * * * *"
tz = "UTC"
topic = "@anna"
enabled = false
message = """tab\t"quote" \\\\ 铃
\\u007f"""
[hooks]
timeout = "2s"
[[job]]
name = "two"
cron = "@hourly"
template = "{{time}}"
[[job]]
every = "90s"
fetch = "https://api.example/?key=\${env:KEY}"
method = "POST"
headers = { "X-Token" = "\${file:token}", accept = "*/*" }
body = "{}"
select = "$['a b']"
allow_private = true
when = "changed"
only_if_listening = true
overlap = "queue"
missed = "once"
jitter = "1500ms"
timeout = "1h"
backoff = "0s"
retain = true
[[job]]
at = 2030-01-01T00:00:00+08:00
exec = ["date", "-u"]
env = ["PATH"]
allow_exec = true
[[job]]
at = "2030-01-01T00:00"
tz = "UTC"
module = ${JSON.stringify(join(folder.path, "job.ts"))}
memory = "64MiB"
`,
      {
        flags: {
          web: { public: join(folder.path, "pages") },
          hooks: { module: join(folder.path, "hooks.ts") },
        },
      },
    );
    expect(config.web.public).toBe(join(folder.path, "pages"));
    expect(await configOf(effectiveToml(config))).toEqual(config);
  });
});
