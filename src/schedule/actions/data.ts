import type { Data } from "../../core/message.ts";
import type { Action } from "./action.ts";

/** The same message at every run. */
export function dataAction(data: Data): Action {
  return { kind: "message", run: () => data };
}
