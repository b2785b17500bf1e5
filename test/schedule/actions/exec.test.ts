import { describe, expect, test } from "bun:test";

import type { Data } from "../../../src/core/message.ts";
import type { RunContext } from "../../../src/schedule/actions/action.ts";
import { execAction, type ExecOptions } from "../../../src/schedule/actions/exec.ts";
import { folderOf, gone, isRunning, until } from "../../child/fixture.ts";

const FACTS = { time: 0, name: "date", topic: "all", run: 1 };

function contextOf(signal: AbortSignal): RunContext {
  return { signal, memory: undefined, keep() {}, publish: async () => {}, log() {} };
}

async function exec(
  argv: readonly string[],
  options: Partial<ExecOptions> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Data | undefined> {
  return execAction({ argv, env: {}, maxBytes: 65_536, ...options }).run(FACTS, contextOf(signal));
}

const sh = (script: string, options?: Partial<ExecOptions>, signal?: AbortSignal) =>
  exec(["/bin/sh", "-c", script], options, signal);

const messageOf = (run: Promise<unknown>) =>
  run.then(
    () => "no failure",
    (error: Error & { reason?: { zh: string } }) => `${error.message} | ${error.reason?.zh}`,
  );

// The scripts of these tests are for a shell.
describe.skipIf(process.platform === "win32")("exec", () => {
  test.each<[script: string, made: unknown]>([
    ["echo Grüße", { kind: "text", text: "Grüße" }],
    ["printf 'two\\nlines\\n\\n'", { kind: "text", text: "two\nlines\n" }],
    ["printf 'crlf\\r\\n'", { kind: "text", text: "crlf" }],
    [`printf '{"a":1}'`, { kind: "text", text: '{"a":1}' }],
    ["printf '\\377\\n'", { kind: "bytes", bytes: new Uint8Array([255, 10]) }],
    ["echo", undefined],
    ["true", undefined],
    ["echo complaint >&2", undefined],
  ])("what a program prints is published: %s", async (script, made) => {
    const { size: _, ...data } = (await sh(script)) ?? { size: 0 };
    expect(data as unknown).toEqual(made ?? {});
  });

  test("arguments are no shell's to read", async () => {
    expect(await exec(["/bin/echo", "$HOME; `date` *"])).toMatchObject({ text: "$HOME; `date` *" });
  });

  test("the environment is what was given, and nothing else", async () => {
    expect(await exec(["/usr/bin/env"])).toBeUndefined();
    expect(await exec(["/usr/bin/env"], { env: { PRICE: "5" } })).toMatchObject({
      text: "PRICE=5",
    });
  });

  test("it runs in its folder, with nothing to read", async () => {
    await using folder = await folderOf({});
    const cwd = folder.at("").replace(/\/$/, "");
    expect(await sh("pwd; cat", { cwd })).toMatchObject({ text: cwd });
  });

  test("a program is found as the server finds one", async () => {
    expect(await exec(["true"])).toBeUndefined();
  });

  test.each<[script: string, en: string, zh: string]>([
    ["echo oops >&2; exit 3", "/bin/sh ended with code 3: oops", "/bin/sh 以 code 3 结束: oops"],
    ["exit 3", "/bin/sh ended with code 3", "/bin/sh 以 code 3 结束"],
    ["kill -9 $$", "/bin/sh ended with SIGKILL", "/bin/sh 以 SIGKILL 结束"],
  ])(
    "a program that fails is a failure, with what it complained of: %s",
    async (script, en, zh) => {
      expect(await messageOf(sh(script))).toBe(`${en} | ${zh}`);
    },
  );

  test("of complaints the last two kibibytes are told", async () => {
    const message = await messageOf(sh("printf '%05000d' 7 >&2; exit 1"));
    expect(/: (0+7) \|/.exec(message)?.[1]?.length).toBe(2_048);
  });

  test("a program that cannot be started is a failure", async () => {
    expect(await messageOf(exec(["/no/such/program"]))).toContain(
      "/no/such/program cannot be started",
    );
    expect(await messageOf(exec(["true"], { cwd: "/no/such/folder" }))).toContain(
      "cannot be started",
    );
    expect(await messageOf(exec(["nul\0"]))).not.toBe("no failure");
  });

  test("a program may print so many bytes and a line break, and not one more", async () => {
    expect((await sh("printf '%0100d' 0", { maxBytes: 100 }))?.size).toBe(100);
    expect((await sh("printf '%0100d\\n' 0", { maxBytes: 100 }))?.size).toBe(100);
    const failure = await messageOf(sh("printf '%0101d' 0", { maxBytes: 100 }));
    expect(failure).toStartWith("It printed more than 100 bytes, and was ended.");
    expect(await messageOf(sh("printf '%0100d\\n\\n' 0", { maxBytes: 100 }))).toStartWith(
      "It printed",
    );
  });

  test("a program that prints without end is ended", async () => {
    await using folder = await folderOf({});
    const pidFile = folder.at("pid");
    const failure = await messageOf(sh(`echo $$ > ${pidFile}; exec yes`));
    expect(failure).toStartWith("It printed more than 65536 bytes");
    await gone(Number(await Bun.file(pidFile).text()));
  });

  test("a program that complains without end is ended when its time is over", async () => {
    const before = process.memoryUsage.rss();
    const abort = new AbortController();
    const failure = messageOf(sh("exec yes >&2", {}, abort.signal));
    await Bun.sleep(100);
    abort.abort(new Error("enough"));
    expect(await failure).toStartWith("enough");
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);
  });

  test("the program, and what it started, end when the run is aborted", async () => {
    await using folder = await folderOf({});
    const pids = () => Bun.file(folder.at("pids"));
    const abort = new AbortController();
    const script = `sleep 1000 & echo $! > ${folder.at("tmp")}; echo $$ >> ${folder.at("tmp")}; mv ${folder.at("tmp")} ${folder.at("pids")}; wait`;
    const failure = messageOf(sh(script, {}, abort.signal));
    while (!(await pids().exists())) await Bun.sleep(2);
    const both = (await pids().text()).trim().split("\n").map(Number);
    expect(both.map(isRunning)).toEqual([true, true]);
    abort.abort(new Error("It took too long."));
    expect(await failure).toStartWith("It took too long.");
    await until(() => !both.some(isRunning));
  });

  test("what a program leaves behind ends with it, and is not waited for", async () => {
    const data = await sh("sleep 1000 & echo $!");
    await gone(Number(data?.kind === "text" && data.text));
  });

  test("what has left the program's group holds nothing up", async () => {
    if (Bun.which("setsid") === null) return;
    const data = await sh("setsid sleep 3 & sleep 0.1; echo made");
    expect(data).toMatchObject({ text: "made" });
  });

  test("a run that is aborted already starts nothing", async () => {
    await using folder = await folderOf({});
    const signal = AbortSignal.abort(new Error("too late"));
    expect(await messageOf(sh(`touch ${folder.at("made")}`, {}, signal))).toStartWith("too late");
    expect(await Bun.file(folder.at("made")).exists()).toBe(false);
  });

  test("the command is told as a person would type it", () => {
    const argv = ["/bin/echo", "a b", "it's", "--n=5"];
    const { kind, subject } = execAction({ argv, env: {}, maxBytes: 1 });
    expect([kind, subject]).toEqual(["exec", "/bin/echo 'a b' 'it'\\''s' --n=5"]);
  });
});
