import { compare, type Place, Reading } from "./reading.ts";

/** A message of a conversation. */
export interface Line extends Place {
  readonly key: string;
  readonly time: number;
  /** The sid of who wrote it, where that was said. */
  readonly from?: string | undefined;
  readonly text: string;
}

/** A message on its way, or one that did not get through. */
export interface Draft {
  readonly key: string;
  readonly time: number;
  readonly text: string;
  readonly state: "waiting" | "sending" | "sent" | "failed";
  /** Why it failed. */
  readonly why?: string | undefined;
}

/** Something that the page says between the messages. */
export interface Note extends Place {
  readonly key: string;
  readonly kind: "restored" | "gap";
  readonly n: number;
}

/** What a message brings. */
export interface Arrival {
  /** Absent where nothing is kept. */
  readonly id?: number | undefined;
  readonly time: number;
  readonly from?: string | undefined;
  readonly text: string;
  readonly isMine: boolean;
  /** Whether it was missed and has been sent again. */
  readonly isReplay?: boolean;
  /** Whether it was asked for: what is old is not unread. */
  readonly isPast?: boolean;
}

/** A draft, with what is known of its message: the id by its receipt, the line by its echo. */
interface Pending {
  draft: Draft;
  id?: number;
  echo?: Line;
}

/** What one's clock and the server's may differ by, where an old message is compared with a draft. */
const SKEW_MS = 60_000;

/** Lines beyond these are let go of, the oldest first. They can be read again. */
const MOST_LINES = 6_000;
const TRIMMED_LINES = 4_000;
/** So many times as much is kept while the reader is further up, who may be among the oldest. */
const PATIENCE = 4;

/**
 * The messages of one room or person, each once and in order, whichever way and however often they
 * come: live, replayed, read from the history, or as what one has just written oneself.
 */
export class Conversation {
  readonly topic: string;
  readonly reading: Reading;
  /** The log that ids are of; undefined while that is not known. */
  log: string | undefined;
  /** Whether nothing is older than what is here. */
  isComplete = false;
  /** Why the server does not give it; undefined when it does. */
  refusal: string | undefined;
  #epoch = 0;
  #lines: Line[] = [];
  #notes: Note[] = [];
  readonly #pending = new Map<string, Pending>();
  /** How many of others have been sent again since the last that was live. */
  #missed = 0;
  /** The keys of one's own lines. */
  readonly #own = new Set<string>();

  /** @param position `log:id` up to which everything was seen on this device */
  constructor(topic: string, position?: string) {
    this.topic = topic;
    const [log, id] = position?.split(":") ?? [];
    this.log = log;
    this.reading = new Reading({ epoch: 0, order: Number(id ?? 0) });
  }

  /** Oldest first. */
  get lines(): readonly Line[] {
    return this.#lines;
  }

  get notes(): readonly Note[] {
    return this.#notes;
  }

