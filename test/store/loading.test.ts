import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cp, mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";

import { compileInto, run, ServerProcess, temporaryFolder } from "../e2e/executable.ts";
import { append, Events, kept, openStore } from "./fixture.ts";

const root = resolve(import.meta.dir, "../..");

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

/** Publishes to a server, kills it, and reads what its successor has. */
async function survivesKill(command: readonly string[], cwd: string): Promise<void> {
  const read = async ({ url }: ServerProcess) => {
    const history = await fetch(`${url}/t/orders`);
    const { messages } = (await history.json()) as { messages: { data: string }[] };
    return messages.map(({ data }) => data);
  };
  {
    await using server = await ServerProcess.start(command, { cwd });
    expect(await read(server)).toEqual([]);
    const published = await fetch(`${server.url}/t/orders`, { method: "POST", body: "one" });
    expect(await published.json()).toMatchObject({ id: 1 });
    server.kill("SIGKILL");
    await server.exited;
  }
  await using server = await ServerProcess.start(command, { cwd });
  expect(await read(server)).toEqual(["one"]);
  expect(server.log).toContain("bellcast.db");
  server.kill("SIGTERM");
  expect(await server.exited).toBe(0);
  expect(await Bun.file(join(cwd, "bellcast.db-wal")).exists()).toBe(false);
}

/** A file without jobs, so that nothing but the test publishes. */
async function workingFolder(name: string): Promise<string> {
  const cwd = join(folder.path, name);
  await mkdir(cwd);
  await Bun.write(join(cwd, "bellcast.toml"), "");
  return cwd;
}

describe("the writer loads", () => {
  test("from source", async () => {
    const cwd = await workingFolder("source");
    await survivesKill([process.execPath, join(root, "src/main.ts"), "serve"], cwd);
  }, 30_000);

  test("from the executable, with no source anywhere near", async () => {
    const executable = await compileInto(folder.path);
    const cwd = await workingFolder("executable");
    await survivesKill([executable, "serve"], cwd);
  }, 120_000);

  test("from an installed package", async () => {
    const cwd = await workingFolder("project");
    const installed = await install(cwd);
    await Bun.write(
      join(cwd, "app.ts"),
      `import { bellcast } from "bellcast";
       await using app = await bellcast({ listen: false, store: "app.db" });
       console.log((await app.publish("a", "one")).id);`,
    );
    for (const id of ["1\n", "2\n"]) {
      const { code, stdout, stderr } = await run([process.execPath, "app.ts"], { cwd });
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: id, stderr: "" });
    }

    // Half a package: the one who starts it is told, in a sentence.
    await rm(join(installed, "src/store/sqlite-writer.ts"));
    const main = join(installed, "src/main.ts");
    const half = await run([process.execPath, main, "--port", "0"], { cwd });
    expect([half.code, half.stderr]).toEqual([3, expect.stringContaining("did not start")]);
  }, 30_000);
});

/** Puts what `npm pack` would pack into another project's `node_modules`, beside what it needs. */
async function install(project: string): Promise<string> {
  const pack = [process.execPath, "pm", "pack", "--quiet", "--destination", project];
  const { stdout } = await run(pack, { cwd: root });
  const archive = resolve(project, stdout.trim().split("\n").at(-1) ?? "");
  const modules = join(project, "node_modules");
  await mkdir(join(modules, "bellcast"), { recursive: true });
  await run(["tar", "xzf", archive, "--strip-components=1"], { cwd: join(modules, "bellcast") });
  const { dependencies } = await Bun.file(join(root, "package.json")).json();
  // The last is what the parser of TOML needs.
  for (const name of [...Object.keys(dependencies), "eslint-visitor-keys"]) {
    await cp(join(root, "node_modules", name), join(modules, name), { recursive: true });
  }
  return join(modules, "bellcast");
}

test("a writer that dies rejects what is pending, and is told of", async () => {
  const workers: Worker[] = [];
  const remember = (worker: Worker) => void workers.push(worker);
  process.on("worker", remember);
  const events = new Events();
  const store = await openStore(join(folder.path, "dies.db"), { events });
  process.off("worker", remember);
  await append(store, "a");
  const pending = Promise.allSettled(Array.from({ length: 3 }, () => append(store, "a")));
  workers[0]?.terminate();
  const codes = (await pending).map((one) => one.status === "rejected" && one.reason.code);
  expect(codes).toEqual(["store_failed", "store_failed", "store_failed"]);
  expect(events.told).toEqual(["store_failed"]);
  await expect(append(store, "a")).rejects.toThrow("has ended");
  // What there is can be read.
  expect(kept(store, "a")).toHaveLength(1);
  await store.close();
});
