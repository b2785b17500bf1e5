import type { HubEvents } from "../core/hub.ts";
import { errorText, type Log } from "./log.ts";

/** Calls of the embedding program. What they throw is logged and goes no further. */
export interface Hooks {
  readonly onOpen?: (session: { sid: string; topics: readonly string[] }) => unknown;
  /** Every message that a client sends: text as a string, a binary frame as bytes. */
  readonly onMessage?: (message: { sid: string; data: string | Uint8Array }) => unknown;
  readonly onClose?: (session: {
    sid: string;
    code: number;
    reason: string;
    durationMs: number;
  }) => unknown;
}

/** The hooks as the hub's events. */
export function hookEvents({ onOpen, onMessage, onClose }: Hooks, log: Log): HubEvents {
  const call = async (hook: string, run: () => unknown): Promise<void> => {
    try {
      await run();
    } catch (error) {
      log.error("hook.failed", { hook, error: errorText(error) });
    }
  };
  return {
    opened({ sid, topics }) {
      if (onOpen) void call("onOpen", () => onOpen({ sid, topics }));
    },
    received({ sid }, data) {
      if (!onMessage) return;
      // A copy: the same bytes may be published, and a message never changes.
      const value = data.kind === "bytes" ? data.bytes.slice() : data.text;
      void call("onMessage", () => onMessage({ sid, data: value }));
    },
    closed({ sid }, code, reason, durationMs) {
      if (onClose) void call("onClose", () => onClose({ sid, code, reason, durationMs }));
    },
    refused() {},
  };
}
