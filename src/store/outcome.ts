/** What became of an entry that is no append with the next id, and no change that was simply made. */
export type Other =
  /** Its key is known. */
  | { readonly type: "repeat"; readonly id: number | undefined; readonly time: number }
  /** Its key is known, and the first one's scheduled message was this. */
  | { readonly type: "accepted"; readonly id: string; readonly due: number }
  /** Its key belongs to another message: nothing was done. */
  | { readonly type: "reused" }
  /** The id of a message that is to wait is another one's already: nothing was done. */
  | { readonly type: "taken" }
  /** What it would change or settle is not there: nothing was done. */
  | { readonly type: "absent" }
  /** Its topic keeps nothing; what came with the message is done. */
  | { readonly type: "unretained" };

/** What became of a batch. */
export interface Committed {
  /** The id of the first append that was given the next one. */
  readonly first: number;
  /** By their index in the batch. */
  readonly others: readonly (readonly [index: number, Other])[];
  /** The row of the last run that is recorded. */
  readonly lastRun: number;
}
