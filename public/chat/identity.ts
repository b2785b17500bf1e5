import type { Shelf } from "../shared/storage.ts";
import type { ChatKey } from "./texts.ts";

const NICK_KEY = "bellcast.chat.nick";
const SID_KEY = "bellcast.chat.sid";
const MINE_KEY = "bellcast.chat.mine";

/** A sid has room for 64 code points; a name that is longer than a line is none. */
export const NICK_LENGTH = 24;
/** Names that this tab has had. */
const MINE_KEPT = 10;

const SUFFIX_LENGTH = 4;
// no l, which is read as 1, and no o: a suffix tells people of one name apart
const SUFFIX_LETTERS = "abcdefghijkmnpqrstuvwxyz";

/** How many hues there are: the stylesheet has a colour for each. */
const HUES = 8;

/** A member as people see them. */
export interface Person {
  readonly name: string;
  /** Tells people of one name apart; "" where the sid is no name of this page's. */
  readonly suffix: string;
  /** What stands in the avatar. */
  readonly initial: string;
  /** A number below eight. */
  readonly hue: number;
}

const tidy = (typed: string) => typed.normalize("NFC").trim().replace(/\s+/g, " ");

/** A letter or digit that can be seen: the fillers of Hangul are letters too. */
const VISIBLE = /(?![\u115f\u1160\u3164\uffa0])[\p{L}\p{Nd}]/u;

/** What is wrong with a name, or undefined. */
export function nickProblem(typed: string): ChatKey | undefined {
  const nick = tidy(typed);
  if (nick === "") return "nickEmpty";
  if ([...nick].length > NICK_LENGTH) return "nickLong";
  const isName = /^[\p{L}\p{M}\p{Nd}._ -]+$/u.test(nick) && VISIBLE.test(nick);
  return isName ? undefined : "nickForm";
}

/** The sid of somebody of this name: presence, and the sender of a message, carry the name by it. */
export function sidFor(nick: string, random: Uint8Array): string {
  const letters = Array.from(random, (byte) => SUFFIX_LETTERS[byte % SUFFIX_LETTERS.length]);
  return `${tidy(nick).replaceAll(" ", "_")}~${letters.slice(0, SUFFIX_LENGTH).join("")}`;
}

/** The person behind a sid, which need not be one of this page's. */
export function personOf(sid: string): Person {
  const [, named, suffix = ""] = /^(.+)~([a-z]{4})$/.exec(sid) ?? [];
  const name = named?.replaceAll("_", " ") ?? sid;
  let hash = 0;
  for (const char of sid) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 1_000_003;
  const [initial = ""] = name;
  return { name, suffix, initial: initial.toUpperCase(), hue: hash % HUES };
}

/** The names that more than one of these have: their suffixes tell them apart. */
export function sharedNames(sids: Iterable<string>): ReadonlySet<string> {
  const names = Array.from(new Set(sids), (sid) => personOf(sid).name).toSorted();
  return new Set(names.filter((name, index) => name === names[index + 1]));
}

/** Who this tab is: two tabs are two people, and a reload is the same one. */
export class Identity {
  readonly #device: Shelf;
  readonly #tab: Shelf;
  /** A message stays one's own when the name changes. */
  readonly #mine: Set<string>;

  constructor(device: Shelf, tab: Shelf) {
    this.#device = device;
    this.#tab = tab;
    this.#mine = new Set(tab.read(MINE_KEY)?.split(" "));
  }

  /** Undefined while this tab has no name. */
  get sid(): string | undefined {
    return this.#tab.read(SID_KEY) ?? [...this.#mine].at(-1);
  }

  /** The name that was taken last on this device. */
  get lastNick(): string {
    return this.#device.read(NICK_KEY) ?? "";
  }

  /** Takes a name that has no problem, and returns the sid. The same name again stays the same person. */
  take(nick: string): string {
    const name = tidy(nick);
    this.#device.write(NICK_KEY, name);
    const { sid } = this;
    if (sid !== undefined && personOf(sid).name === name) return sid;
    const made = sidFor(name, crypto.getRandomValues(new Uint8Array(SUFFIX_LENGTH)));
    this.#mine.add(made);
    this.#tab.write(SID_KEY, made);
    this.#tab.write(MINE_KEY, [...this.#mine].slice(-MINE_KEPT).join(" "));
    return made;
  }

  isMine(sid: string | undefined): boolean {
    return sid !== undefined && this.#mine.has(sid);
  }
}
