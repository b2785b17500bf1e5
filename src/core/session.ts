import type { Codec } from "./codec.ts";

/**
 * One connection, whatever the transport. Several sessions may share a sid (tabs of one browser); a
 * later one never evicts an earlier one.
 */
export interface Session {
  readonly sid: string;
  readonly transport: "websocket";
  readonly codec: Codec;
  /** Everything that it is subscribed to: `all`, its inbox, and what it asked for. */
  readonly topics: readonly string[];
  /** The topic to which everything that it sends is published. */
  readonly to: string | undefined;
  /** When it was opened, in milliseconds since the Unix epoch. */
  readonly openedAt: number;
  /** The peer's address, without the port. */
  readonly remote: string;
  /**
   * Ends the session with a WebSocket close code (RFC 6455, section 7.4) and a reason of at most 123
   * bytes of UTF-8. Ending it twice does nothing.
   */
  close(code: number, reason: string): void;
}

/** The close codes that the server sends, and whether a client should come back. */
export const CLOSE = {
  /** The server restarts or stops; come back. */
  restart: 1012,
  /** An administrator ended the session; do not come back. */
  forbidden: 4403,
} as const;
