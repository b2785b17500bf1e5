import { type Client, connect } from "../../src/client/index.ts";
import { byId } from "../shared/element.ts";
import { Page } from "../shared/page.ts";
import { Card } from "./card.ts";
import { CONTENDER_NAMES } from "./contenders.ts";
import { leadOf } from "./lead.ts";
import { Run } from "./run.ts";
import { askWhatIsSeen } from "./seen.ts";
import { compare } from "./summary.ts";
import { supportList } from "./support-list.ts";
import { abilitiesOf, choiceOf } from "./support.ts";
import { COMPARE_TEXTS, type CompareKey } from "./texts.ts";
import { tick } from "./ticker.ts";

/** For so long a connection that is cut stays away. */
const AWAY_MS = 3_000;
/** Who comes back later than this may find that the topic has forgotten what was missed. */
const LONGEST_ASIDE_MS = 300_000;

/** Puts the page together and connects it. The document holds the markup of `compare.html`. */
export function startCompare(): void {
  new ComparePage(connect(undefined, { share: false }));
}

interface Problem {
  readonly key: CompareKey;
  readonly code?: string;
}

class ComparePage {
  readonly #page = new Page<CompareKey>("compare", COMPARE_TEXTS);
  /** Publishes the feed, and is not compared. */
  readonly #publisher: Client;
  readonly #cards = CONTENDER_NAMES.map((name) => new Card(name, this.#page.language));
  readonly #lead = byId("lead", HTMLElement);
  readonly #leadMore = byId("lead-more", HTMLElement);
  readonly #published = byId("published", HTMLElement);
  readonly #trouble = byId("trouble", HTMLElement);
  #run: Run | undefined;
  #paceMs = 1_000;
  /** Why there is no feed, or no right figures. */
  #problem: Problem | undefined;
  #asideSince: number | undefined;

  constructor(publisher: Client) {
    this.#publisher = publisher;
    this.#page.follow(publisher);
    publisher.on("status", ({ state }) => {
      // Whoever was away when it was asked can be asked again.
      if (state === "open" && this.#problem?.key === "sizeUnknown") void this.#begin();
    });
    byId("columns", HTMLElement).replaceChildren(...this.#cards.map(({ element }) => element));
    this.#showSupport();
    this.#page.language.follow(() => this.#write());
    this.#wire();
    void this.#begin();
    tick({ draw: () => this.#draw(), write: () => this.#write() });
  }

  #wire(): void {
    byId("pace", HTMLElement).addEventListener("change", ({ target }) => {
      if (!(target instanceof HTMLInputElement)) return;
      this.#paceMs = Number(target.value);
      this.#run?.feed.setPace(this.#paceMs);
    });
    byId("cut-all", HTMLElement).addEventListener("click", () => {
      const isAny = [...(this.#run?.columns.values() ?? [])].some(({ state }) => state === "open");
      this.#run?.cut(AWAY_MS);
      if (isAny) this.#page.announcer.say(this.#page.language.say("saidCut"));
    });
    byId("reset", HTMLElement).addEventListener("click", () => {
      if (this.#publisher.status.state === "refused") this.#publisher.connect();
      void this.#begin();
      this.#page.announcer.say(this.#page.language.say("saidFresh"));
    });
    for (const { contender, cut } of this.#cards) {
      cut.addEventListener("click", () => this.#run?.columns.get(contender)?.cut(AWAY_MS));
    }
    document.addEventListener("visibilitychange", () => this.#look());
    addEventListener("pagehide", () => this.#putAside());
    addEventListener("pageshow", () => this.#look());
    // It may have been opened in the background.
    this.#look();
  }

  /** Begins a comparison in place of the one that there is. */
  async #begin(): Promise<void> {
    this.#run?.close();
    this.#run = undefined;
    this.#problem = undefined;
    const { seen, isKnown } = await askWhatIsSeen();
    // Whoever clicks twice has begun two.
    (this.#run as Run | undefined)?.close();
    if (!isKnown) this.#problem = { key: "sizeUnknown" };
    // What comes from the cache of a browser does not tell the protocol; this answer has not.
    this.#showSupport();
    this.#run = new Run({
      ...{ seen, paceMs: this.#paceMs },
      isOpen: () => this.#publisher.status.state === "open",
      publish: (topic, data) => this.#publisher.publish(topic, data),
      refused: (code) => (this.#problem = { key: "feedRefused", code }),
    });
    if (this.#asideSince !== undefined) this.#run.putAside();
  }

  /** What there is to complain of: who cannot connect cannot publish. */
  get #complaint(): Problem | undefined {
    const { state, code, reason } = this.#publisher.status;
    if (state !== "refused") return this.#problem;
    return { key: "feedRefused", code: reason || String(code) };
  }

  /** Whether there is no server to publish to: between two waits an attempt is made. */
  get #isAway(): boolean {
    return /connecting|waiting/.test(this.#publisher.status.state);
  }

  #showSupport(): void {
    const support = byId("support", HTMLElement);
    const entries = ["navigation", "resource"].flatMap((type) =>
      performance.getEntriesByType(type),
    );
    support.replaceChildren(...supportList(abilitiesOf(window), choiceOf(window), entries));
    this.#page.language.label(support);
  }

  /** What is said while there is nothing to compare. */
  get #hint(): CompareKey | "" {
    if (this.#complaint?.key === "feedRefused") return "";
    if (this.#isAway) return "measuringAway";
    return this.#paceMs === 0 ? "measuringPaused" : "measuringHint";
  }

  #look(): void {
    if (document.visibilityState === "hidden") this.#putAside();
    else this.#goOn();
  }

  #putAside(): void {
    if (this.#asideSince !== undefined) return;
    this.#asideSince = performance.now();
    this.#run?.putAside();
  }

  #goOn(): void {
    if (this.#asideSince === undefined) return;
    const asideMs = performance.now() - this.#asideSince;
    this.#asideSince = undefined;
    if (asideMs > LONGEST_ASIDE_MS) void this.#begin();
    else this.#run?.goOn();
  }

  #draw(): void {
    const run = this.#run;
    if (!run) return;
    const { feed, nowMs } = run;
    for (const card of this.#cards) {
      const column = run.columns.get(card.contender);
      if (column) card.draw({ column, feed, nowMs });
    }
  }

  #write(): void {
    const run = this.#run;
    const { language } = this.#page;
    const [lead, more] = leadOf(run && compare(run.columns), language, this.#hint);
    put(this.#lead, lead);
    put(this.#leadMore, more);
    const { key, code = "" } = this.#complaint ?? {};
    this.#trouble.hidden = key === undefined;
    const why = language.find(`why_${code}`) ?? code;
    put(this.#trouble, key ? language.say(key, { why }) : "");
    if (!run) return;
    const { feed, nowMs } = run;
    put(this.#published, language.say(this.#isAway ? "noServer" : "published", { n: feed.last }));
    const mostBytes = Math.max(...[...run.columns.values()].map(({ meter }) => meter.bytes));
    for (const card of this.#cards) {
      const column = run.columns.get(card.contender);
      if (!column) continue;
      column.meter.sample();
      card.write({ column, feed, nowMs, mostBytes });
    }
  }
}

/** Writes only what is another text, so that nothing is read aloud or laid out anew for nothing. */
function put(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
