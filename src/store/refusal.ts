import { SQLiteError } from "bun:sqlite";

import { textOf } from "../core/errors.ts";
import type { Text } from "../core/language.ts";

/** A store that cannot be used as it is: one sentence, which names the file. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly reason: Text;

  constructor(reason: Text, cause?: unknown) {
    super(reason.en, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

/** Why a file is refused. Nothing was written to it. */
export const REFUSALS = {
  inUse: (file: string): Text => ({
    en: `The store ${file} is in use by another server. Stop that one, or choose another file with --store.`,
    zh: `存储 ${file} 正被另一个服务器使用。请先停止它，或用 --store 另选文件。`,
  }),
  noFolder: (file: string): Text => ({
    en: `The folder of the store ${file} does not exist.`,
    zh: `存储 ${file} 所在的文件夹不存在。`,
  }),
  notFile: (file: string): Text => ({
    en: `The store ${file} is a folder or a device, not a file.`,
    zh: `存储 ${file} 是文件夹或设备，不是文件。`,
  }),
  missing: (file: string): Text => ({
    en: `There is no store ${file}.`,
    zh: `没有存储 ${file}。`,
  }),
  notAllowed: (file: string): Text => ({
    en: `The store ${file}, or its folder, may not be written to.`,
    zh: `没有权限写入存储 ${file} 或其所在的文件夹。`,
  }),
  notDatabase: (file: string): Text => ({
    en: `${file} is not a Bellcast store, and is left as it is.`,
    zh: `${file} 不是 Bellcast 的存储，未作任何改动。`,
  }),
  newer: (file: string): Text => ({
    en: `The store ${file} was written by a newer version of Bellcast, and is left as it is.`,
    zh: `存储 ${file} 由更新版本的 Bellcast 写入，未作任何改动。`,
  }),
  damaged: (file: string): Text => ({
    en: `The store ${file} is damaged, and is left as it is: put a backup in its place, or move it away to begin anew.`,
    zh: `存储 ${file} 已损坏，未作任何改动：请用备份替换它，或将其移走以重新开始。`,
  }),
  noSpace: (file: string): Text => ({
    en: `There is no room on the disk for the store ${file}.`,
    zh: `磁盘空间不足，无法使用存储 ${file}。`,
  }),
  noWal: (file: string): Text => ({
    en: `The store ${file} is on a file system without shared memory: choose a folder of this machine's own disk.`,
    zh: `存储 ${file} 所在的文件系统不支持共享内存：请改用本机磁盘上的文件夹。`,
  }),
  noWriter: (file: string, detail: string): Text => ({
    en: `The writer of the store ${file} did not start: ${detail}`,
    zh: `存储 ${file} 的写入线程未能启动：${detail}`,
  }),
  failed: (file: string, detail: string): Text => ({
    en: `The store ${file} cannot be opened: ${detail}`,
    zh: `无法打开存储 ${file}：${detail}`,
  }),
} as const;

/** What keeps a store from being opened, as the sentence that says so. */
export function refusalOf(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  const [, refusal] = KINDS.find(([pattern]) => pattern.test(code)) ?? [];
  return new StoreError(refusal?.(file) ?? REFUSALS.failed(file, textOf(error)), error);
}

/**
 * A quota, or a file system that breaks a write off, is `SQLITE_IOERR_WRITE`, and a `-shm` that cannot
 * grow is `SQLITE_IOERR_SHMSIZE`. https://www.sqlite.org/rescode.html
 */
const FULL = /^(SQLITE_(FULL|IOERR_(WRITE|SHMSIZE))|E(NOSPC|DQUOT)$)/;

const KINDS: readonly (readonly [RegExp, (file: string) => Text])[] = [
  [/^SQLITE_BUSY/, REFUSALS.inUse],
  [/^SQLITE_NOTADB/, REFUSALS.notDatabase],
  [/^SQLITE_CORRUPT/, REFUSALS.damaged],
  [/^(SQLITE_(CANTOPEN|READONLY|PERM|AUTH)|E(ACCES|PERM|ROFS)$)/, REFUSALS.notAllowed],
  [/^E(NOENT|NOTDIR)$/, REFUSALS.noFolder],
  [/^EISDIR$/, REFUSALS.notFile],
  [FULL, REFUSALS.noSpace],
];

/** Whether a write failed for want of room. */
export function isFull(error: unknown): boolean {
  return FULL.test(codeOf(error));
}

/** Whether what was read made no sense: the fault is not in what was being written. */
export function isDamage(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  if (error instanceof SQLiteError) return error.code ?? "";
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
