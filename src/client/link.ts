import type { Addresses } from "./addresses.ts";
import type { ServerFrame } from "./frames.ts";
import type { Ask } from "./http.ts";
import type { BellcastError, Platform } from "./types.ts";

/** What a connection tells. Nothing is told after `ended`, nor after the connection was closed. */
export interface LinkEvents {
  /** The first is `welcome`. */
  frame(frame: ServerFrame): void;
  /** Something was heard, whatever it is. */
  heard(): void;
  /** What goes over the wire, for whoever wants to look at it. */
  raw(direction: "in" | "out", text: string): void;
  /** @param code a close code, or the HTTP status of a refusal; 1006 when the connection was cut */
  ended(code: number, reason: string): void;
}

/** A connection. It speaks the frames of `bellcast.v1`, whatever is on the wire. */
export interface Link {
  /** After how many milliseconds without anything heard it is dead, where nothing can be asked. */
  readonly silenceMs: number;
  /** Sends a command, where the transport can. */
  readonly send?: (command: object) => void;
  close(): void;
}

export interface LinkOptions extends LinkEvents {
  readonly platform: Platform;
  readonly addresses: Addresses;
  readonly ask: Ask;
  readonly sid: string;
  readonly token: string | undefined;
  /** The topics, for a transport that has to name them; the inbox is the sid's. */
  readonly topics: readonly string[];
  /** Where to begin, in all of them. */
  readonly since: string | undefined;
}

/** Opens a connection. */
export type OpenLink = (options: LinkOptions) => Link;

/**
 * Makes a connection of responses.
 *
 * @param read reads them to the end; it may throw what asking throws
 */
export function responses(
  silenceMs: number,
  read: (options: LinkOptions, signal: AbortSignal) => Promise<void>,
): OpenLink {
  return (options) => {
    const abort = new AbortController();
    const { signal } = abort;
    const end = ({ status, code }: Partial<BellcastError> = {}) => {
      if (!signal.aborted) options.ended(status || 1006, status && code ? code : "");
    };
    read(options, signal).then(() => end(), end);
    return { silenceMs, close: () => abort.abort() };
  };
}
