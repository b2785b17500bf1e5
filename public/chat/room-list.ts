import { make } from "../shared/element.ts";
import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import { isInbox, LOBBY, roomOf, targetOf } from "./address.ts";
import type { Conversation } from "./conversation.ts";
import { personOf, sharedNames } from "./identity.ts";
import { avatar, nameParts } from "./message-row.ts";
import type { ChatKey } from "./texts.ts";

export interface RoomListOptions {
  readonly rooms: HTMLElement;
  readonly directs: HTMLElement;
  /** The heading of `directs`, which is not shown while there are none. */
  readonly directsTitle: HTMLElement;
  /** The form with the one field in which another room is named. */
  readonly form: HTMLFormElement;
  readonly field: HTMLInputElement;
  /** An alert: why it is no room. */
  readonly notice: HTMLElement;
  readonly language: Language<ChatKey | SharedKey>;
  readonly onOpen: (topic: string) => void;
  readonly onAdd: (room: string) => void;
}

/** What a conversation is called. */
export function titleOf(topic: string, language: Language<ChatKey | SharedKey>): string {
  const target = targetOf(topic);
  if (isInbox(topic)) return target === "" ? language.say("unsigned") : personOf(target).name;
  return target === LOBBY ? language.say("lobby") : target;
}

/** The rooms and people that one can go to, each with what is unread. */
export class RoomList {
  readonly #options: RoomListOptions;
  #signature = "";

  constructor(options: RoomListOptions) {
    this.#options = options;
    const { form, field, notice, language, onAdd } = options;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const room = roomOf(field.value);
      notice.hidden = room !== undefined;
      if (room === undefined) {
        field.focus();
        return;
      }
      field.value = "";
      // Nobody who writes what stands in the list means another room
      onAdd(room.toLowerCase() === language.say("lobby").toLowerCase() ? LOBBY : room);
    });
    field.addEventListener("input", () => (notice.hidden = true));
  }

  /** @param current the topic that is shown */
  show(rooms: readonly Conversation[], directs: readonly Conversation[], current: string): void {
    const { language, directsTitle } = this.#options;
    const facts = [...rooms, ...directs].map(({ topic, reading: { unread }, refusal }) =>
      [topic, unread, refusal].join(),
    );
    const signature = [language.current, current, ...facts].join("\n");
    if (signature === this.#signature) return;
    this.#signature = signature;
    this.#fill(this.#options.rooms, rooms, current);
    this.#fill(this.#options.directs, directs, current);
    directsTitle.hidden = directs.length === 0;
  }

  #fill(list: HTMLElement, conversations: readonly Conversation[], current: string): void {
    const focused = list.contains(document.activeElement)
      ? document.activeElement?.getAttribute("data-topic")
      : undefined;
    const shared = sharedNames(conversations.map(({ topic }) => targetOf(topic)));
    const entries = conversations.map((one) => make("li", {}, this.#entry(one, current, shared)));
    list.replaceChildren(...entries);
    for (const button of list.querySelectorAll("button")) {
      if (button.dataset["topic"] === focused) button.focus();
    }
  }

  #entry(
    { topic, reading, refusal }: Conversation,
    current: string,
    shared: ReadonlySet<string>,
  ): HTMLElement {
    const { language, onOpen } = this.#options;
    const isCurrent = topic === current;
    const sign = isInbox(topic)
      ? avatar(targetOf(topic))
      : make("span", { class: "sign", "aria-hidden": "true" }, "#");
    const target = targetOf(topic);
    const isSomebody = isInbox(topic) && target !== "";
    const name = isSomebody ? nameParts(target, shared) : [titleOf(topic, language)];
    const title = make("span", { class: "entry-name", dir: "auto" }, ...name);
    const button = make(
      "button",
      { class: "entry", type: "button", "data-topic": topic },
      sign,
      title,
    );
    if (isCurrent) button.setAttribute("aria-current", "true");
    if (refusal !== undefined) button.dataset["refused"] = "";
    if (reading.unread > 0) {
      const count = make(
        "span",
        { class: "count", "aria-hidden": "true" },
        reading.unread > 99 ? "99+" : String(reading.unread),
      );
      const aloud = make(
        "span",
        { class: "unseen" },
        language.say("unread", { n: reading.unread }),
      );
      button.append(count, aloud);
    }
    button.addEventListener("click", () => onOpen(topic));
    return button;
  }
}
