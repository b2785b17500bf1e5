/** Bytes from `start` up to `end`, which is not among them. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What a Range header asks for of so many bytes (RFC 9110, section 14.1.2): one range, or
 * `unsatisfiable` when the bytes end before it. Undefined is to be answered with everything: no header,
 * another unit, several ranges, or what cannot be read.
 */
export function rangeOf(
  header: string | null,
  size: number,
): ByteRange | "unsatisfiable" | undefined {
  // As lenient as Bun, which reads the header as well where the body is a file.
  const [, first = "", last = ""] = /^\s*bytes\s*=\s*(\d*)-(\d*)\s*$/i.exec(header ?? "") ?? [];
  if (first === "") {
    if (last === "") return undefined;
    const start = Math.max(0, size - Number(last));
    return start < size ? { start, end: size } : "unsatisfiable";
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return undefined;
  if (start >= size) return "unsatisfiable";
  return { start, end: last === "" ? size : Math.min(size, Number(last) + 1) };
}
