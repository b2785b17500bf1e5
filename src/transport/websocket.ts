import type { Server, WebSocketHandler } from "bun";

import type { Clock } from "../core/clock.ts";
import type { Codec } from "../core/codec.ts";
import type { Dialogue } from "../core/dialogue.ts";
import { BellcastError } from "../core/errors.ts";
import type { Hub } from "../core/hub.ts";
import { type Handshake, readHandshake } from "./handshake.ts";
import { Liveness } from "./liveness.ts";
import { WebSocketSession } from "./websocket-session.ts";

export interface WebSocketLimits {
  /** The largest message that a client may send, in bytes; a longer one closes its socket with 1009. */
  readonly messageBytes: number;
  /** Bytes buffered for one socket beyond which it is closed: what cannot be sent is never dropped. */
  readonly bufferBytes: number;
  /** How long a peer may be silent before its socket is ended, in milliseconds. */
  readonly silenceMs: number;
  /** The most subscriptions of one session. */
  readonly subscriptions: number;
  /** The most sessions at a time. */
  readonly connections: number;
}

export interface WebSocketOptions {
  readonly hub: Hub;
  readonly dialogue: Dialogue;
  /** The formats by their subprotocol; the empty name is the one that is spoken without. */
  readonly codecs: ReadonlyMap<string, Codec>;
  readonly clock: Clock;
  readonly limits: WebSocketLimits;
}

/** A request that asks for a WebSocket, with its query. */
interface UpgradeRequest {
  readonly request: Request;
  readonly server: Server<WebSocketSession>;
  readonly query: URLSearchParams;
}

/**
 * How much longer a frame may be than the message in it: every byte may be escaped as six, and the
 * command's other fields take some too.
 */
const frameBytes = (messageBytes: number) => 6 * messageBytes + 16 * 1024;

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
  readonly #sessions = new Set<WebSocketSession>();
  readonly #liveness: Liveness;

  constructor(options: WebSocketOptions) {
    this.#options = options;
    const { hub, dialogue, clock, limits } = options;
    const { messageBytes, bufferBytes, silenceMs } = limits;
    this.#liveness = new Liveness({ sessions: () => this.#sessions, clock, silenceMs });
    this.handler = {
      maxPayloadLength: frameBytes(messageBytes),
      backpressureLimit: bufferBytes,
      // Otherwise Bun drops the message and keeps the socket: a silent loss.
      closeOnBackpressureLimit: true,
      // Bun's own watch is no use here: see `Liveness`.
      idleTimeout: 0,
      sendPings: false,
      open: (ws) => {
        const session = ws.data;
        session.socket = ws;
        session.openedAt = session.heardAt = clock.now();
        this.#sessions.add(session);
        dialogue.open(session, session.since);
      },
      message(ws, frame) {
        const session = ws.data;
        session.heard(clock.now());
        // In plain text the frame is the message.
        const isTooLarge =
          session.codec.name === "plain" && Buffer.byteLength(frame) > messageBytes;
        if (isTooLarge) session.close("tooLarge");
        else dialogue.receive(session, frame);
      },
      pong(ws) {
        ws.data.heard(clock.now());
      },
      drain(ws) {
        hub.drained(ws.data);
      },
      close: (ws, code, reason) => {
        this.#sessions.delete(ws.data);
        hub.close(ws.data, wireCode(code, reason), reason);
        ws.data.socket = undefined;
      },
    };
  }

  start(): void {
    this.#liveness.start();
  }

  stop(): void {
    this.#liveness.stop();
  }

  /**
   * Answers a WebSocket handshake; afterwards the request is a socket.
   *
   * @param sid from the path; undefined makes one
   * @throws BellcastError
   */
  upgrade(asked: UpgradeRequest, sid: string | undefined): void | Promise<void> {
    const { request, server, query } = asked;
    const { hub, codecs, limits } = this.#options;
    const handshake = readHandshake(request, sid, query, {
      subscriptions: limits.subscriptions,
      subprotocols: [...codecs.keys()],
    });
    const codec = codecs.get(handshake.subprotocol);
    if (codec === undefined) throw new BellcastError("unsupported_subprotocol");
    const remote = server.requestIP(request)?.address ?? "";
    const admitted = hub.admit({ ...handshake, transport: "websocket", remote });
    if (admitted === undefined) return this.#open(asked, { ...handshake, codec });
    return admitted.then(() => this.#open(asked, { ...handshake, codec }));
  }

  #open({ request, server }: UpgradeRequest, facts: Handshake & { readonly codec: Codec }): void {
    const { hub, limits } = this.#options;
    if (hub.sessions.size >= limits.connections) throw new BellcastError("too_many_connections");
    const { subprotocol } = facts;
    const data = new WebSocketSession(facts);
    // Without the header Bun would take the first subprotocol offered (oven-sh/bun#18243).
    const headers: Record<string, string> =
      subprotocol === "" ? {} : { "Sec-WebSocket-Protocol": subprotocol };
    if (!server.upgrade(request, { data, headers })) throw new BellcastError("invalid_handshake");
  }
}
