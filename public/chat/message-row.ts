import { icon, make } from "../shared/element.ts";
import type { Language } from "../shared/language.ts";
import { describeCode } from "../shared/problem.ts";
import type { SharedKey } from "../shared/texts.ts";
import { NOT_DELIVERED } from "./chat-outbox.ts";
import type { Draft, Line, Note } from "./conversation.ts";
import { isLarge } from "./emoji.ts";
import { personOf } from "./identity.ts";
import { linkify } from "./linkify.ts";
import { clockTime, dayName, fullTime } from "./stamp.ts";
import type { ChatKey } from "./texts.ts";

/** What stands in a row of the conversation. */
export type Row = LineRow | DraftRow | { readonly type: "note"; readonly note: Note };

interface LineRow extends Heading {
  readonly type: "line";
  readonly line: Line;
  readonly isMine: boolean;
}

interface DraftRow extends Heading {
  readonly type: "draft";
  readonly draft: Draft;
}

/** What stands above a message. */
interface Heading {
  /** Whether a new day begins with it. */
  readonly isNewDay: boolean;
  /** Whether "New messages" stands before it. */
  readonly isFirstUnread: boolean;
  /** Whether it goes on from the message before: the same person, a short time later. */
  readonly isContinued: boolean;
  /** Names that several of those who have written have. */
  readonly shared: ReadonlySet<string>;
}

const TICK = "M5 12.500l4.500 4.500L19 7.500";
const STATES = {
  waiting: "stateWaiting",
  sending: "stateSending",
  sent: "stateSent",
  failed: "stateFailed",
} as const satisfies Record<Draft["state"], ChatKey>;

export interface MessageRowOptions {
  readonly language: Language<ChatKey | SharedKey>;
  readonly now: () => number;
  readonly onRetry: (key: string) => void;
  readonly onDiscard: (key: string) => void;
}

/** Writes the rows of a conversation. */
export class MessageRows {
  readonly #options: MessageRowOptions;

  constructor(options: MessageRowOptions) {
    this.#options = options;
  }

  keyOf(row: Row): string {
    if (row.type === "line") return row.line.key;
    return row.type === "draft" ? `draft ${row.draft.key}` : `note ${row.note.key}`;
  }

  /** Two rows of one key and one signature look alike. */
  signatureOf(row: Row): string {
    const { language, now } = this.#options;
    const parts: (string | number)[] = [language.current, row.type];
    if (row.type === "note") return [...parts, row.note.n].join();
    const { time } = row.type === "line" ? row.line : row.draft;
    if (row.isNewDay) parts.push(dayName(time, now(), language));
    if (row.type === "draft") parts.push(row.draft.state, row.draft.why ?? "");
    const from = row.type === "line" ? row.line.from : undefined;
    const isShared = from !== undefined && row.shared.has(personOf(from).name);
    return [...parts, row.isFirstUnread, row.isContinued, isShared].join();
  }

