import type { Frame } from "./codec.ts";
import type { Session } from "./session.ts";

/**
 * Native publish and subscribe. A native topic is named by codec and topic, so that one message is
 * encoded once a codec and handed over once.
 *
 * `publish` MUST do no work in JavaScript per subscriber, and MUST keep the order of its calls for
 * each subscriber.
 */
export interface Fanout {
  subscribe(session: Session, nativeTopic: string): void;
  /** What was published before is still delivered. */
  unsubscribe(session: Session, nativeTopic: string): void;
  /** How many sessions are subscribed to the native topic now. */
  count(nativeTopic: string): number;
  /**
   * Returns whether some subscriber may not have taken it at once. It MAY say so late, so that it is
   * a reason to look, and no proof.
   */
  publish(nativeTopic: string, frame: Frame): boolean;
}
