import { dlopen, ptr } from "bun:ffi";
import { readFileSync } from "node:fs";

import { HAS_GROUPS } from "./process-group.ts";

let opened: ReturnType<typeof openLibrary> | null = null;
const library = () => (opened === null ? (opened = openLibrary()) : opened);

/**
 * What the system holds this process to. On Linux it asks the C library, because the runtime has no
 * words for it; elsewhere there is nothing to ask.
 */
function openLibrary() {
  if (process.platform !== "linux") return undefined;
  const arch = process.arch === "x64" ? "x86_64" : "aarch64";
  for (const name of ["libc.so.6", `libc.musl-${arch}.so.1`]) {
    try {
      return dlopen(name, {
        prctl: { args: ["i32", "u64"], returns: "i32" },
        setrlimit: { args: ["i32", "ptr"], returns: "i32" },
      }).symbols;
    } catch {
      // The other one, then.
    }
  }
  return undefined;
}

const PR_SET_PDEATHSIG = 1;
const RLIMIT_DATA = 2;
const RLIMIT_CORE = 4;
const SIGKILL = 9n;

/**
 * The process ends with its parent, whatever it is doing then: one in an endless loop would not see
 * that the channel is closed. See prctl(2), PR_SET_PDEATHSIG.
 */
export function endWithParent(parent: number): void {
  library()?.prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have gone before that.
  if (HAS_GROUPS && process.ppid !== parent) endGroup();
}

/**
 * Refuses the process more than so many bytes beside what it has now: the runtime then throws, or ends.
 * It is a bound of private, writable memory (getrlimit(2), RLIMIT_DATA). No core is dumped either.
 *
 * @returns whether the system keeps to it
 */
export function boundMemory(bytes: number): boolean {
  if (library() === undefined) return false;
  const now = /^VmData:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  limit(RLIMIT_CORE, 0);
  return now !== undefined && limit(RLIMIT_DATA, Number(now) * 1024 + bytes);
}

/** Ends this process, and everything that it has started. */
export function endGroup(): void {
  process.kill(HAS_GROUPS ? 0 : process.pid, "SIGKILL");
}

function limit(resource: number, bytes: number): boolean {
  const pair = new BigUint64Array([BigInt(bytes), BigInt(bytes)]);
  return library()?.setrlimit(resource, ptr(pair)) === 0;
}
