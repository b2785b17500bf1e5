import type { Column } from "./column.ts";
import type { Contender } from "./contenders.ts";

/** What may be set beside polling, the best first. */
const PUSH: readonly Contender[] = ["ws", "sse", "longPoll"];

/** Before it has received so many, nothing is said of a column. */
const LEAST = 3;
/** A clock that tells tenths of a millisecond cannot tell more. */
const SHORTEST_MS = 0.1;

interface Measured {
  readonly meter: Pick<Column["meter"], "bytes">;
  readonly delays: Pick<Column["delays"], "median">;
  readonly ledger: Pick<Column["ledger"], "received">;
}

/** How the best push stands beside polling every second. */
export interface Comparison {
  readonly push: Contender;
  /** How many times fewer bytes it has put on the wire; less than 1 where it were more. */
  readonly fewer: number;
  readonly pushDelayMs: number;
  readonly pollDelayMs: number;
  /** How many times sooner a message comes. */
  readonly sooner: number;
}

/** Compares by what has been measured; undefined while that is too little. */
export function compare(columns: ReadonlyMap<Contender, Measured>): Comparison | undefined {
  const hasEnough = (one: Measured | undefined) => (one?.ledger.received ?? 0) >= LEAST;
  const push = PUSH.find((name) => hasEnough(columns.get(name)));
  const [poll, best] = [columns.get("poll1"), push && columns.get(push)];
  const [pollDelayMs, pushDelayMs] = [poll?.delays.median, best?.delays.median];
  if (!poll || !best || !push || !hasEnough(poll)) return undefined;
  if (pollDelayMs === undefined || pushDelayMs === undefined) return undefined;
  return {
    push,
    fewer: poll.meter.bytes / best.meter.bytes,
    pushDelayMs,
    pollDelayMs,
    sooner: pollDelayMs / Math.max(pushDelayMs, SHORTEST_MS),
  };
}
