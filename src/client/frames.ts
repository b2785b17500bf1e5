import type { Gap, Message, PresenceChange, Skipped, Transport } from "./types.ts";

/** A message as it stands on the wire. */
export interface WireMessage extends Omit<Message, "replay"> {
  readonly encoding?: "base64";
  readonly replay?: boolean;
}

/** A part of a history, or what a poll is answered with. */
export interface WirePage {
  readonly log: string;
  readonly head: number;
  readonly gap?: readonly Gap[];
  /** Of a poll alone, by topic. */
  readonly skipped?: Readonly<Record<string, number>>;
  readonly messages: readonly WireMessage[];
}

/** The beginning of a connection. */
export interface Welcome {
  readonly type: "welcome";
  readonly sid?: string;
  readonly log: string;
  readonly head: number;
  /** What a shared connection uses. */
  readonly transport?: Transport;
  readonly limits?: { readonly message: number; readonly ping: number };
}

/** What the server says, in `bellcast.v1` or in the same words over another transport. */
export type ServerFrame =
  | Welcome
  | {
      readonly type: "ok";
      readonly ref?: number;
      readonly topics?: Readonly<Record<string, { readonly head: number }>>;
      readonly refused?: Readonly<Record<string, string>>;
    }
  | {
      readonly type: "error";
      readonly ref?: number;
      readonly code: string;
      readonly message: string;
      readonly retry: boolean;
    }
  | ({ readonly type: "message" } & WireMessage)
  | ({ readonly type: "gap" } & Gap)
  | ({ readonly type: "presence" } & PresenceChange)
  | ({ readonly type: "skipped" } & Skipped)
  | { readonly type: "live"; readonly topic: string; readonly id: number }
  /** Of a poll alone: everything up to `head` is here, of every topic. */
  | { readonly type: "head"; readonly log: string; readonly head: number }
  | { readonly type: "pong" }
  | {
      readonly type: "bye";
      readonly code: number;
      readonly reason: string;
      readonly reconnect: boolean;
      readonly after: number;
    };

/** A message as the page gets it. */
export function readMessage({ encoding, ...message }: WireMessage, replay: boolean): Message {
  const { data } = message;
  return { ...message, data: encoding ? fromBase64(data as string) : data, replay };
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
}
