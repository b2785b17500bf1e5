import { connect, type Message } from "../../src/client/index.ts";
import { CopyButton } from "../shared/copy-button.ts";
import { curlLine } from "../shared/curl-line.ts";
import { byId } from "../shared/element.ts";
import { Page, rewriteQuery } from "../shared/page.ts";
import { payloadText } from "../shared/payload.ts";
import { chooseSid, parseTopics } from "./address.ts";
import { Composer } from "./composer.ts";
import { ConnectionCard } from "./connection-card.ts";
import { ConnectionJournal } from "./connection-journal.ts";
import { type Line, MessageList } from "./message-list.ts";
import { Outbox } from "./outbox.ts";
import { Past } from "./past.ts";
import { CONSOLE_TEXTS } from "./texts.ts";
import { Wire } from "./wire.ts";

/** How long the connection stays away that was cut to see how it comes back. */
const DROP_MS = 5_000;

/** Puts the page together and connects it. The document holds the markup of `index.html`. */
export function startConsole(): void {
  const page = new Page("console", CONSOLE_TEXTS);
  const { language, announcer } = page;
  const query = new URLSearchParams(location.search);
  const sid = chooseSid(query, page.tab);
  let topics = parseTopics(query.get("topics") ?? "", sid);

  const topicsNow = () => ["all", `@${sid}`, ...topics];
  // What it shows, and drops, is a connection of its own.
  const client = connect(location.origin, { sid, topics, share: false });
  const list = new MessageList({
    viewport: byId("log", HTMLElement),
    lines: byId("lines", HTMLElement),
    jump: byId("jump", HTMLButtonElement),
    language,
    onTop: () => void past.more(),
    onDrop: () => past.forget(list.oldest),
  });
  byId("clear", HTMLButtonElement).addEventListener("click", () => list.clear());
  /** A message as a line: what this page has published itself was sent, and the rest has arrived. */
  const lineOf = ({ id, data, topic, from, replay, time }: Message): Line => {
    const origin = topic === "all" ? [from] : [topic, from];
    return {
      kind: from === sid ? "sent" : "message",
      text: payloadText(data, language),
      note: origin.filter((part) => part !== undefined && part !== sid).join(" · "),
      id,
      isRestored: replay,
      time: new Date(time),
    };
  };
  const past = new Past({
    read: (options) => client.history(topicsNow().join(), options),
    onPage: (messages) => list.prepend(messages.map(lineOf)),
  });
  void past.more();

  const journal = new ConnectionJournal(list, language, sid);
  const card = new ConnectionCard(
    {
      sid,
      sidPlace: byId("sid", HTMLElement),
      topicList: byId("topics", HTMLElement),
      form: byId("topics-form", HTMLFormElement),
      field: byId("more-topics", HTMLInputElement),
      toggle: byId("toggle", HTMLButtonElement),
      drop: byId("drop", HTMLButtonElement),
      language,
      onTopics(asked) {
        for (const topic of topics) if (!asked.includes(topic)) client.leave(topic);
        topics = asked;
        for (const topic of asked) listen(topic);
        rewriteQuery({ topics: topics.join(",") });
      },
    },
    topics,
  );
  const wire = new Wire({
    drawer: byId("wire", HTMLDetailsElement),
    frames: byId("frames", HTMLElement),
  });

  const followed = new Set<string>();
  function listen(name: string): void {
    const topic = client.topic(name);
    if (followed.has(name)) return;
    followed.add(name);
    topic.on("live", (live) => journal.live(live));
    topic.on("gap", (gap) => journal.gap(gap));
  }
  for (const topic of topicsNow()) listen(topic);
  client.on("status", (status) => {
    journal.record(status);
    card.show(status);
  });
  page.follow(client);
  client.on("message", (message) => {
    past.note(message);
    const { kind, text, ...details } = lineOf(message);
    list.add(kind, text, details);
    if (kind === "message") announcer.arrived(text);
  });
  client.on("error", ({ code }) => journal.refused(code));
  client.on("frame", (frame) => wire.add(frame));
  card.show(client.status);

  const outbox = new Outbox({
    client,
    list,
    language,
    onWait: (notice) => composer.notify(notice),
  });
  const topicField = byId("topic", HTMLInputElement);
  const composer = new Composer({
    form: byId("composer", HTMLFormElement),
    text: byId("text", HTMLTextAreaElement),
    topic: topicField,
    destination: byId("destination", HTMLElement),
    notice: byId("notice", HTMLElement),
    language,
    send: (text, topic) => outbox.send(text, topic),
  });

  const curl = byId("curl", HTMLElement);
  const showCurl = () => {
    curl.textContent = curlLine(location.origin, composer.topic);
  };
  showCurl();
  topicField.addEventListener("input", showCurl);
  new CopyButton({ button: byId("copy", HTMLButtonElement), source: curl, language, announcer });

  byId("drop", HTMLButtonElement).addEventListener("click", () => {
    if (client.status.state === "open") client.drop(DROP_MS);
  });
  byId("toggle", HTMLButtonElement).addEventListener("click", () => {
    const { state } = client.status;
    if (state === "closed" || state === "refused") client.connect();
    else client.close();
  });
}
