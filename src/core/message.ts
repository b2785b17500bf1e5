import { BellcastError, textOf } from "./errors.ts";

/**
 * What is published. The three kinds follow the publisher's words: text is text, JSON is kept byte
 * for byte as it was written, and everything else is bytes.
 */
export type Data =
  | { readonly kind: "text"; readonly text: string; readonly size: number }
  | { readonly kind: "json"; readonly text: string; readonly size: number }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly size: number };

/** @param size the length of `text` in UTF-8 bytes, where the caller already knows it. */
export function textData(text: string, size: number = Buffer.byteLength(text)): Data {
  return { kind: "text", text, size };
}

/** @param text one JSON value, already checked. */
export function jsonData(text: string, size: number = Buffer.byteLength(text)): Data {
  return { kind: "json", text, size };
}

export function bytesData(bytes: Uint8Array): Data {
  return { kind: "bytes", bytes, size: bytes.byteLength };
}

/**
 * What a program publishes: a string is text, bytes are bytes, anything else is JSON. Bytes are
 * copied: the program may fill its buffer again, and a message never changes.
 *
 * @throws BellcastError `invalid_json` for what JSON cannot say, such as a function or a circle
 */
export function dataOf(value: unknown): Data {
  if (typeof value === "string") return textData(value);
  if (value instanceof ArrayBuffer) return bytesData(new Uint8Array(value).slice());
  if (ArrayBuffer.isView(value)) {
    return bytesData(new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice());
  }
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new BellcastError("invalid_json", { cause, detail: textOf(cause) });
  }
  if (text === undefined) {
    throw new BellcastError("invalid_json", { detail: `JSON has no ${typeof value}.` });
  }
  return jsonData(text);
}

/** @throws BellcastError `message_too_large` for more than `messageBytes`, which are `limits.message` */
export function checkSize({ size }: Data, messageBytes: number): void {
  if (size <= messageBytes) return;
  throw new BellcastError("message_too_large", {
    detail: `The message has ${size} bytes; limits.message is ${messageBytes}.`,
  });
}

/** A message before the engine has ordered it. */
export interface Draft {
  readonly topic: string;
  /** When it was published, in milliseconds since the Unix epoch. */
  readonly time: number;
  readonly data: Data;
  /** The sid that it comes from, where the publisher said so and may. */
  readonly from?: string | undefined;
  /** From when on nobody is sent it any more, in milliseconds since the Unix epoch; never when absent. */
  readonly expires?: number | undefined;
}

/** A published message: never changed afterwards. */
export interface Message extends Draft {
  /** Its sequence number in the log, from 1 across all topics; absent on an unretained topic. */
  readonly id?: number | undefined;
}

/** A message that the log keeps. */
export interface Retained extends Message {
  readonly id: number;
}
