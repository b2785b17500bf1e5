import { type BellcastError, ERRORS } from "../core/errors.ts";
import type { Log } from "./log.ts";

/** Logs when storing begins to fail, and when it works again: not every publish meanwhile. */
export function storeLog(log: Log) {
  return {
    failing: ({ code, message }: BellcastError) =>
      log.error("store.failing", { code, error: message, hint: ERRORS[code].hint.en }),
    resumed: () => log.warn("store.resumed", {}),
  };
}
