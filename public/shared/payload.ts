import type { Language } from "./language.ts";

/** Bytes beyond these are counted, not shown. */
const SHOWN_BYTES = 48;

/** A payload as a line of text: text as it is, JSON written, bytes counted and in hexadecimal. */
export function payloadText(data: unknown, language: Language): string {
  if (typeof data === "string") return data;
  if (!(data instanceof Uint8Array)) return JSON.stringify(data);
  const head = Array.from(data.subarray(0, SHOWN_BYTES));
  const hex = head.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const more = data.byteLength > SHOWN_BYTES ? " …" : "";
  return `${language.say("bytes", { n: data.byteLength })} ${hex}${more}`.trimEnd();
}
