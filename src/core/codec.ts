import type { Message } from "./message.ts";

/** What goes into one WebSocket message: a string is a text frame, bytes are a binary frame. */
export type Frame = string | Uint8Array;

/**
 * Turns a message into what a subscriber of this format receives. MUST be pure: it is called once a
 * message, whatever the number of subscribers.
 */
export interface Codec {
  /** Names the format; the first part of the native topics of its subscribers. */
  readonly name: string;
  encode(message: Message): Frame;
}
