import type { Entry } from "./comment.ts";

/** A comment as a picture, with its size in CSS pixels. */
export interface Sprite {
  readonly image: HTMLCanvasElement;
  readonly width: number;
  readonly height: number;
}

/** How a comment is written. */
export interface Lettering {
  readonly fontPx: number;
  /** Device pixels in a CSS pixel. */
  readonly ratio: number;
}

/** The height of a line, by that of its letters. */
export const LINE_HEIGHT = 1.35;

/** Beside the text, by the height of the letters: for the outline, and the frame of one's own. */
const MARGIN = 0.3;

/** A few letters are as wide as a line, and no canvas may be as wide as a hundred of those. */
const WIDEST_PX = 3000;

/** So many device pixels are kept for when the same is said again: each takes four bytes. */
const KEPT_PIXELS = 4_000_000;

const FAMILY = `system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif`;

/** Writes comments into pictures, each once: to draw a picture costs a tenth of writing it again. */
export class Sprites {
  readonly #ruler = document.createElement("canvas").getContext("2d");
  readonly #kept = new Map<string, Sprite>();
  #keptPixels = 0;

  /** How wide the comment is in CSS pixels. */
  widthOf({ text }: Entry, { fontPx }: Lettering): number {
    if (this.#ruler === null) return 0;
    this.#ruler.font = fontOf(fontPx);
    const { width } = this.#ruler.measureText(text);
    return Math.min(Math.ceil(width + 2 * MARGIN * fontPx), WIDEST_PX);
  }

  of(entry: Entry, lettering: Lettering): Sprite {
    const { text, color, isOwn = false } = entry;
    const { fontPx, ratio } = lettering;
    const key = `${fontPx} ${ratio} ${color} ${isOwn} ${text}`;
    const kept = this.#kept.get(key);
    const sprite = kept ?? this.#write(entry, lettering);
    if (kept === undefined) this.#keptPixels += pixelsOf(sprite);
    // The one that was wanted the longest time ago is the first.
    this.#kept.delete(key);
    this.#kept.set(key, sprite);
    this.#makeRoom();
    return sprite;
  }

  #makeRoom(): void {
    for (const [key, sprite] of this.#kept) {
      if (this.#keptPixels <= KEPT_PIXELS) return;
      this.#kept.delete(key);
      this.#keptPixels -= pixelsOf(sprite);
    }
  }

  #write(entry: Entry, lettering: Lettering): Sprite {
    const { fontPx, ratio } = lettering;
    const width = this.widthOf(entry, lettering);
    const height = Math.ceil(fontPx * LINE_HEIGHT);
    const image = document.createElement("canvas");
    image.width = Math.max(1, Math.ceil(width * ratio));
    image.height = Math.max(1, Math.ceil(height * ratio));
    const pen = image.getContext("2d");
    if (pen === null) return { image, width, height };
    pen.scale(ratio, ratio);
    pen.font = fontOf(fontPx);
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    if (entry.isOwn) frame(pen, width, height);
    pen.lineWidth = fontPx / 7;
    // Readable on anything, whatever colour somebody has thought of.
    pen.strokeStyle = isDark(entry.color) ? "rgb(255 255 255 / 85%)" : "rgb(0 0 0 / 80%)";
    pen.fillStyle = entry.color;
    const place = [MARGIN * fontPx, height / 2, width - 2 * MARGIN * fontPx] as const;
    pen.strokeText(entry.text, place[0], place[1]);
    pen.fillText(entry.text, place[0], place[1]);
    return { image, width, height };
  }
}

/** One's own is found at a glance, and read even where it lies over others. */
function frame(pen: CanvasRenderingContext2D, width: number, height: number): void {
  pen.fillStyle = "rgb(8 14 13 / 72%)";
  pen.fillRect(1, 1, width - 2, height - 2);
  pen.lineWidth = 1.5;
  pen.strokeStyle = "#6fd9c8";
  pen.strokeRect(1, 1, width - 2, height - 2);
}

const pixelsOf = ({ image }: Sprite) => image.width * image.height;

const fontOf = (fontPx: number) => `600 ${fontPx}px ${FAMILY}`;

/** By the weights of ITU-R BT.601. */
function isDark(color: string): boolean {
  const part = (from: number) => Number.parseInt(color.slice(from, from + 2), 16);
  return 0.299 * part(1) + 0.587 * part(3) + 0.114 * part(5) < 70;
}
