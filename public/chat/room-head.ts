import { curlLine } from "../shared/curl-line.ts";
import { byId } from "../shared/element.ts";
import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import { isInbox, targetOf } from "./address.ts";
import type { Conversation } from "./conversation.ts";
import type { Attendance } from "./members.ts";
import { titleOf } from "./room-list.ts";
import type { ChatKey } from "./texts.ts";

const element = (id: string) => byId(id, HTMLElement);

/** What stands around a conversation: its name, who is there, and the words for an empty one. */
export class RoomHead {
  readonly #language: Language<ChatKey | SharedKey>;
  readonly leave = byId("leave", HTMLButtonElement);

  constructor(language: Language<ChatKey | SharedKey>) {
    this.#language = language;
  }

  show(topic: string): void {
    const language = this.#language;
    const isDirect = isInbox(topic);
    const name = titleOf(topic, language);
    element("title").textContent = name;
    const sid = isDirect ? targetOf(topic) : "";
    const direct = [language.say("directTo"), ...(sid === "" ? [] : [sid])].join(" · ");
    element("kind").textContent = isDirect ? direct : topic;
    element("direct-note").hidden = !isDirect;
    element("hello").textContent = language.say(isDirect ? "sayHelloTo" : "sayHello", { name });
    element("curl-place").hidden = isDirect;
    element("curl").textContent = curlLine(location.origin, topic);
    const leaving = isDirect ? "endDirect" : "leaveRoom";
    this.leave.dataset["label"] = this.leave.dataset["tip"] = leaving;
    language.label(this.leave);
  }

  showOnline(topic: string, { state, online }: Attendance): void {
    const text = state === "known" ? this.#language.say("online", { n: online }) : "";
    element("people-count").textContent = text;
    element("online").textContent = isInbox(topic) ? "" : text;
  }

  /** Says that it is empty, or that nothing is older than what is seen. */
  showPast({ lines, drafts, isComplete, topic }: Conversation): void {
    const isEmpty = lines.length + drafts.length === 0;
    const isBeginning = isComplete && !isEmpty;
    element("empty").hidden = !isEmpty || !isComplete;
    element("past").hidden = isInbox(topic);
    element("past").textContent = isBeginning ? this.#language.say("beginning") : "";
  }
}
