import { readFileSync } from "node:fs";

/** Descriptors that stay free for files, the log, pages, and requests while every socket is taken. */
const RESERVE = 64;

/**
 * The most connections that this process can hold: its soft limit of descriptors less a reserve.
 * Without `/proc` the limit is not known, and the system is left to refuse.
 */
export function connectionLimit(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Math.max(Number(soft) - RESERVE, 1);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
