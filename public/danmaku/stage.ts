import type { Entry } from "./comment.ts";
import { fadeOf, FADING_LINES, FADING_MS } from "./fading-lines.ts";
import { endOf, type Flight, leftOf } from "./flight.ts";
import { Lanes, type Part } from "./lanes.ts";
import type { Look } from "./settings.ts";
import { type Lettering, LINE_HEIGHT, type Sprite, type Sprites } from "./sprites.ts";

/** From one edge to the other, at the usual speed. */
const CROSSING_MS = 8_000;
const STANDING_MS = 4_500;

/** Letters of this part of the stage's width, and neither too small nor too large to be read. */
const FONT_PART = 1 / 42;
const SMALLEST_FONT_PX = 15;
const LARGEST_FONT_PX = 34;

/** What stays free above the first row, and below the last. */
const EDGE_PX = 4;

/** The sizes in rows; a line of the usual size is this many. */
const ROWS = { small: 4, normal: 5, large: 7 } as const;

/** Smaller than this part of their size, letters cannot be read. */
const SMALLEST_FIT = 0.6;

/** A canvas of more pixels than that costs more than anybody sees. */
const SHARPEST_RATIO = 2;

type Kind = Entry["mode"] | "fading";

/** A comment that is on the stage. */
interface Actor extends Flight {
  readonly entry: Entry;
  readonly kind: Kind;
  readonly span: number;
  readonly lettering: Lettering;
  row: number;
  sprite?: Sprite;
}

/** Where a comment is, in CSS pixels from the top left of the stage. */
export interface Placed {
  readonly text: string;
  readonly kind: Kind;
  readonly isOwn: boolean;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface StageOptions {
  readonly canvas: HTMLCanvasElement;
  readonly sprites: Pick<Sprites, "of" | "widthOf">;
  readonly look: () => Look;
  /** Whether comments stand still, and come and go by fading. */
  readonly isStill: () => boolean;
}

/** The comments that fly over the video. Time on it passes when it is told, so it stands still with the video. */
export class Stage {
  readonly #options: StageOptions;
  readonly #pen: CanvasRenderingContext2D | null;
  #actors: Actor[] = [];
  #lanes: Lanes<Actor>;
  #nowMs = 0;
  #size = { width: 0, height: 0, ratio: 1 };
  #usualFontPx = SMALLEST_FONT_PX;

  constructor(options: StageOptions) {
    this.#options = options;
    this.#pen = options.canvas.getContext("2d");
    this.#lanes = this.#newLanes();
  }

  /** How many comments are on it. */
  get count(): number {
    return this.#actors.length;
  }

  /** Whether comments come and go where they are: that is no movement, and needs none of the video. */
  get isStill(): boolean {
    return this.#options.isStill();
  }

  /** Lets time pass. */
  advance(ms: number): void {
    this.#nowMs += ms;
    this.#actors = this.#actors.filter((actor) => endOf(actor) > this.#nowMs);
  }

