import type { Frame } from "../core/codec.ts";
import type { Fanout } from "../core/fanout.ts";
import type { Session } from "../core/session.ts";
import type { NativeFanout } from "./native-fanout.ts";
import type { StreamFanout } from "./stream-fanout.ts";

/** The fan-out of all transports: no format is spoken both over sockets and in responses. */
export class Fanouts implements Fanout {
  readonly #sockets: NativeFanout;
  readonly #streams: StreamFanout;

  constructor(sockets: NativeFanout, streams: StreamFanout) {
    this.#sockets = sockets;
    this.#streams = streams;
  }

  subscribe(session: Session, nativeTopic: string): void {
    this.#of(session).subscribe(session, nativeTopic);
  }

  unsubscribe(session: Session, nativeTopic: string): void {
    this.#of(session).unsubscribe(session, nativeTopic);
  }

  count(nativeTopic: string): number {
    return this.#sockets.count(nativeTopic) + this.#streams.count(nativeTopic);
  }

  publish(nativeTopic: string, frame: Frame): boolean {
    const isStreamed = this.#streams.count(nativeTopic) > 0;
    return (isStreamed ? this.#streams : this.#sockets).publish(nativeTopic, frame);
  }

  #of({ transport }: Session): Fanout {
    return transport === "websocket" ? this.#sockets : this.#streams;
  }
}
