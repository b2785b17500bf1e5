import { type Message, type Status, systemClock } from "../../src/client/index.ts";
import { byId, make } from "../shared/element.ts";
import { Page, rewriteQuery } from "../shared/page.ts";
import { inboxOf, isInbox, LOBBY, roomOf, targetOf, topicOf } from "./address.ts";
import { ChatOutbox } from "./chat-outbox.ts";
import { ChatComposer } from "./composer.ts";
import { ConversationView } from "./conversation-view.ts";
import type { Conversation } from "./conversation.ts";
import { Conversations } from "./conversations.ts";
import { EmojiPicker } from "./emoji-picker.ts";
import { HintBar } from "./hint-bar.ts";
import { Identity, personOf } from "./identity.ts";
import { JoinForm } from "./join-form.ts";
import { Members } from "./members.ts";
import { avatar, MessageRows } from "./message-row.ts";
import { People } from "./people.ts";
import { RoomHead } from "./room-head.ts";
import { RoomList, titleOf } from "./room-list.ts";
import { Sheet } from "./sheet.ts";
import { Switchboard } from "./switchboard.ts";
import { CHAT_TEXTS } from "./texts.ts";
import { OwnTyping, typingText, Typists } from "./typing.ts";
import { Voice } from "./voice.ts";

/** Puts the page together, and asks for a name. The document holds the markup of `chat.html`. */
export function startChat(): void {
  const page = new Page("chat", CHAT_TEXTS);
  const { language, device, tab } = page;
  const voice = new Voice(page.announcer, language);
  const { now } = systemClock;
  const element = (id: string) => byId(id, HTMLElement);
  const button = (id: string) => byId(id, HTMLButtonElement);
  const identity = new Identity(device, tab);
  const isMine = (sid: string | undefined) => identity.isMine(sid);
  const conversations = new Conversations(device, tab, isMine);

  const asked = roomOf(new URLSearchParams(location.search).get("room") ?? "");
  if (asked !== undefined) conversations.at(topicOf(asked));
  const first = () => conversations.rooms[0]?.topic ?? topicOf(LOBBY);
  const lobby = topicOf(LOBBY);
  let current = asked ? topicOf(asked) : conversations.has(lobby) ? lobby : first();
  /** The room that was shown last: a direct message is shown beside who is there. */
  let room = current;
  let board: Switchboard | undefined;
  /** Whether a connection was lost, and there is no other yet. */
  let isAway = false;

  const head = new RoomHead(language);
  const hints = new HintBar(language);
  const outbox = new ChatOutbox({
    tab,
    now,
    conversation: (topic) => conversations.at(topic),
    onChange: changed,
    onFail: (why) => voice.failed(why),
  });
  const view = new ConversationView({
    viewport: element("log"),
    list: element("lines"),
    jump: button("jump"),
    rows: new MessageRows({
      language,
      now,
      onRetry(key) {
        outbox.retry(key);
        composer.focus();
      },
      onDiscard(key) {
        outbox.discard(key);
        composer.focus();
      },
    }),
    language,
    isMine,
    older: async (conversation) => board?.older(conversation),
    onDraw(conversation) {
      const { topic, reading } = conversation;
      if (reading.isSettled) conversations.keepSeen(topic, board?.client.position(topic));
      showRooms();
      head.showPast(conversation);
    },
  });
  const rooms = new RoomList({
    rooms: element("rooms"),
    directs: element("directs"),
    directsTitle: element("directs-title"),
    form: byId("add-room", HTMLFormElement),
    field: byId("room", HTMLInputElement),
    notice: element("room-notice"),
    language,
    onOpen: open,
    onAdd: (room) => open(topicOf(room)),
  });
  const people = new People({
    list: element("people"),
    hint: element("people-hint"),
    language,
    isMine,
    onChoose: (sid) => open(inboxOf(sid)),
  });
  const members = new Members((attendance) => {
    people.show(attendance);
    head.showOnline(current, attendance);
  });
  const typists = new Typists(showTyping);
  const ownTyping = new OwnTyping((isTyping) => board?.sayTyping(current, isTyping), now);
  const composer = new ChatComposer({
    form: byId("composer", HTMLFormElement),
    field: byId("text", HTMLTextAreaElement),
    tab,
    language,
    onSend(text) {
      ownTyping.stop();
      outbox.send(current, text);
      view.jumpToEnd();
    },
    onType: (text) => ownTyping.typed(text),
  });
  new EmojiPicker({
    button: button("emoji"),
    panel: element("emoji-panel"),
    field: byId("text", HTMLTextAreaElement),
    language,
  });
  const sheets = [
    new Sheet({ panel: element("rooms-panel"), button: button("show-rooms"), language }),
    new Sheet({ panel: element("people-panel"), button: button("show-people"), language }),
  ];
  const join = new JoinForm({
    form: byId("join", HTMLFormElement),
    field: byId("nick", HTMLInputElement),
    notice: element("nick-notice"),
    cancel: button("join-cancel"),
    language,
    onJoin: (nick) => begin(identity.take(nick)),
    onCancel() {
      showChat(true);
      view.refresh();
      composer.focus();
    },
  });

  function showChat(isShown: boolean): void {
    element("chat").hidden = !isShown;
    element("join-place").hidden = isShown;
    // There is no connection that it could tell of
    element("status").hidden = identity.sid === undefined;
    if (!isShown) join.ask(identity.lastNick, identity.sid !== undefined);
    conversations.at(current).show(isShown && document.visibilityState === "visible");
  }

  // Not in `begin`: what each board keeps would keep the board before it
  function announce({ topic }: Conversation, message: Message): void {
    const isDirect = isInbox(topic);
    if (!isMine(message.from) && (isDirect || topic === current)) voice.heard(message, isDirect);
  }

  /** Connects as this person. Whoever this tab was before is gone. */
  function begin(sid: string): void {
    showChat(true);
    const before = board;
    if (before?.client.sid !== sid) {
      board = new Switchboard(
        sid,
        {
          ...{ identity, conversations, outbox, members, typists, language },
          ...{ onChange: changed, onStatus: showStatus, onNews: announce },
        },
        (topic) => before?.client.position(topic),
      );
      before?.close();
      page.follow(board.client);
    }
    showIdentity();
    if (isInbox(current)) board?.enter(room);
    open(current);
  }

  /** Shows a room or a person's conversation, and joins it if need be. */
  function open(topic: string): void {
    if (topic !== current) {
      ownTyping.stop();
      conversations.at(current).show(false);
      conversations.rest(current);
    }
    for (const sheet of sheets) sheet.close();
    current = topic;
    const conversation = conversations.at(topic);
    board?.join(conversation);
    conversation.show(document.visibilityState === "visible");
    if (!isInbox(topic)) {
      room = topic;
      rewriteQuery({ room: topic === lobby ? "" : targetOf(topic) });
    }
    showHead();
    view.show(conversation);
    board?.enter(topic);
    changed(conversation);
    composer.focus();
  }

  function leave(): void {
    const gone = current;
    const isRoom = !isInbox(gone);
    const others = conversations.rooms.filter(({ topic }) => topic !== gone);
    if (isRoom && others.length === 0) return;
    conversations.at(gone).show(false);
    current = isRoom ? (others[0]?.topic ?? first()) : room;
    outbox.abandon(gone);
    board?.leave(gone);
    conversations.remove(gone);
    open(current);
  }

  function changed(conversation: Conversation): void {
    if (conversation.topic === current) {
      view.refresh();
      showHint();
    }
    if (isInbox(conversation.topic)) {
      conversations.forgetPeople(current);
      conversations.keepDirects();
    }
    showRooms();
  }

  function showRooms(): void {
    rooms.show(conversations.rooms, conversations.directs, current);
    const { unread } = conversations;
    const { unread: here } = conversations.at(current).reading;
    document.title = language.say(unread > 0 ? "titleUnread" : "title", { n: unread });
    element("rooms-badge").hidden = unread - here <= 0;
    head.leave.hidden = !isInbox(current) && conversations.rooms.length === 1;
  }

  function showHead(): void {
    head.show(current);
    head.showOnline(current, members.current);
    composer.use(current, titleOf(current, language));
  }

  function showIdentity(): void {
    const { sid } = identity;
    if (sid === undefined) return;
    const name = make("span", { class: "entry-name", dir: "auto" }, personOf(sid).name);
    element("me").replaceChildren(avatar(sid), name);
    element("me").title = language.say("youAre", { name: sid });
  }

  function showTyping(): void {
    element("typing").textContent = typingText(typists.sids, language);
  }

  function showHint(): void {
    const { refusal, topic } = conversations.at(current);
    const state = board?.client.status.state;
    const isMute = topic === inboxOf("");
    hints.show({ refusal, isOver: state === "refused" || state === "closed", isAway, isMute });
    composer.enable(refusal === undefined && !isMute);
  }

  function showStatus({ state }: Status): void {
    if (state !== "connecting") isAway = state === "waiting";
    showHint();
    if (state === "open") view.readAgain();
    // Over a connection that is new, what others typed on the last one is old.
    if (state !== "open") typists.clear();
  }

  hints.button.addEventListener("click", () => {
    if (conversations.at(current).refusal !== undefined) board?.again(current);
    else {
      board?.client.connect();
      if (board) outbox.use(board.client);
    }
    composer.focus();
  });
  head.leave.addEventListener("click", leave);
  button("change-nick").addEventListener("click", () => {
    for (const sheet of sheets) sheet.close();
    showChat(false);
  });
  document.addEventListener("visibilitychange", () => {
    const isVisible = document.visibilityState === "visible" && !element("chat").hidden;
    conversations.at(current).show(isVisible);
    view.refresh();
  });
  for (const event of ["online", "offline"]) window.addEventListener(event, showHint);
  language.follow(() => {
    showHead();
    showIdentity();
    showHint();
    showTyping();
    showRooms();
    people.show(members.current);
  });
  if (identity.sid === undefined) showChat(false);
  else begin(identity.sid);
}
