import type { Conversation, Draft, Line } from "./conversation.ts";
import { sharedNames } from "./identity.ts";
import type { Row } from "./message-row.ts";
import { compare } from "./reading.ts";
import { dayOf } from "./stamp.ts";

/** Messages of one person are one group, as long as they come within this time. */
const GROUP_MS = 5 * 60_000;

type IsMine = (sid: string | undefined) => boolean;

/**
 * The rows of a part of a conversation: its messages, what the page says between them, and below the
 * newest what is on its way.
 *
 * @param start the index of the first message
 * @param end the index after the last; the conversation's end when left out
 */
export function rowsOf(
  { lines, notes, drafts, firstUnread }: Conversation,
  isMine: IsMine,
  start: number,
  end: number = lines.length,
): Row[] {
  const part = lines.slice(start, end);
  const [first] = part;
  const shared = sharedNames(part.flatMap(({ from }) => from ?? []));
  const rows: Row[] = [];
  const waiting = notes.filter((note) => first === undefined || compare(note, first) >= 0);
  /** Adds the notes that stand before a message, or all. Returns whether there were any. */
  const tellNotes = (until?: Line): boolean => {
    const count = waiting.findIndex((note) => until !== undefined && compare(note, until) >= 0);
    const told = waiting.splice(0, count < 0 ? waiting.length : count);
    rows.push(...told.map((note): Row => ({ type: "note", note })));
    return told.length > 0;
  };
  let before: Line | Draft | undefined = lines[start - 1];
  for (const line of part) {
    const isFirstUnread = line === firstUnread;
    const isBroken = tellNotes(line) || isFirstUnread;
    const heading = { ...headingOf(line, before, isBroken, isMine), isFirstUnread, shared };
    rows.push({ type: "line", line, isMine: isMine(line.from), ...heading });
    before = line;
  }
  if (end < lines.length) return rows;
  let isBroken = tellNotes();
  for (const draft of drafts) {
    const heading = headingOf(draft, before, isBroken, isMine);
    rows.push({ type: "draft", draft, isFirstUnread: false, shared, ...heading });
    [before, isBroken] = [draft, false];
  }
  return rows;
}

/** @param isBroken whether something stands between the two */
function headingOf(
  one: Line | Draft,
  before: Line | Draft | undefined,
  isBroken: boolean,
  isMine: IsMine,
): { readonly isNewDay: boolean; readonly isContinued: boolean } {
  if (before === undefined) return { isNewDay: true, isContinued: false };
  const author = (of: Line | Draft) => {
    const from = "order" in of ? of.from : undefined;
    // Whoever goes on under another name is the same here, as it is oneself
    return "order" in of && !isMine(from) ? (from ?? "") : undefined;
  };
  const isNewDay = dayOf(one.time) !== dayOf(before.time);
  const isSoon = Math.abs(one.time - before.time) < GROUP_MS;
  const isContinued = !isBroken && !isNewDay && isSoon && author(one) === author(before);
  return { isNewDay, isContinued };
}
