import type { Shelf } from "../shared/storage.ts";

const KEY = "bellcast.danmaku";

/** How comments are shown on this device. */
export interface Look {
  readonly isOn: boolean;
  /** 0.2 to 1 */
  readonly opacity: number;
  /** Of the letters: 0.5 to 2. */
  readonly scale: number;
  /** 0.5 to 2 */
  readonly speed: number;
  /** Which part of the height they may take. */
  readonly area: number;
  /** Comments with one of these words in them are not shown. */
  readonly blocked: readonly string[];
  /** Whether single keys steer the player, wherever the focus is. */
  readonly hasKeys: boolean;
}

export const AREAS = [0.25, 0.5, 0.75, 1] as const;

const USUAL: Look = {
  isOn: true,
  opacity: 1,
  scale: 1,
  speed: 1,
  area: 0.75,
  blocked: [],
  hasKeys: true,
};

/** No more words are kept: each is looked for in every comment. */
const MOST_WORDS = 100;

/** What the reader has chosen, which is kept. */
export class Settings {
  readonly #device: Shelf;
  readonly #listeners: ((look: Look) => void)[] = [];
  #look: Look;

  constructor(device: Shelf) {
    this.#device = device;
    this.#look = readLook(device.read(KEY));
  }

  get look(): Look {
    return this.#look;
  }

  /** Whether a text has none of the words that are blocked. */
  allows(text: string): boolean {
    const folded = fold(text);
    return !this.#look.blocked.some((word) => folded.includes(fold(word)));
  }

  change(part: Partial<Look>): void {
    this.#look = { ...this.#look, ...part };
    this.#device.write(KEY, JSON.stringify(this.#look));
    for (const listener of this.#listeners) listener(this.#look);
  }

  /** Calls `listener` now and after every change. */
  follow(listener: (look: Look) => void): void {
    this.#listeners.push(listener);
    listener(this.#look);
  }
}

const fold = (text: string) => text.normalize("NFKC").toLowerCase();

/** The words of a text with a word on each line, or commas between them. */
export function wordsOf(text: string): readonly string[] {
  const words = text.split(/[\n,，、]/).map((word) => word.trim());
  return [...new Set(words.filter((word) => word !== ""))].slice(0, MOST_WORDS);
}

/** What is kept may be of another version, or somebody else's. */
function readLook(text: string | null): Look {
  const kept = parse(text);
  const between = (value: unknown, low: number, high: number, otherwise: number) =>
    typeof value === "number" && value >= low && value <= high ? value : otherwise;
  const { blocked } = kept;
  return {
    isOn: kept.isOn !== false,
    opacity: between(kept.opacity, 0.2, 1, USUAL.opacity),
    scale: between(kept.scale, 0.5, 2, USUAL.scale),
    speed: between(kept.speed, 0.5, 2, USUAL.speed),
    area: AREAS.find((area) => area === kept.area) ?? USUAL.area,
    blocked: Array.isArray(blocked) ? wordsOf(blocked.filter(isText).join("\n")) : [],
    hasKeys: kept.hasKeys !== false,
  };
}

const isText = (value: unknown) => typeof value === "string";

function parse(text: string | null): Partial<Record<keyof Look, unknown>> {
  try {
    const kept: unknown = JSON.parse(text ?? "{}");
    return typeof kept === "object" && kept !== null ? kept : {};
  } catch {
    return {};
  }
}
