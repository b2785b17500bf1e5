import { textData } from "../../core/message.ts";
import type { Action } from "./action.ts";

/** The same text at every run. */
export function messageAction(text: string): Action {
  const data = textData(text);
  return () => data;
}