  /** What is on its way and has not come back yet, in the order in which it was written. */
  get drafts(): readonly Draft[] {
    return [...this.#pending.values()]
      .filter(({ echo }) => echo === undefined)
      .map(({ draft }) => draft);
  }

  get newest(): Place {
    return this.#lines.at(-1) ?? this.reading.seen;
  }

  /** The id before which older messages are to be read; undefined when none is known. */
  get oldestId(): number | undefined {
    const [first] = this.#lines;
    if (first !== undefined) return first.epoch === this.#epoch ? first.order : undefined;
    // what has not been seen comes by itself
    const { order } = this.reading.seen;
    return order > 0 ? order + 1 : undefined;
  }

  /** The message that "New messages" stands before. */
  get firstUnread(): Line | undefined {
    const { divider } = this.reading;
    if (divider === undefined) return undefined;
    const from = this.indexAfter(divider);
    return this.#lines.slice(from).find(({ key }) => !this.#own.has(key));
  }

  /** How many lines stand up to and with this place. */
  indexAfter(place: Place): number {
    let [low, high] = [0, this.#lines.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const line = this.#lines[middle];
      if (line !== undefined && compare(line, place) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Takes a message in. Returns its line, or undefined when it was here already. */
  add({ id, isMine, isReplay = false, isPast = false, ...rest }: Arrival): Line | undefined {
    const newest = this.#lines.at(-1);
    // what has no id comes after whatever is here
    const order = id ?? Math.max(newest?.order ?? 0, this.reading.seen.order) + 1;
    const line: Line = { key: `${this.#epoch}:${order}`, epoch: this.#epoch, order, ...rest };
    const index = this.indexAfter(line);
    if (this.#lines[index - 1]?.key === line.key) return undefined;
    this.#lines.splice(index, 0, line);
    if (isMine) this.#own.add(line.key);
    this.#claim(line, id, isMine, isPast);
    if (isMine) this.#skip(line);
    else if (!isPast) this.reading.take(line, isReplay);
    if (isReplay && !isMine) this.#missed += 1;
    // What was asked for must not go as it comes: it would be asked for again, without an end
    if (!isPast) this.#trim(MOST_LINES * (this.reading.isFurtherUp ? PATIENCE : 1), TRIMMED_LINES);
    return line;
  }

  /** Something is being published, or is to be. */
  write(draft: Draft): void {
    const pending = this.#pending.get(draft.key);
    if (pending) pending.draft = draft;
    else this.#pending.set(draft.key, { draft });
  }

  /** The server has taken what was written: it is a message with this id, which comes or has come. */
  acknowledge(key: string, id: number | undefined): void {
    const pending = this.#pending.get(key);
    if (pending === undefined) return;
    const { echo } = pending;
    // another with the same words may have been taken for the one that came
    for (const other of this.#pending.values()) {
      if (other.echo?.epoch === this.#epoch && other.echo.order === id) delete other.echo;
    }
    if (id === undefined ? echo !== undefined : this.#has(id)) {
      this.#pending.delete(key);
      return;
    }
    delete pending.echo;
    if (id !== undefined) pending.id = id;
    pending.draft = { ...pending.draft, state: "sent" };
  }

  /** What was written is a message now, though none came back: nobody hears their own direct messages. */
  promote(key: string, time: number, from: string): void {
    const pending = this.#pending.get(key);
    if (pending === undefined) return;
    this.#pending.delete(key);
    this.add({ time, from, text: pending.draft.text, isMine: true });
  }

  /** What was written is given up. */
  discard(key: string): void {
    this.#pending.delete(key);
  }

  /** What was missed is all here. @param isTold whether a connection was lost, so that it is worth a line */
  live(isTold: boolean): void {
    this.reading.live();
    if (isTold && this.#missed > 0) this.#note("restored", this.#missed);
    this.#missed = 0;
  }

  /** Something is not kept any more. @param log that of what comes now */
  gap(log: string): void {
    this.#note("gap", 0);
    if (this.log !== undefined && this.log !== log) {
      this.#epoch += 1;
      this.isComplete = true;
      this.reading.startAnew({ epoch: this.#epoch, order: 0 });
    }
    this.log = log;
  }

  /** A visit begins or ends. What was told of the connection before is not told again. */
  show(isShown: boolean): void {
    if (isShown) this.#notes = this.#notes.filter(({ kind }) => kind === "gap");
    this.reading.show(isShown);
  }

  /** Keeps the newest lines alone. */
  keep(lines: number): void {
    this.#trim(lines, lines);
  }

  #has(order: number): boolean {
    const place = { epoch: this.#epoch, order };
    const line = this.#lines[this.indexAfter(place) - 1];
    return line !== undefined && compare(line, place) === 0;
  }

  /** A message that has come may be one that was written here. */
  #claim(line: Line, id: number | undefined, isMine: boolean, isPast: boolean): void {
    for (const [key, pending] of this.#pending) {
      if (id !== undefined && pending.id === id) {
        this.#pending.delete(key);
        return;
      }
    }
    if (!isMine) return;
    const [key, pending] = [...this.#pending].find(
      ([, { draft, id: known, echo }]) =>
        echo === undefined &&
        known === undefined &&
        draft.state !== "failed" &&
        draft.text === line.text &&
        (!isPast || line.time >= draft.time - SKEW_MS),
    ) ?? [undefined, undefined];
    if (pending === undefined) return;
    // without ids the receipt that has come already was its own
    if (pending.draft.state === "sent") this.#pending.delete(key);
    else pending.echo = line;
  }

  /** One's own message is not unread, and whoever writes has seen what is there. */
  #skip(line: Line): void {
    if (this.reading.unread === 0 && compare(line, this.reading.seen) > 0) this.reading.begin(line);
  }

  #note(kind: Note["kind"], n: number): void {
    const { epoch, order } = this.newest;
    const key = `${kind}:${epoch}:${order}`;
    this.#notes = this.#notes.filter((one) => one.key !== key);
    this.#notes.push({ key, kind, n, epoch, order });
  }

  #trim(most: number, left: number): void {
    if (this.#lines.length <= most) return;
    for (const { key } of this.#lines.splice(0, this.#lines.length - left)) this.#own.delete(key);
    this.#notes = this.#notes.filter((note) => this.indexAfter(note) > 0);
    this.isComplete = false;
  }
}
