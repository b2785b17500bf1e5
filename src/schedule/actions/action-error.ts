import type { Text } from "../../core/language.ts";

/** An action that cannot be done as it is written; `reason` tells a person why. */
export class ActionError extends Error {
  override readonly name = "ActionError";
  readonly reason: Text;

  constructor(reason: Text) {
    super(reason.en);
    this.reason = reason;
  }
}
