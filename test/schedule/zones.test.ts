import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");

/** The tests of this folder that depend on the clock. This one is not among them: it would not end. */
const CLOCK_TESTS = [
  ...["cron", "spring", "interval", "instant", "trigger", "words", "zones-changes"],
  ...["template", "jobs", "scheduled", "rehearsal"],
]
  .map((name) => `./test/schedule/${name}.test.ts`)
  .filter((path) => existsSync(join(root, path)));

async function run(args: readonly string[], TZ: string) {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: root,
    env: { ...process.env, TZ },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [code, stdout, stderr] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, stdout, stderr };
}

test("there are tests to run", () => {
  expect(CLOCK_TESTS.length).toBeGreaterThan(7);
});

describe("the clock tests pass on a machine in", () => {
  test.each(["America/New_York", "Europe/London", "Asia/Shanghai", "UTC"])(
    "%s",
    async (tz) => {
      const { code, stderr } = await run(["test", ...CLOCK_TESTS], tz);
      const failures = new Set(stderr.match(/^\(fail\).*$/gm));
      expect({ code, failures: [...failures] }).toEqual({ code: 0, failures: [] });
      expect(Number(/^ *(\d+) pass$/m.exec(stderr)?.[1])).toBeGreaterThan(400);
      expect(stderr).toMatch(/^ *0 fail$/m);
    },
    60_000,
  );
});

test("a time zone of the machine's that is none stops nothing", async () => {
  const script = `
    import { parseTemplate } from "./src/schedule/template.ts";
    import { triggerOf } from "./src/schedule/triggers.ts";
    const triggers = [{ cron: "0 0 9 * * ?" }, { every: "5s" }, { at: "2026-12-01T09:00:00+08:00" }];
    for (const definition of triggers) {
      const trigger = triggerOf(definition);
      if (!(trigger.next(0) > 0)) throw new Error(trigger.kind);
      if (trigger.describe("zh") === "") throw new Error(trigger.kind);
    }
    const facts = { time: 0, name: "", topic: "", run: 1 };
    if (parseTemplate("{{time}}").render(facts).length < 20) throw new Error("template");
    process.stdout.write(triggerOf(triggers[0]).tz);
  `;
  const zones = [
    ...["", ":UTC", "Mars/Olympus", "+08:00", "UTC-8", "EST5EDT,M3.2.0,M11.1.0", ":/etc/localtime"],
    ...["../../etc/passwd", "Asia/Shanghai ", "时区", "x".repeat(5_000)],
  ];
  const runs = await Promise.all(zones.map((tz) => run(["-e", script], tz)));
  for (const [index, { code, stdout, stderr }] of runs.entries()) {
    expect([zones[index], code, stderr]).toEqual([zones[index], 0, ""]);
    expect(stdout).not.toBe("");
  }
}, 60_000);
