import type { Text } from "../core/language.ts";
import type { KeyRetention } from "../core/store.ts";
import type { Batch } from "./batch.ts";
import type { Sync } from "./log-file.ts";
import type { Committed } from "./outcome.ts";

/** What the main thread asks of the writer: one thing at a time, each with one answer. */
export type WriterRequest =
  /** First of all. */
  | {
      readonly type: "open";
      readonly file: string;
      readonly sync: Sync;
      readonly keys: KeyRetention;
    }
  /** @param nowMs the time by which messages are too old, in milliseconds since the Unix epoch */
  | ({ readonly type: "commit"; readonly nowMs: number } & Batch)
  /** Drops a bounded number of messages that retention does not keep. */
  | { readonly type: "sweep"; readonly nowMs: number }
  /** Last of all. */
  | { readonly type: "close" };

export type WriterAnswer =
  | { readonly type: "opened"; readonly log: string; readonly head: number }
  /** The file cannot be used; it is as it was. */
  | { readonly type: "refused"; readonly reason: Text }
  /** What of the entries can be done is committed. */
  | ({ readonly type: "committed"; readonly behind: boolean } & Committed)
  /** `behind`: there is more to drop than one step may. */
  | { readonly type: "swept"; readonly behind: boolean }
  | { readonly type: "closed" }
  /** Nothing of the request was done. `full`: there was no room for it. */
  | { readonly type: "failed"; readonly full: boolean; readonly detail: string };
