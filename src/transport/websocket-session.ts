import type { ServerWebSocket } from "bun";

import type { Codec } from "../core/codec.ts";
import type { Session } from "../core/session.ts";

/** The session of one WebSocket; it is the socket's `ws.data`. */
export class WebSocketSession implements Session {
  readonly sid: string;
  readonly codec: Codec;
  readonly topics: readonly string[];
  readonly to: string | undefined;
  openedAt = 0;
  /** Set from open to close. */
  socket: ServerWebSocket<WebSocketSession> | undefined = undefined;

  constructor({ sid, codec, topics, to }: Pick<Session, "sid" | "codec" | "topics" | "to">) {
    this.sid = sid;
    this.codec = codec;
    this.topics = topics;
    this.to = to;
  }

  get transport(): "websocket" {
    return "websocket";
  }

  get remote(): string {
    return this.socket?.remoteAddress ?? "";
  }

  close(code: number, reason: string): void {
    this.socket?.close(code, reason);
  }
}