  /**
   * Lets a comment begin, as if it had so long ago. Returns false when there is no room for it.
   */
  show(entry: Entry, ageMs = 0): boolean {
    const { isStill, look } = this.#options;
    const kind: Kind = isStill() ? "fading" : entry.mode;
    const size = kind === "fading" ? "normal" : entry.size;
    const span = ROWS[size];
    const isScrolling = kind === "scroll";
    const fontPx = Math.round((this.#usualFontPx * span) / ROWS.normal);
    const lettering = this.#fit(entry, fontPx, isScrolling);
    const actor: Actor = {
      entry,
      kind,
      span,
      lettering,
      row: 0,
      startMs: this.#nowMs - ageMs,
      durationMs: durationOf(kind, look().speed),
      width: this.#options.sprites.widthOf(entry, lettering),
      isScrolling,
    };
    // It would be gone already.
    if (endOf(actor) <= this.#nowMs) return true;
    return this.#enter(actor);
  }

  /** Takes away what `isMeant`. */
  remove(isMeant: (entry: Entry) => boolean): void {
    for (const actor of this.#actors) if (isMeant(actor.entry)) this.#lanes.remove(actor);
    this.#actors = this.#actors.filter(({ entry }) => !isMeant(entry));
  }

  clear(): void {
    this.#actors = [];
    this.#lanes.clear();
  }

  /**
   * Takes the size that it is shown at, in CSS pixels, and the reader's wishes: who is on it goes on from
   * where they are, in a lane that is free there, as far as there is one.
   */
  layOut(size: { width: number; height: number; ratio: number }): void {
    const { canvas, look } = this.#options;
    const ratio = Math.min(size.ratio, SHARPEST_RATIO);
    this.#size = { ...size, ratio };
    canvas.width = Math.round(size.width * ratio);
    canvas.height = Math.round(size.height * ratio);
    const fitting = Math.max(SMALLEST_FONT_PX, Math.min(LARGEST_FONT_PX, size.width * FONT_PART));
    this.#usualFontPx = Math.round(fitting * look().scale);
    this.#lanes = this.#newLanes();
    const before = this.#actors.splice(0);
    for (const { entry, startMs } of before) this.show(entry, this.#nowMs - startMs);
    // It has just lost its picture, and the next frame comes after this one is seen.
    this.draw();
  }

  draw(): void {
    const pen = this.#pen;
    if (pen === null) return;
    const { width, height, ratio } = this.#size;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const { opacity } = this.#options.look();
    // One's own lies over others where there is no other place.
    for (const actor of this.#actors.toSorted((a, b) => Number(isOwn(a)) - Number(isOwn(b)))) {
      actor.sprite ??= this.#options.sprites.of(actor.entry, actor.lettering);
      const { sprite, kind } = actor;
      const seen = kind === "fading" ? fadeOf(this.#nowMs - actor.startMs) : 1;
      pen.globalAlpha = opacity * seen;
      const left = leftOf(actor, this.#nowMs, width);
      pen.drawImage(sprite.image, left, this.#topOf(actor), sprite.width, sprite.height);
    }
  }

  /** What is on it, and where. */
  placed(): readonly Placed[] {
    return this.#actors.map((actor) => ({
      text: actor.entry.text,
      kind: actor.kind,
      isOwn: isOwn(actor),
      left: leftOf(actor, this.#nowMs, this.#size.width),
      top: this.#topOf(actor),
      width: actor.width,
      height: actor.lettering.fontPx * LINE_HEIGHT,
    }));
  }

  /** What stands has to be read from one end to the other: its letters get smaller, within reason. */
  #fit(entry: Entry, fontPx: number, isScrolling: boolean): Lettering {
    const { width, ratio } = this.#size;
    const lettering = { fontPx, ratio };
    if (isScrolling) return lettering;
    const part = width / Math.max(1, this.#options.sprites.widthOf(entry, lettering));
    return { fontPx: Math.floor(fontPx * Math.max(SMALLEST_FIT, Math.min(1, part))), ratio };
  }

  #enter(actor: Actor): boolean {
    const row = this.#lanes.place(actor, actor.span, this.#nowMs, this.#partsOf(actor.kind));
    if (row === undefined) return false;
    actor.row = row;
    if (isOwn(actor) && !actor.isScrolling) this.#makeWay(actor);
    this.#actors.push(actor);
    return true;
  }

  /** What stands under it could not be read, nor would it be read well itself. */
  #makeWay({ row, span }: Actor): void {
    const isUnder = (other: Actor) =>
      !other.isScrolling && other.row < row + span && row < other.row + other.span;
    for (const other of this.#actors) if (isUnder(other)) this.#lanes.remove(other);
    this.#actors = this.#actors.filter((other) => !isUnder(other));
  }

  get #rowPx(): number {
    return (this.#usualFontPx * LINE_HEIGHT) / ROWS.normal;
  }

  get #rows(): number {
    return Math.max(0, Math.floor((this.#size.height - EDGE_PX) / this.#rowPx));
  }

  #newLanes(): Lanes<Actor> {
    // Who has written something wants to see it, whatever goes on.
    const covers = (actor: Actor, other: Actor) => isOwn(actor) && !isOwn(other);
    return new Lanes({ rows: this.#rows, width: this.#size.width, covers });
  }

  /**
   * The rows that a kind may take, those that it should have first: what stands at the top leaves the lower
   * half to what stands at the bottom as long as there is room in its own, and the other way round.
   */
  #partsOf(kind: Kind): readonly Part[] {
    const rows = this.#rows;
    const half = Math.floor(rows / 2);
    const all = { from: 0, to: rows };
    if (kind === "top") return [{ from: 0, to: half }, all];
    if (kind === "bottom") {
      const isFromBelow = true;
      return [
        { from: rows - half, to: rows, isFromBelow },
        { ...all, isFromBelow },
      ];
    }
    const room = this.#size.height * this.#options.look().area - EDGE_PX;
    const shown = Math.min(rows, Math.max(0, Math.floor(room / this.#rowPx)));
    // What passes would leave no place to what stands: a line is kept for that, if there is another.
    const kept = rows < 2 * ROWS.normal ? 0 : ROWS.normal;
    if (kind === "scroll") return [{ from: 0, to: Math.min(shown, rows - kept) }];
    const from = rows - Math.min(shown, FADING_LINES * ROWS.normal);
    return [{ from, to: rows, isFromBelow: true }];
  }

  #topOf({ row }: Actor): number {
    return EDGE_PX + row * this.#rowPx;
  }
}

const isOwn = ({ entry }: Actor) => entry.isOwn === true;

function durationOf(kind: Kind, speed: number): number {
  if (kind === "fading") return FADING_MS;
  return kind === "scroll" ? CROSSING_MS / speed : STANDING_MS;
}
