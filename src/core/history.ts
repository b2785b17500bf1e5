import type { Recoverable } from "./engine.ts";
import type { Retained } from "./message.ts";
import type { Since } from "./position.ts";
import type { Range } from "./store.ts";

/** The most payload bytes of one page: an answer is made, and held, as a whole. */
const PAGE_BYTES = 1024 * 1024;

/** What a reader of history asks for. */
export interface HistoryQuery {
  readonly topics: readonly string[];
  /** Read forward from here; without it, the newest messages are read. */
  readonly since?: Since | undefined;
  /** Only messages with a smaller id. */
  readonly before?: number | undefined;
  /** The most messages. */
  readonly limit: number;
  /** The most payload bytes, though one message always fits; a mebibyte when left out. */
  readonly bytes?: number;
}

/** Told when something that the reader asked for is not there: what it missed cannot be told. */
export interface Gap {
  readonly topic: string;
  /** The position that was asked for, as `log:id`. */
  readonly since: string;
  /** The oldest id of the topic that is still retained; `head + 1` when none is. */
  readonly oldest: number;
  readonly head: number;
  readonly log: string;
}

export interface HistoryPage {
  readonly log: string;
  /** The id of the last message of the whole log. */
  readonly head: number;
  readonly gaps: readonly Gap[];
  /** Oldest first, merged by id. */
  readonly messages: readonly Retained[];
}

/**
 * Reads a page of history. A position in another log, or past the head, is answered with a gap and
 * everything that is retained: never with silence.
 *
 * @param nowMs the time that a duration counts back from, in milliseconds since the Unix epoch
 */
export function readHistory(
  log: Recoverable,
  { topics, since, before = Number.POSITIVE_INFINITY, limit, bytes = PAGE_BYTES }: HistoryQuery,
  nowMs: number,
): HistoryPage {
  const start = since === undefined ? undefined : startOf(since, log, nowMs);
  const keep = start === undefined ? "newest" : "oldest";
  const { after = 0, notBefore } = start ?? {};
  const found = log.read({ topics, after, notBefore, before, limit, keep });
  const messages = withinPage(found, keep, bytes);
  const gaps = start === undefined ? [] : topics.flatMap((topic) => gapOf(topic, start, log));
  return { log: log.log, head: log.head, gaps, messages };
}

/** Cuts a page to its bytes: the reader asks on from the last message that it got, or the first. */
function withinPage(
  messages: readonly Retained[],
  keep: Range["keep"],
  most: number,
): readonly Retained[] {
  const inOrder = keep === "oldest" ? messages : messages.toReversed();
  let bytes = 0;
  // One message always fits, however large.
  const end = inOrder.findIndex(({ data }, index) => (bytes += data.size) > most && index > 0);
  if (end === -1) return messages;
  return keep === "oldest" ? messages.slice(0, end) : messages.slice(-end);
}

/** Where a reader begins, worked out against the log. */
export interface Start {
  /** Exclusive. */
  readonly after: number;
  /** In milliseconds since the Unix epoch. */
  readonly notBefore?: number;
  /** What the reader said, as a position; absent when it asked for whatever there is. */
  readonly asked?: { readonly text: string; readonly unknown: boolean };
}

/** Works out where a reader begins. */
export function startOf(since: Since, log: Recoverable, nowMs: number): Start {
  if (since.kind === "all") return { after: 0 };
  if (since.kind === "age") return { after: 0, notBefore: nowMs - since.ms };
  const unknown = (since.kind === "position" && since.log !== log.log) || since.id > log.head;
  const text = `${since.kind === "position" ? since.log : log.log}:${since.id}`;
  return { after: unknown ? 0 : since.id, asked: { text, unknown } };
}

/** Begins after an id of this log. */
export function startAfter(id: number, { log }: Recoverable): Start {
  return { after: id, asked: { text: `${log}:${id}`, unknown: false } };
}

/** What a reader of the topic misses: at most one gap. */
export function gapOf(topic: string, start: Start, log: Recoverable): Gap[] {
  const dropped = log.watermark(topic);
  const missed =
    start.asked === undefined
      ? start.notBefore !== undefined && dropped.id > 0 && dropped.time >= start.notBefore
      : start.asked.unknown || dropped.id > start.after;
  if (!missed) return [];
  const { head } = log;
  // A duration has no position of its own: the gap begins at what was dropped last.
  const since = start.asked?.text ?? `${log.log}:${dropped.id - 1}`;
  return [{ topic, since, oldest: oldestOf(topic, log), head, log: log.log }];
}

/** The oldest retained id of a topic; the one after the head when nothing is retained. */
export function oldestOf(topic: string, log: Recoverable): number {
  const before = Number.POSITIVE_INFINITY;
  const [oldest] = log.read({ topics: [topic], after: 0, before, limit: 1, keep: "oldest" });
  return oldest?.id ?? log.head + 1;
}
