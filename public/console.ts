import { ReconnectingSocket } from "../src/client/reconnecting-socket.ts";
import { chooseSid, curlLine, parseTopics, socketUrl } from "./address.ts";
import { Announcer } from "./announcer.ts";
import { Composer } from "./composer.ts";
import { ConnectionCard } from "./connection-card.ts";
import { ConnectionJournal } from "./connection-journal.ts";
import { CopyButton } from "./copy-button.ts";
import { diagnose, isPermanent } from "./diagnosis.ts";
import { byId } from "./element.ts";
import { chooseLanguage, Language } from "./language.ts";
import { MessageList } from "./message-list.ts";
import { Outbox } from "./outbox.ts";
import { payloadText } from "./payload.ts";
import { describeProblem, wordsOf } from "./problem.ts";
import { StatusPill } from "./status-pill.ts";
import { shelf } from "./storage.ts";

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

/** Ends a wait as soon as there is a reason to hope: the network is back, the page is shown. */
function retryWhenHopeful(socket: ReconnectingSocket): void {
  addEventListener("online", () => socket.retryNow());
  addEventListener("pageshow", () => socket.retryNow());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") socket.retryNow();
  });
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
  const list = new MessageList({
    viewport: byId("log", HTMLElement),
    lines: byId("lines", HTMLElement),
    jump: byId("jump", HTMLButtonElement),
    language,
  });
  byId("clear", HTMLButtonElement).addEventListener("click", () => list.clear());

  const pill = new StatusPill({
    pill: byId("status", HTMLElement),
    label: byId("status-text", HTMLElement),
    aloud: byId("status-aloud", HTMLElement),
    retry: byId("retry", HTMLButtonElement),
    language,
  });

  const journal = new ConnectionJournal(list, language, sid, async () => {
    const asked = topics;
    const problem = await diagnose(sid, asked, language);
    // of other topics than were asked about, nothing is known
    if (problem === undefined || asked !== topics) return "";
    if (!isPermanent(problem)) return describeProblem(problem, language);
    socket.refuse(problem.status, problem.code ?? "", wordsOf(problem));
    return "";
  });
  const socket = new ReconnectingSocket({
    url: () => socketUrl(location, sid, topics),
    onState(state) {
      journal.record(state);
      pill.show(state);
      card.show(state);
      outbox.follow(state);
    },
    onMessage(data) {
      const text = payloadText(data, language);
      list.add("message", text);
      announcer.arrived(text);
    },
  });

  const card = new ConnectionCard(
    {
      sid,
      sidPlace: byId("sid", HTMLElement),
      topicList: byId("topics", HTMLElement),
      form: byId("topics-form", HTMLFormElement),
      field: byId("more-topics", HTMLInputElement),
      toggle: byId("toggle", HTMLButtonElement),
      language,
      onTopics(asked) {
        topics = asked;
        rewriteQuery({ topics: topics.join(",") });
        socket.close();
        socket.connect();
      },
    },
    topics,
  );

  const outbox = new Outbox({
    socket,
    list,
    language,
    onRelief: () => composer.notify(""),
    onReturn: (text, reason) => composer.giveBack(text, reason),
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
    curl.textContent = curlLine(location.origin, composer.topic === "" ? "all" : composer.topic);
  };
  showCurl();
  topicField.addEventListener("input", showCurl);
  new CopyButton({ button: byId("copy", HTMLButtonElement), source: curl, language, announcer });

  byId("retry", HTMLButtonElement).addEventListener("click", () => socket.retryNow());
  byId("toggle", HTMLButtonElement).addEventListener("click", () => {
    const isOver = socket.state.kind === "closed" || socket.state.kind === "refused";
    if (isOver) socket.connect();
    else socket.close();
  });
  retryWhenHopeful(socket);
  socket.connect();
}
