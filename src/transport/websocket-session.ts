import type { ServerWebSocket } from "bun";

import type { Codec, Frame } from "../core/codec.ts";
import type { Since } from "../core/position.ts";
import { CLOSE, type CloseReason, type Session } from "../core/session.ts";
import { byeFor } from "./bye.ts";

/** The session of one WebSocket; it is the socket's `ws.data`. */
export class WebSocketSession implements Session {
  readonly sid: string;
  readonly codec: Codec;
  topics: readonly string[];
  readonly to: string | undefined;
  /** Where the replay begins that the handshake asked for. */
  readonly since: Since | undefined;
  openedAt = 0;
  /** When the peer was last heard, in milliseconds since the Unix epoch. */
  heardAt = 0;
  /** Whether the peer was asked for a sign of life since it was last heard. */
  isAsked = false;
  /** Set from open to close. */
  socket: ServerWebSocket<WebSocketSession> | undefined = undefined;

  constructor({ sid, codec, topics, to, since }: WebSocketSessionOptions) {
    this.sid = sid;
    this.codec = codec;
    this.topics = topics;
    this.to = to;
    this.since = since;
  }

  get transport(): "websocket" {
    return "websocket";
  }

  get remote(): string {
    return this.socket?.remoteAddress ?? "";
  }

  get buffered(): number {
    return this.socket?.getBufferedAmount() ?? 0;
  }

  send(frame: Frame): void {
    this.socket?.send(frame);
  }

  cork(work: () => void): void {
    if (this.socket === undefined) work();
    else this.socket.cork(work);
  }

  close(why: CloseReason): void {
    const { code, reason } = CLOSE[why];
    const bye = this.codec.encodeEvent(byeFor(why));
    if (bye !== undefined) this.socket?.send(bye);
    this.socket?.close(code, reason);
  }

  /** The peer lives. */
  heard(now: number): void {
    this.heardAt = now;
    this.isAsked = false;
  }

  /** Asks the peer for a sign of life. */
  ask(): void {
    this.isAsked = true;
    this.socket?.ping();
  }
}

type WebSocketSessionOptions = Pick<WebSocketSession, "sid" | "codec" | "topics" | "to" | "since">;
