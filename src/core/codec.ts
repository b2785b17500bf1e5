import type { Command } from "./command.ts";
import type { SessionEvent } from "./event.ts";
import type { Message, Retained } from "./message.ts";

/** What goes out as one: to a WebSocket a string is a text frame, and bytes are a binary frame. */
export type Frame = string | Uint8Array;

/**
 * A format that sessions are spoken to in. Every function MUST be pure and total, and `encode` is
 * called once a message, whatever the number of subscribers.
 */
export interface Encoder {
  /** Names the format; the first part of the native topics of its subscribers. */
  readonly name: string;
  /** What subscribers receive of a message. */
  encode(message: Message): Frame;
  /** What one session receives of a message that it missed. */
  encodeReplay(message: Retained): Frame;
  /** What a session is told; undefined where the format cannot say it. */
  encodeEvent(event: SessionEvent): Frame | undefined;
}

/** A format that sessions speak too: no frame of a client's MUST make `decode` throw. */
export interface Codec extends Encoder {
  decode(frame: Frame): Command;
}
