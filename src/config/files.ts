import { open, stat } from "node:fs/promises";

import type { Text } from "../core/language.ts";
import { TEXTS } from "./texts.ts";

/** Reads no more than one byte past `maxBytes`, whatever kind of file it is. @throws a node:fs error */
export async function readBytes(path: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await open(path);
  try {
    const buffer = new Uint8Array(maxBytes + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}

export async function isThere(path: string, kind: "file" | "folder"): Promise<boolean> {
  return stat(path).then(
    (found) => (kind === "folder" ? found.isDirectory() : found.isFile()),
    () => false,
  );
}

/** Why a file could not be read. @throws what was thrown, where it is no node:fs error */
export function readProblem(error: unknown): Text {
  const code = codeOf(error);
  if (code === undefined) throw error;
  return PROBLEMS[code] ?? TEXTS.readFailed(code);
}

const PROBLEMS: Readonly<Record<string, Text>> = {
  ENOENT: TEXTS.notFound,
  ENOTDIR: TEXTS.notFound,
  EACCES: TEXTS.notReadable,
  EPERM: TEXTS.notReadable,
  EISDIR: TEXTS.isFolder,
};

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
