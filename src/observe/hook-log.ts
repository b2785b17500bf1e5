import { errorText, type Log } from "./log.ts";

/** How much of a line that hooks write is logged, in characters. */
const MAX_SAID = 1_000;

/** Logs what happens to hooks, in this process and in their own. */
export function hookLog(log: Log) {
  return {
    failed: (hook: string, error: unknown) =>
      log.error("hook.failed", { hook, error: errorText(error) }),
    said: (text: string) => log.info("hook.said", { text: text.slice(0, MAX_SAID) }),
    died: (error: Error) => log.error("hook.died", { error: errorText(error) }),
    reloaded: (error?: Error) =>
      error === undefined
        ? log.info("hook.reloaded")
        : log.error("hook.not_reloaded", { error: errorText(error) }),
  };
}
