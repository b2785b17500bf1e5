import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmod, mkdir, readdir, stat, symlink } from "node:fs/promises";
import { join } from "node:path";

import { run, temporaryFolder } from "../e2e/executable.ts";
import { append, kept, openStore, refusalOf, textsOf } from "./fixture.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder.path, "a.db");
});
afterEach(() => folder[Symbol.asyncDispose]());

const OTHER = join(import.meta.dir, "child.ts");

describe("one owner at a time", () => {
  test("a second one in the same process is refused by name, and the first goes on", async () => {
    const first = await openStore(path);
    const { reason } = await refusalOf(openStore(path));
    expect(reason.en).toContain(`${path} is in use by another server`);
    expect(reason.zh).toContain(path);
    await append(first, "a");
    // The refusal has not taken the first one's lock with it.
    await refusalOf(openStore(path));
    await first.close();
    await (await openStore(path)).close();
  });

  test("a second one in another process is refused", async () => {
    const first = await openStore(path);
    const { code, stderr } = await run([process.execPath, OTHER, path], { cwd: folder.path });
    expect([code, stderr]).toEqual([3, expect.stringContaining(`${path} is in use`)]);
    await first.close();
    const { code: later } = await run([process.execPath, OTHER, path], { cwd: folder.path });
    expect(later).toBe(0);
  });

  test("a file has one owner, whatever the name that it is opened by", async () => {
    const link = join(folder.path, "elsewhere.db");
    const first = await openStore(path);
    await symlink(path, link);
    expect((await refusalOf(openStore(link))).reason.en).toContain(path);
    await first.close();
  });

  test("an owner that is killed leaves the file to the next one, at once", async () => {
    const child = Bun.spawn([process.execPath, OTHER, path, "hold"], { stdout: "pipe" });
    await child.stdout.getReader().read();
    await refusalOf(openStore(path));
    child.kill("SIGKILL");
    await child.exited;
    const store = await openStore(path);
    expect(textsOf(kept(store, "a"))).toEqual(["held"]);
    await store.close();
  });
});

describe.skipIf(process.platform === "win32")("its files", () => {
  const modes = async () => {
    const names = (await readdir(folder.path)).sort();
    const found = names.map(async (name) => {
      const { mode } = await stat(join(folder.path, name));
      return [name, (mode & 0o777).toString(8)];
    });
    return Object.fromEntries(await Promise.all(found)) as Record<string, string>;
  };

  test("may be read by their owner alone, whatever the umask, which stays as it was", async () => {
    const umask = process.umask(0o002);
    try {
      const store = await openStore(path);
      await append(store, "a");
      expect(await modes()).toEqual({
        "a.db": "600",
        "a.db-shm": "600",
        "a.db-wal": "600",
        "a.db.lock": "600",
      });
      await store.close();
      expect(process.umask()).toBe(0o002);
    } finally {
      process.umask(umask);
    }
    expect(Object.keys(await modes())).toEqual(["a.db", "a.db.lock"]);
  });

  test("are closed to others when a copy was put there open to all", async () => {
    await (await openStore(path)).close();
    await chmod(path, 0o644);
    const store = await openStore(path);
    await append(store, "a");
    expect(new Set(Object.values(await modes()))).toEqual(new Set(["600"]));
    await store.close();
  });
});

test("a folder is refused, and so is a file in no folder", async () => {
  await mkdir(join(folder.path, "b.db"));
  const isFolder = await refusalOf(openStore(join(folder.path, "b.db")));
  expect(isFolder.reason.en).toContain("b.db is a folder or a device");
  const noFolder = await refusalOf(openStore(join(folder.path, "none", "a.db")));
  expect(noFolder.reason.en).toMatch(/folder of the store \S+\/none\/a\.db does not exist/);
  expect(await readdir(folder.path)).toEqual(["b.db"]);
});
