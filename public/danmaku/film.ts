/** What is played. */
export interface Film {
  /** Where its comments are published. */
  readonly topic: string;
  /** A file of the reader's own; absent for the clip that comes with the page. */
  readonly file?: File;
}

export const HARBOUR: Film = { topic: "danmaku.harbour" };

/** A file, as a film whose topic is the same for everyone who opens the same file. */
export function filmOf(file: File): Film {
  return { topic: `danmaku.${fingerprint(`${file.name.normalize("NFC")}/${file.size}`)}`, file };
}

/**
 * 64 bits of FNV-1a, as 16 hexadecimal digits (draft-eastlake-fnv). Nothing is kept safe by it, and the
 * platform's own hashes are missing from pages served over plain HTTP on a LAN.
 */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}
