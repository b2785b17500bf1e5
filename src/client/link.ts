import type { Addresses } from "./addresses.ts";
import type { ServerFrame } from "./frames.ts";
import type { Ask } from "./http.ts";
import type { BellcastError, Platform } from "./types.ts";

/** The connection was cut (RFC 6455, section 7.4.1). */
export const CUT = 1006;

/** What a connection tells. Nobody listens any more when it has ended, or was closed. */
export interface LinkEvents {
  /** The first is `welcome`. */
  frame(frame: ServerFrame): void;
  /** @param code a close code, or the HTTP status of a refusal; 0 when this can be no connection */
  ended(code: number, reason: string): void;
}

/** A connection. It speaks the frames of `bellcast.v1`, whatever is on the wire. */
export interface Link {
  /** Sends a command, where the transport can. */
  readonly send?: (command: object) => void;
  close(): void;
}

export interface LinkOptions extends LinkEvents {
  readonly platform: Platform;
  readonly addresses: Addresses;
  readonly ask: Ask;
  readonly sid: string;
  /** What tabs have in common that share a connection. */
  readonly share: string;
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
  read: (options: LinkOptions, signal: AbortSignal) => Promise<void>,
): OpenLink {
  return (options) => {
    const abort = new AbortController();
    const end = ({ status, code }: Partial<BellcastError> = {}) =>
      options.ended(status || CUT, (status && code) || "");
    read(options, abort.signal).then(() => end(), end);
    return { close: () => abort.abort() };
  };
}
