import type { ChildProcess } from "node:child_process";

/** Whether a process can be started as the head of a group, which is ended as one. */
export const HAS_GROUPS = process.platform !== "win32";

/** Ends a process that was started `detached`, and everything that it has started. Nothing asks it. */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(HAS_GROUPS ? -pid : pid, "SIGKILL");
  } catch {
    // Nobody of it is left.
  }
}
