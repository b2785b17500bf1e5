import type { Server, WebSocketHandler } from "bun";

import type { Clock } from "../core/clock.ts";
import type { Codec } from "../core/codec.ts";
import { BellcastError } from "../core/errors.ts";
import type { Hub } from "../core/hub.ts";
import { bytesData, textData } from "../core/message.ts";
import { readHandshake } from "./handshake.ts";
import { WebSocketSession } from "./websocket-session.ts";

export interface WebSocketLimits {
  /** The largest message that a client may send, in bytes; a longer one closes its socket with 1009. */
  readonly messageBytes: number;
  /** Bytes buffered for one socket beyond which it is closed: what cannot be sent is never dropped. */
  readonly bufferBytes: number;
  /** The most subscriptions of one session. */
  readonly subscriptions: number;
  /** The most sessions at a time. */
  readonly connections: number;
}

export interface WebSocketOptions {
  readonly hub: Hub;
  readonly codec: Codec;
  readonly clock: Clock;
  readonly limits: WebSocketLimits;
}

/** Seconds without a frame after which Bun asks with a ping, and then ends a silent socket. */
const IDLE_TIMEOUT_S = 60;

/**
 * The close code that went over the wire. For a client's mistake Bun sends the right one (RFC 6455,
 * section 7.4.1) and tells its own handler 1006, with a reason that begins with "Received".
 */
function wireCode(code: number, reason: string): number {
  if (code !== 1006 || !reason.startsWith("Received ")) return code;
  if (reason === "Received too big message") return 1009;
  return reason === "Received invalid UTF-8" ? 1007 : 1002;
}

/** Joins Bun's WebSockets to the hub's sessions. */
export class WebSocketTransport {
  /** For the `websocket` option of `Bun.serve`. */
  readonly handler: WebSocketHandler<WebSocketSession>;
  readonly #options: WebSocketOptions;

  constructor(options: WebSocketOptions) {
    this.#options = options;
    const { hub, clock, limits } = options;
    this.handler = {
      maxPayloadLength: limits.messageBytes,
      backpressureLimit: limits.bufferBytes,
      // Otherwise Bun drops the message and keeps the socket: a silent loss.
      closeOnBackpressureLimit: true,
      idleTimeout: IDLE_TIMEOUT_S,
      open(ws) {
        const session = ws.data;
        session.socket = ws;
        session.openedAt = clock.now();
        hub.open(session);
      },
      message(ws, message) {
        hub.receive(ws.data, typeof message === "string" ? textData(message) : bytesData(message));
      },
      close(ws, code, reason) {
        hub.close(ws.data, wireCode(code, reason), reason);
        ws.data.socket = undefined;
      },
    };
  }

  /**
   * Answers a WebSocket handshake; on return the request is a socket.
   *
   * @param sid from the path; undefined makes one
   * @throws BellcastError
   */
  upgrade(request: Request, server: Server<WebSocketSession>, sid: string | undefined): void {
    const { hub, codec, limits } = this.#options;
    const query = new URL(request.url).searchParams;
    const handshake = readHandshake(request, sid, query, limits.subscriptions);
    if (hub.sessions.size >= limits.connections) throw new BellcastError("too_many_connections");
    const data = new WebSocketSession({ ...handshake, codec });
    if (!server.upgrade(request, { data })) throw new BellcastError("invalid_handshake");
  }
}
