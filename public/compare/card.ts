import { make } from "../shared/element.ts";
import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import type { Column } from "./column.ts";
import type { Contender } from "./contenders.ts";
import type { Feed } from "./feed.ts";
import { bytesText, ofADay, timeText } from "./figures.ts";
import { Strip } from "./strip.ts";
import type { CompareKey } from "./texts.ts";

const STATES = {
  connecting: "stateConnecting",
  open: "stateOpen",
  waiting: "stateWaiting",
  refused: "stateRefused",
  closed: "stateClosed",
} as const satisfies Record<Column["state"], CompareKey>;

/** The figures, in their order. The first two are the large ones. */
const FIGURES = [
  "bytesTotal",
  "median",
  "bytesEach",
  "worst",
  "requests",
  "received",
  "missing",
  "twice",
  "bytesDay",
] as const satisfies readonly CompareKey[];

type Figure = (typeof FIGURES)[number];

/** What a card shows: a column, among the others of its run. */
export interface Shown {
  readonly column: Column;
  readonly feed: Feed;
  readonly nowMs: number;
  /** The most bytes of any column. */
  readonly mostBytes: number;
}

/** A column as it is seen. */
export class Card {
  readonly element: HTMLElement;
  readonly cut: HTMLButtonElement;
  readonly #contender: Contender;
  readonly #language: Language<CompareKey | SharedKey>;
  readonly #strip = new Strip();
  readonly #pill = make("p", { class: "pill" });
  readonly #state = make("span");
  readonly #bar = make("span", { class: "bar", "aria-hidden": "true" });
  readonly #why = make("p", { class: "notice", hidden: true });
  readonly #recovery = make("p", { class: "hint recovery" });
  readonly #figures: Readonly<Record<Figure, HTMLElement>>;

  constructor(contender: Contender, language: Language<CompareKey | SharedKey>) {
    this.#contender = contender;
    this.#language = language;
    const id = `name-${contender}`;
    this.cut = make("button", { class: "plain", type: "button", "data-text": "cut" });
    this.#pill.append(make("span", { class: "dot", "aria-hidden": "true" }), this.#state);
    const figures = FIGURES.map((name) => [name, make("dd", { "data-figure": name })] as const);
    this.#figures = Object.fromEntries(figures) as Record<Figure, HTMLElement>;
    const rows = figures.map(([name, value]) => {
      const term = make("dt", { "data-text": name });
      const row = make("div", { class: `figure ${name}` }, term, value);
      if (name === "bytesTotal") row.append(this.#bar);
      return row;
    });
    this.element = make(
      "article",
      { class: "card column", "data-column": contender, "aria-labelledby": id },
      make("div", { class: "name" }, make("h2", { id, "data-text": contender }), this.#pill),
      make("p", { class: "hint about", "data-text": `about_${contender}` }),
      this.#strip.element,
      make("dl", { class: "figures" }, ...rows),
      make("div", { class: "cutting" }, this.cut, this.#recovery, this.#why),
    );
    language.follow(() => {
      language.label(this.element);
      const facts = { name: language.say(contender) };
      this.cut.setAttribute("aria-label", language.say("cutOne", facts));
      this.#strip.element.setAttribute("aria-label", language.say("strip", facts));
    });
  }

  /** Moves the chart along. */
  draw({ column, feed, nowMs }: Pick<Shown, "column" | "feed" | "nowMs">): void {
    this.#strip.show({
      now: nowMs,
      published: feed.published,
      arrivals: column.arrivals,
      requestedAt: column.meter.requestedAt,
      cuts: column.recoveries,
    });
  }

  /** Writes the figures. */
  write(shown: Shown): void {
    const { column, feed, mostBytes } = shown;
    const { meter, ledger, delays, state } = column;
    const say = this.#language.say.bind(this.#language);
    this.element.dataset["state"] = this.#pill.dataset["state"] = state;
    put(this.#state, say(STATES[state]));
    // Not `disabled`, which would take the focus away from who has just pressed it.
    this.cut.setAttribute("aria-disabled", String(state !== "open"));
    const known = (value: number | undefined, text: (value: number) => string) =>
      value === undefined ? say("nothing") : text(value);
    const values: Record<Figure, string> = {
      bytesTotal: bytesText(meter.bytes),
      bytesEach: known(meter.bytes / ledger.received || undefined, (each) =>
        Number.isFinite(each) ? bytesText(Math.round(each)) : say("nothing"),
      ),
      bytesDay: known(meter.rate, (rate) => bytesText(ofADay(rate))),
      requests: String(meter.requests),
      median: known(delays.median, timeText),
      worst: known(delays.worst, timeText),
      received: say("receivedOf", { n: ledger.received, all: ledger.expected(feed.last) }),
      missing: String(ledger.missing),
      twice: String(ledger.twice),
    };
    for (const name of FIGURES) put(this.#figures[name], values[name]);
    for (const name of ["missing", "twice"] as const) {
      this.#figures[name].classList.toggle("fault", values[name] !== "0");
    }
    this.#bar.style.setProperty("--share", String(mostBytes === 0 ? 0 : meter.bytes / mostBytes));
    this.#explain(column);
    const recovered = this.#recovered(shown);
    this.#recovery.hidden = recovered === "";
    put(this.#recovery, recovered);
  }

  #explain({ state, reason, isFailing }: Column): void {
    // A code that says no more than that there is no connection.
    const failure = /^(1006)?$/.test(reason) ? "whyAway" : "whyWaiting";
    const key = state === "refused" ? "whyRefused" : isFailing ? failure : undefined;
    this.#why.hidden = key === undefined;
    put(this.#why, key === undefined ? "" : this.#language.say(key, { why: reason }));
  }

  #recovered({ column, feed, nowMs }: Shown): string {
    const { recovery } = column;
    const say = this.#language.say.bind(this.#language);
    // Only what is connected can be cut.
    if (!recovery) return column.state === "refused" || column.isFailing ? "" : say("neverCut");
    const { cutAt, backAt, tookMs, restored } = recovery;
    const all = feed.countBetween(cutAt, backAt);
    if (nowMs < backAt) return say("isAway", { n: all });
    if (tookMs === undefined) return say("isWaited");
    const facts = { time: timeText(tookMs), n: restored, all };
    return say(all === 0 ? "isBackWithout" : "isBack", facts);
  }

  get contender(): Contender {
    return this.#contender;
  }
}

/** Writes only what is another text: what stays the same need not be laid out anew. */
function put(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
