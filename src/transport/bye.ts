import type { SessionEvent } from "../core/event.ts";
import { CLOSE, type CloseReason } from "../core/session.ts";

/** How long a client is asked to wait before it comes back, in milliseconds, at most. */
const COME_BACK_MS = 1_000;

/** What a session is told when it is ended: each another time, so that not all return in one instant. */
export function byeFor(why: CloseReason): SessionEvent {
  const { code, reason, reconnect } = CLOSE[why];
  const after = reconnect ? Math.round(Math.random() * COME_BACK_MS) : 0;
  return { type: "bye", code, reason, reconnect, after };
}
