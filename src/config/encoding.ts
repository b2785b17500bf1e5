import { formatSize } from "../core/units.ts";
import { TomlError } from "./document.ts";
import { TEXTS } from "./texts.ts";

/** The largest file that is read, in bytes. */
export const MAX_FILE_BYTES = 1024 * 1024;

const BYTE_ORDER_MARK = "\uFEFF";

/**
 * The text of a file.
 *
 * @throws TomlError for one that is too large, is not UTF-8, or begins with a byte order mark
 */
export function decode(bytes: Uint8Array): string {
  if (bytes.length > MAX_FILE_BYTES) {
    throw new TomlError(TEXTS.tooLarge(formatSize(MAX_FILE_BYTES)), undefined);
  }
  const text = decodeStrictly(bytes);
  if (text === undefined) {
    throw new TomlError(TEXTS.notUtf8, { line: firstBadLine(bytes), column: 1 });
  }
  if (text.startsWith(BYTE_ORDER_MARK)) {
    throw new TomlError(TEXTS.byteOrderMark, { line: 1, column: 1 });
  }
  return text;
}

function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A line feed is never part of another character in UTF-8, so that lines can be tried one by one. */
function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    const part = bytes.subarray(start, end < 0 ? undefined : end);
    if (end < 0 || decodeStrictly(part) === undefined) return line;
    start = end + 1;
    line++;
  }
}
