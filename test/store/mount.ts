import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A small disk of its own; unmounted and removed when it goes out of scope. */
export interface Disk extends AsyncDisposable {
  readonly path: string;
  /** Takes all the room that is left, with a file whose path it returns. */
  fill(): string;
  /** Mounts it again, so that it can only be read. */
  makeReadOnly(): void;
}

/** A file system of `bytes` in memory; undefined where this user may not mount one. */
export async function mountDisk(bytes: number): Promise<Disk | undefined> {
  const path = await mkdtemp(join(tmpdir(), "bellcast-disk-"));
  if (!mount(["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", path])) {
    await rm(path, { recursive: true });
    return undefined;
  }
  return {
    path,
    fill() {
      const filler = join(path, "filler");
      // It ends when there is no room for another page.
      Bun.spawnSync(["dd", "if=/dev/zero", `of=${filler}`, "bs=4096"], { stderr: "ignore" });
      return filler;
    },
    makeReadOnly: () => void mount(["-o", "remount,ro", path]),
    async [Symbol.asyncDispose]() {
      Bun.spawnSync(["umount", path]);
      await rm(path, { recursive: true });
    },
  };
}

function mount(args: readonly string[]): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  return Bun.spawnSync(["mount", ...args], { stderr: "ignore" }).success;
}

/** Why `mountDisk` does not work here; undefined where it does. */
export async function cannotMount(): Promise<string | undefined> {
  const disk = await mountDisk(65_536);
  await disk?.[Symbol.asyncDispose]();
  return disk === undefined ? "a full disk takes a tmpfs, which needs root on Linux" : undefined;
}

/** Whether `mountDisk` works here; says so once where it does not. */
export async function canMount(): Promise<boolean> {
  const reason = await cannotMount();
  if (reason !== undefined) console.warn(`skipped: ${reason}`);
  return reason === undefined;
}
