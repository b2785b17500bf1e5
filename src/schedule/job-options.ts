import type { Action } from "./actions/action.ts";
import type { Policy } from "./policy.ts";
import type { Trigger } from "./trigger.ts";

/** A schedule and an action whose result is published to a topic. */
export interface JobOptions extends Policy {
  readonly name: string;
  readonly topic: string;
  readonly enabled: boolean;
  /** Where it is written: in the configuration file, in the embedding program, or in the store. */
  readonly origin: "file" | "program" | "api";
  readonly trigger: Trigger;
  readonly action: Action;
  /** The sid that its messages are from. */
  readonly from?: string | undefined;
  /** How long its messages may be sent to latecomers, in milliseconds. */
  readonly ttlMs?: number | undefined;
}
