import type { Text } from "../core/language.ts";

/** A text that names no time, or none that can be kept; `reason` tells a person why. */
export class ScheduleError extends Error {
  override readonly name: string = "ScheduleError";
  readonly reason: Text;

  constructor(reason: Text) {
    super(reason.en);
    this.reason = reason;
  }
}
