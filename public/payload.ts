import type { Language } from "./language.ts";

/** Bytes beyond these are counted, not shown. */
const SHOWN_BYTES = 48;

/** A payload as a line of text: text as it is, bytes counted and in hexadecimal. */
export function payloadText(data: string | ArrayBuffer, language: Language): string {
  if (typeof data === "string") return data;
  const head = Array.from(new Uint8Array(data, 0, Math.min(SHOWN_BYTES, data.byteLength)));
  const hex = head.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const more = data.byteLength > SHOWN_BYTES ? " …" : "";
  return `${language.say("bytes", { n: data.byteLength })} ${hex}${more}`.trimEnd();
}