  /** Writes the row into its element. */
  fill(element: HTMLElement, row: Row): void {
    const { language } = this.#options;
    element.className = "message";
    if (row.type === "note") {
      element.dataset["kind"] = "note";
      element.replaceChildren(
        make("p", { class: "quiet-line" }, language.say(row.note.kind, { n: row.note.n })),
      );
      return;
    }
    const isMine = row.type === "draft" || row.isMine;
    element.dataset["kind"] = isMine ? "mine" : "theirs";
    element.toggleAttribute("data-continued", row.isContinued);
    if (row.type === "draft") element.dataset["state"] = row.draft.state;
    const said = make("div", { class: "said" });
    said.append(
      ...this.#who(row, isMine),
      this.#bubble(row),
      ...(row.type === "draft" ? this.#fate(row.draft) : []),
    );
    const above = this.#above(row);
    element.replaceChildren(...above, ...(isMine ? [] : [this.#avatar(row)]), said);
  }

  #above(row: LineRow | DraftRow): HTMLElement[] {
    const { language, now } = this.#options;
    const { time } = row.type === "line" ? row.line : row.draft;
    const above: HTMLElement[] = [];
    if (row.isNewDay) {
      above.push(make("p", { class: "day" }, make("span", {}, dayName(time, now(), language))));
    }
    if (row.isFirstUnread) {
      above.push(make("p", { class: "divider" }, make("span", {}, language.say("newMessages"))));
    }
    return above;
  }

  #avatar(row: LineRow | DraftRow): HTMLElement {
    const from = row.type === "line" ? row.line.from : undefined;
    if (row.isContinued) return make("span", { class: "avatar-space", "aria-hidden": "true" });
    return avatar(from);
  }

  #who(row: LineRow | DraftRow, isMine: boolean): HTMLElement[] {
    const { language } = this.#options;
    if (row.isContinued) return [];
    const { time } = row.type === "line" ? row.line : row.draft;
    const when = make(
      "time",
      { datetime: new Date(time).toISOString(), title: fullTime(time, language) },
      clockTime(time, language),
    );
    const from = row.type === "line" ? row.line.from : undefined;
    const you = make("span", { class: "unseen" }, language.say("you"));
    return [make("p", { class: "who" }, isMine ? you : this.#name(from, row.shared), " ", when)];
  }

  #name(sid: string | undefined, shared: ReadonlySet<string>): HTMLElement {
    const { language } = this.#options;
    if (sid === undefined) return make("span", { class: "name" }, language.say("unsigned"));
    const attributes = { class: "name", "data-hue": String(personOf(sid).hue), title: sid };
    return make("span", { ...attributes, dir: "auto" }, ...nameParts(sid, shared));
  }

  #bubble(row: LineRow | DraftRow): HTMLElement {
    const { language } = this.#options;
    const { text, time } = row.type === "line" ? row.line : row.draft;
    const parts = linkify(text).map((part) =>
      part.url === undefined
        ? part.text
        : make(
            "a",
            { href: part.url, target: "_blank", rel: "noopener noreferrer nofollow" },
            part.text,
          ),
    );
    const words = make("p", { class: "words", dir: "auto" }, ...parts);
    const bubble = make("div", { class: "bubble", title: fullTime(time, language) }, words);
    if (isLarge(text)) bubble.dataset["large"] = "";
    if (row.type === "line" && row.isMine) {
      bubble.append(
        make(
          "span",
          { class: "tick" },
          icon(TICK),
          make("span", { class: "unseen" }, language.say("stateSent")),
        ),
      );
    }
    return bubble;
  }

  #fate({ key, state, why }: Draft): HTMLElement[] {
    const { language, onRetry, onDiscard } = this.#options;
    if (state !== "failed") {
      return [make("p", { class: "fate" }, language.say(STATES[state]))];
    }
    const reason = why === NOT_DELIVERED ? "" : ` · ${describeCode(why ?? "unknown", language)}`;
    const head = language.say(why === NOT_DELIVERED ? "notDelivered" : "stateFailed");
    const button = (text: "retry" | "discard", act: (key: string) => void) => {
      const made = make("button", { class: "quiet", type: "button" }, language.say(text));
      made.addEventListener("click", () => act(key));
      return made;
    };
    return [
      make("p", { class: "fate" }, head + reason),
      make("p", { class: "fate-acts" }, button("retry", onRetry), button("discard", onDiscard)),
    ];
  }
}

/** The round picture of somebody; it says nothing by itself. */
export function avatar(sid: string | undefined): HTMLElement {
  const { initial, hue } =
    sid === undefined || sid === "" ? { initial: "?", hue: -1 } : personOf(sid);
  return make("span", { class: "avatar", "data-hue": String(hue), "aria-hidden": "true" }, initial);
}

/** The name of somebody, and what tells them from others when it is one of `shared`. */
export function nameParts(sid: string, shared: ReadonlySet<string>): (Node | string)[] {
  const { name, suffix } = personOf(sid);
  if (!shared.has(name) || suffix === "") return [name];
  return [name, make("span", { class: "suffix" }, ` ${suffix}`)];
}
