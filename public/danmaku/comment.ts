import type { Message } from "../../src/client/index.ts";

export const MODES = ["scroll", "top", "bottom"] as const;
export const SIZES = ["small", "normal", "large"] as const;

/** The most code points of a text: what can be read while it crosses the screen. */
export const LONGEST_TEXT = 100;

/** The last second of a video that a comment may name: a day. */
const LAST_SECOND = 86_400;

/** The built-in clip is this long, and begins with every minute: see `Player`. */
const ROUND_SECONDS = 60;

/** Line breaks, and what else has no place in a line (Unicode's controls and separators of lines). */
const NOT_IN_A_LINE = /[\p{Cc}\u2028\u2029]/u;

/** Something that is seen: no space, no mark, no joiner, and not a filler or a blank of Braille. */
const SEEN = /[^\p{White_Space}\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** What is said over a video, as it is published. */
export interface Comment {
  /** One line. */
  readonly text: string;
  /** Where in the video it belongs, in seconds, with two decimals. */
  readonly at: number;
  readonly mode: (typeof MODES)[number];
  /** `#rrggbb` */
  readonly color: string;
  readonly size: (typeof SIZES)[number];
}

/** A comment as this page knows it. */
export interface Entry extends Comment {
  /** Of the message that it came in; absent where the topic keeps nothing, and until the server has it. */
  readonly id?: number | undefined;
  /** Whether this page has published it. */
  readonly isOwn?: boolean;
}

/** Where in a video `seconds` are, as comments say it: never later than they were. */
export const atOf = (seconds: number): number => Math.floor(seconds * 100) / 100;

/** The text as one that can be published, or undefined when it is too long, empty or not one line. */
export function textOf(typed: unknown): string | undefined {
  if (typeof typed !== "string") return undefined;
  const text = typed.trim();
  const fits = lengthOf(text) <= LONGEST_TEXT && SEEN.test(text) && !NOT_IN_A_LINE.test(text);
  return fits ? text : undefined;
}

/** How many code points a text has. No more are counted than matter: it may come from anybody. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text.slice(0, 4 * LONGEST_TEXT)) length += 1;
  return length;
}

/**
 * The comment that a message is, or undefined when it is none. A plain text is one, and JSON may leave
 * everything but the text out.
 *
 * @param now where the video is for those who see the message come; undefined for one that was read later
 */
export function commentOf(
  message: Pick<Message, "data" | "time">,
  now?: number,
): Comment | undefined {
  const { data, time } = message;
  // Where the clip was when it came; in another video it is the same place for everyone, at least.
  const otherwise = now ?? (time / 1000) % ROUND_SECONDS;
  const said = typeof data === "string" ? { text: data } : data;
  if (typeof said !== "object" || said === null) return undefined;
  const fields: Partial<Record<keyof Comment, unknown>> = said;
  const { at = otherwise, mode = "scroll", color = "#ffffff", size = "normal" } = fields;
  const text = textOf(fields.text);
  const isKnown = isOneOf(MODES, mode) && isOneOf(SIZES, size);
  if (text === undefined || !isKnown || !isColor(color) || !isTime(at)) return undefined;
  return { text, at: atOf(at), mode, color, size };
}

const isColor = (value: unknown): value is string =>
  typeof value === "string" && /^#[0-9a-f]{6}$/i.test(value);

const isTime = (value: unknown): value is number =>
  typeof value === "number" && value >= 0 && value <= LAST_SECOND;

function isOneOf<T>(known: readonly T[], value: unknown): value is T {
  return known.some((one) => one === value);
}
