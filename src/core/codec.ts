import type { Command } from "./command.ts";
import type { SessionEvent } from "./event.ts";
import type { Message, Retained } from "./message.ts";

/** What goes into one WebSocket message: a string is a text frame, bytes are a binary frame. */
export type Frame = string | Uint8Array;

/**
 * A format that sessions speak. Every function MUST be pure and total: `encode` is called once a
 * message, whatever the number of subscribers, and no frame of a client's makes `decode` throw.
 */
export interface Codec {
  /** Names the format; the first part of the native topics of its subscribers. */
  readonly name: string;
  /** What subscribers receive of a message. */
  encode(message: Message): Frame;
  /** What one session receives of a message that it missed. */
  encodeReplay(message: Retained): Frame;
  /** What a session is told; undefined where the format cannot say it. */
  encodeEvent(event: SessionEvent): Frame | undefined;
  decode(frame: Frame): Command;
}
