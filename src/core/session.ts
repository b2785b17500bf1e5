import type { Encoder, Frame } from "./codec.ts";
import type { SessionEvent } from "./event.ts";

/**
 * One connection, whatever the transport. Several sessions may share a sid (tabs of one browser); a
 * later one never evicts an earlier one.
 */
export interface Session {
  readonly sid: string;
  readonly transport: "websocket" | "sse" | "poll";
  readonly codec: Encoder;
  /** Everything that it is subscribed to, live or catching up. The hub changes it. */
  topics: readonly string[];
  /** The topic to which everything that it says is published. */
  readonly to: string | undefined;
  /** When it was opened, in milliseconds since the Unix epoch. */
  readonly openedAt: number;
  /** The peer's address, without the port. */
  readonly remote: string;
  /** Bytes that wait to be sent to the peer. */
  readonly buffered: number;
  /** Sends one frame to this session alone, after everything that was published to it before. */
  send(frame: Frame): void;
  /** Does `work`, and lets what that sends leave as one, where the transport can. */
  cork(work: () => void): void;
  /**
   * Ends the session for a reason of the table, telling it where the format can. Ending it twice
   * does nothing.
   */
  close(reason: CloseReason): void;
}

/** Tells a session something, where its format can say it. */
export function tell(session: Session, event: SessionEvent): void {
  const frame = session.codec.encodeEvent(event);
  if (frame !== undefined) session.send(frame);
}

interface CloseRow {
  /** RFC 6455, section 7.4. */
  readonly code: number;
  /** At most 123 bytes of UTF-8. */
  readonly reason: string;
  /** Whether the client should come back. */
  readonly reconnect: boolean;
}

/** Why the server ends a session. */
export const CLOSE = {
  restart: { code: 1012, reason: "restart", reconnect: true },
  tooLarge: { code: 1009, reason: "message too large", reconnect: true },
  failed: { code: 1011, reason: "internal error", reconnect: true },
  badFrame: { code: 4400, reason: "bad frame", reconnect: false },
  forbidden: { code: 4403, reason: "removed", reconnect: false },
  silent: { code: 4408, reason: "silent too long", reconnect: true },
  slow: { code: 4413, reason: "reads too slowly", reconnect: true },
  fast: { code: 4429, reason: "sends too fast", reconnect: true },
} as const satisfies Record<string, CloseRow>;

export type CloseReason = keyof typeof CLOSE;
