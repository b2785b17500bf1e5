import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

import { ChildError } from "./child-error.ts";

/** The verb by which the executable is a child; no person types it. */
export const CHILD_VERB = "__child";

let isOurExecutable = false;

/** Says that this program, when it is compiled, is a child if its first argument is `CHILD_VERB`. */
export function answersChildVerb(): void {
  isOurExecutable = true;
}

export interface ChildCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * How a child is started: by this executable, or by this runtime from source.
 *
 * @throws ChildError in the compiled program of somebody else, which would only start itself again
 */
export function childCommand(): ChildCommand {
  const parent = String(process.pid);
  if (Bun.isStandaloneExecutable) {
    if (!isOurExecutable) {
      throw new ChildError({
        en: "A compiled program that embeds the server runs no TypeScript files: only bellcast itself, and programs run from source, do.",
        zh: "嵌入服务器的已编译程序不能运行 TypeScript 文件：只有 bellcast 自身和从源码运行的程序可以。",
      });
    }
    const file = process.execPath;
    return { file, args: [CHILD_VERB, parent], cwd: dirname(file), env: ENV };
  }
  const entry = fileURLToPath(new URL("./entry.ts", import.meta.url));
  // From source the runtime reads the working directory's files, and would fetch packages that are missing.
  const args = ["--no-install", entry, CHILD_VERB, parent];
  return { file: process.execPath, args, cwd: dirname(entry), env: ENV };
}

/**
 * What the runtime reads before anything of ours runs; the child takes it away again. On Linux it sets
 * no memory aside for later, and little address space: 6 GiB otherwise. What is set aside counts as
 * used, so that a bound below it could not be kept; and it comes in pieces of 64 MiB, of which the
 * last one within a bound would leave nothing for the stack of a thread.
 */
const ENV: Readonly<Record<string, string>> =
  process.platform === "linux"
    ? {
        MIMALLOC_ARENA_RESERVE: "0",
        BUN_JSC_structureHeapSizeInKB: "131072",
        BUN_JSC_jitMemoryReservationSize: String(64 * 1024 * 1024),
      }
    : {};
