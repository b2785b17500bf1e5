import type { Server } from "bun";

import type { Frame } from "../core/codec.ts";
import type { Fanout } from "../core/fanout.ts";
import type { WebSocketSession } from "./websocket-session.ts";

/** Fan-out by Bun's own publish and subscribe: one call a message, whatever the number of sockets. */
export class NativeFanout implements Fanout {
  #server: Server<WebSocketSession> | undefined;

  /** Names the server whose sockets these are; MUST be called before the first socket opens. */
  attach(server: Server<WebSocketSession>): void {
    this.#server = server;
  }

  subscribe(session: WebSocketSession, nativeTopic: string): void {
    session.socket?.subscribe(nativeTopic);
  }

  unsubscribe(session: WebSocketSession, nativeTopic: string): void {
    session.socket?.unsubscribe(nativeTopic);
  }

  count(nativeTopic: string): number {
    return this.#server?.subscriberCount(nativeTopic) ?? 0;
  }

  publish(nativeTopic: string, frame: Frame): boolean {
    // A length, or -1 or 0 when a subscriber is backed up; 0 for an empty frame too.
    return (this.#server?.publish(nativeTopic, frame) ?? 1) <= 0;
  }
}
