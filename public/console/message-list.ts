import type { Language } from "../shared/language.ts";
import { LogView, type LogViewOptions } from "../shared/log-view.ts";
import type { SharedKey } from "../shared/texts.ts";
import type { ConsoleKey } from "./texts.ts";

/** What a line tells of, and the word for it. */
const KINDS = {
  message: "kindMessage",
  sent: "kindSent",
  open: "kindOpen",
  close: "kindClose",
  error: "kindError",
  restored: "kindRestored",
  gap: "kindGap",
} as const satisfies Record<string, ConsoleKey>;

export type LineKind = keyof typeof KINDS;

export interface Line extends LineDetails {
  readonly kind: LineKind;
  readonly text: string;
}

/** What a line may say beside its text. */
export interface LineDetails {
  /** Where it went or came from, or more of why. */
  readonly note?: string;
  /** Whether it was missed, and has been sent again. */
  readonly isRestored?: boolean;
  /** When it happened; now when left out. */
  readonly time?: Date;
  /** Of a message that is kept. */
  readonly id?: number | undefined;
}

export interface MessageListOptions extends Omit<
  LogViewOptions<Line>,
  "language" | "render" | "isNews"
> {
  readonly language: Language<ConsoleKey | SharedKey>;
}

const two = (n: number) => String(n).padStart(2, "0");
const localTime = (time: Date) =>
  `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;

/** The lines of the console: what arrived, and what happened to the connection. */
export class MessageList {
  readonly #language: Language<ConsoleKey | SharedKey>;
  readonly #lines: HTMLElement;
  readonly #view: LogView<Line>;

  constructor(options: MessageListOptions) {
    this.#language = options.language;
    this.#lines = options.lines;
    this.#view = new LogView({
      ...options,
      render: (line) => this.#render(line),
      isNews: ({ kind }) => kind === "message",
    });
  }

  /** The id of the first message that is shown and is kept. */
  get oldest(): number | undefined {
    const line = this.#lines.querySelector<HTMLElement>("[data-id]");
    return line === null ? undefined : Number(line.dataset["id"]);
  }

  /** Adds a line with the present time; it is seen with the next frame. */
  add(kind: LineKind, text: string, details: LineDetails = {}): void {
    this.#view.add({ kind, text, time: new Date(), ...details });
  }

  /** Puts lines above all others, and leaves what is looked at where it is. */
  prepend(lines: readonly Line[]): void {
    this.#view.prepend(lines);
  }

  clear(): void {
    this.#view.clear();
  }

  #render({ kind, text, note = "", time = new Date(), id, ...rest }: Line): HTMLElement {
    const line = document.createElement("li");
    line.dataset["kind"] = kind;
    if (rest.isRestored === true) line.dataset["restored"] = "";
    if (id !== undefined) line.dataset["id"] = String(id);
    const when = document.createElement("time");
    when.dateTime = time.toISOString();
    when.textContent = localTime(time);
    const what = document.createElement("span");
    what.className = "kind";
    what.dataset["text"] = KINDS[kind];
    what.textContent = this.#language.say(KINDS[kind]);
    const body = document.createElement("span");
    body.className = "body";
    // isolates the text, so that right-to-left marks in it cannot reorder what stands beside it
    body.dir = "auto";
    body.textContent = text;
    line.append(when, what, body);
    if (note !== "") {
      const aside = document.createElement("span");
      aside.className = "note";
      aside.textContent = note;
      line.append(aside);
    }
    return line;
  }
}
