import { connect, type Message, type Status } from "../src/client/index.ts";
import { chooseSid, curlLine, parseTopics } from "./address.ts";
import { Announcer } from "./announcer.ts";
import { Composer } from "./composer.ts";
import { ConnectionCard } from "./connection-card.ts";
import { ConnectionJournal } from "./connection-journal.ts";
import { CopyButton } from "./copy-button.ts";
import { byId } from "./element.ts";
import { chooseLanguage, Language } from "./language.ts";
import { type Line, MessageList } from "./message-list.ts";
import { Outbox } from "./outbox.ts";
import { Past } from "./past.ts";
import { payloadText } from "./payload.ts";
import { StatusPill } from "./status-pill.ts";
import { shelf } from "./storage.ts";
import { Wire } from "./wire.ts";

/** How long the connection stays away that was cut to see how it comes back. */
const DROP_MS = 5_000;

const LANGUAGE_KEY = "bellcast.language";
/** The region decides which forms of the Chinese characters a browser draws. */
const SPOKEN_AS = { en: "en", zh: "zh-CN" };

/** Writes `changes` into the query of the page's address, so that a reload keeps them. */
function rewriteQuery(changes: Readonly<Record<string, string>>): void {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value === "") url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  history.replaceState(history.state, "", url);
}

/** Chooses the language, labels the page in it, and wires the switch. */
function speak(query: URLSearchParams): Language {
  const device = shelf(() => localStorage);
  const wishes = [query.get("lang"), device.read(LANGUAGE_KEY), ...navigator.languages];
  const language = new Language(chooseLanguage(wishes));
  const other = () => (language.current === "zh" ? "en" : "zh");
  const button = byId("language", HTMLButtonElement);
  button.addEventListener("click", () => {
    device.write(LANGUAGE_KEY, other());
    rewriteQuery({ lang: "" });
    language.use(other());
  });
  language.follow(() => {
    document.documentElement.lang = SPOKEN_AS[language.current];
    button.lang = SPOKEN_AS[other()];
    language.label(document.body);
  });
  return language;
}

/** Puts the page together and connects it. The document holds the markup of `index.html`. */
export function startConsole(): void {
  const query = new URLSearchParams(location.search);
  const sid = chooseSid(
    query,
    shelf(() => sessionStorage),
  );
  let topics = parseTopics(query.get("topics") ?? "", sid);

  const language = speak(query);
  const announcer = new Announcer(byId("announcer", HTMLElement), language);
  const topicsNow = () => ["all", `@${sid}`, ...topics];
  // What it shows, and drops, is a connection of its own.
  const client = connect(location.origin, { sid, topics, share: false });
  const list = new MessageList({
    viewport: byId("log", HTMLElement),
    lines: byId("lines", HTMLElement),
    jump: byId("jump", HTMLButtonElement),
    language,
    onTop: () => void past.more(),
  });
  byId("clear", HTMLButtonElement).addEventListener("click", () => list.clear());
  /** A message as a line: what this page has published itself was sent, and the rest has arrived. */
  const lineOf = ({ data, topic, from, replay, time }: Message): Line => {
    const origin = topic === "all" ? [from] : [topic, from];
    return {
      kind: from === sid ? "sent" : "message",
      text: payloadText(data, language),
      note: origin.filter((part) => part !== undefined && part !== sid).join(" · "),
      isRestored: replay,
      time: new Date(time),
    };
  };
  const past = new Past({
    read: (options) => client.history(topicsNow().join(), options),
    onPage: (messages) => list.prepend(messages.map(lineOf)),
  });
  void past.more();

  const pill = new StatusPill({
    pill: byId("status", HTMLElement),
    label: byId("status-text", HTMLElement),
    transport: byId("transport", HTMLElement),
    aloud: byId("status-aloud", HTMLElement),
    retry: byId("retry", HTMLButtonElement),
    language,
  });
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
  const show = (status: Status) => {
    pill.show(status);
    card.show(status);
  };
  client.on("status", (status) => {
    journal.record(status);
    show(status);
  });
  client.on("message", (message) => {
    past.note(message);
    const { kind, text, ...details } = lineOf(message);
    list.add(kind, text, details);
    if (kind === "message") announcer.arrived(text);
  });
  client.on("error", ({ code }) => journal.refused(code));
  client.on("frame", (frame) => wire.add(frame));
  show(client.status);

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

  byId("retry", HTMLButtonElement).addEventListener("click", () => client.retryNow());
  byId("drop", HTMLButtonElement).addEventListener("click", () => client.drop(DROP_MS));
  byId("toggle", HTMLButtonElement).addEventListener("click", () => {
    const { state } = client.status;
    if (state === "closed" || state === "refused") client.connect();
    else client.close();
  });
}
