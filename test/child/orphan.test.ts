import { expect, test } from "bun:test";
import { join } from "node:path";

import { folderOf, gone, isRunning } from "./fixture.ts";

const SOURCES = {
  "idle.ts": "export default ({ log }) => { log(process.pid); }",
  "loop.ts":
    "export default ({ log }) => { log(process.pid); setTimeout(() => { for (;;); }); return new Promise(() => {}); }",
};

/** Runs a server in a process of its own; its job has said the number of a process. */
async function serverOf(file: string, then: string) {
  const server = Bun.spawn(
    [process.execPath, join(import.meta.dir, "orphan-parent.ts"), file, then],
    {
      stdout: "pipe",
    },
  );
  const { value } = await server.stdout.getReader().read();
  return { server, pid: Number(new TextDecoder().decode(value).split("\n")[0]) };
}

test.each(["idle", "loop"])(
  "a job's process does not outlive a server that is killed: %s",
  async (name) => {
    // Elsewhere nothing tells a process in an endless loop that its parent is gone.
    if (name === "loop" && process.platform !== "linux") return;
    await using folder = await folderOf(SOURCES);
    const { server, pid } = await serverOf(folder.at(`${name}.ts`), "waits");
    expect(isRunning(pid)).toBe(true);
    server.kill("SIGKILL");
    await gone(pid);
  },
);

test("a job's process does not keep a program, and ends with it", async () => {
  await using folder = await folderOf(SOURCES);
  const { server, pid } = await serverOf(folder.at("idle.ts"), "ends");
  expect(await server.exited).toBe(0);
  await gone(pid);
});

test("a run under way keeps a program", async () => {
  await using folder = await folderOf({
    "job.ts":
      "export default async ({ log }) => { log(process.pid); await Bun.sleep(200); log('made'); }",
  });
  const { server } = await serverOf(folder.at("job.ts"), "ends");
  expect(await server.exited).toBe(0);
});
