import { type Client, connect, type Message, type Status } from "../../src/client/index.ts";
import type { Language } from "../shared/language.ts";
import { payloadText } from "../shared/payload.ts";
import type { SharedKey } from "../shared/texts.ts";
import { inboxOf, isInbox } from "./address.ts";
import type { ChatOutbox } from "./chat-outbox.ts";
import type { Conversation } from "./conversation.ts";
import type { Conversations } from "./conversations.ts";
import type { Identity } from "./identity.ts";
import type { Members } from "./members.ts";
import { RoomFeed } from "./room-feed.ts";
import type { ChatKey } from "./texts.ts";
import { typingTopic, type Typists } from "./typing.ts";

export interface SwitchboardOptions {
  readonly identity: Identity;
  readonly conversations: Conversations;
  readonly outbox: ChatOutbox;
  readonly members: Members;
  readonly typists: Typists;
  readonly language: Language<ChatKey | SharedKey>;
  /** Told when a conversation has changed. */
  readonly onChange: (conversation: Conversation) => void;
  /** Told of what somebody has just written. */
  readonly onNews: (conversation: Conversation, message: Message) => void;
  readonly onStatus: (status: Status) => void;
}

/** The client of one person: listens to every room that they are in, and to their inbox. */
export class Switchboard {
  readonly client: Client;
  readonly #options: SwitchboardOptions;
  readonly #feeds = new Map<string, RoomFeed>();
  #current: string | undefined;
  /** The room that was entered last. */
  #room: string | undefined;
  #endTyping = () => {};

  /** @param since where a room that another client has followed goes on */
  constructor(
    sid: string,
    options: SwitchboardOptions,
    since: (topic: string) => string | undefined,
  ) {
    this.#options = options;
    const { conversations, outbox, onStatus } = options;
    // Each tab is somebody of its own.
    const client = (this.client = connect(location.origin, { sid, share: false }));
    client.on("status", (status) => {
      outbox.refresh();
      onStatus(status);
    });
    client.on("error", ({ code, message }) => this.#refused(message, code));
    client.on("message", (message) => this.#hear(message));
    outbox.use(client);
    for (const conversation of conversations.rooms) {
      this.join(conversation, since(conversation.topic));
    }
  }

  /** Listens to a room. */
  join(conversation: Conversation, since?: string): void {
    const { conversations, onChange, onNews } = this.#options;
    const { topic } = conversation;
    if (this.#feeds.has(topic) || isInbox(topic)) return;
    conversation.refusal = undefined;
    const feed = new RoomFeed({
      client: this.client,
      conversation,
      since: since ?? conversations.seen(topic),
      arrival: (message) => this.#arrival(message),
      onChange: () => onChange(conversation),
      onNews: (message) => onNews(conversation, message),
    });
    this.#feeds.set(topic, feed);
  }

  leave(topic: string): void {
    this.#feeds.get(topic)?.end();
    this.#feeds.delete(topic);
  }

  /** The room or person that is shown from now on: who is there and who types is followed as well. */
  enter(topic: string): void {
    const { members, typists } = this.#options;
    if (topic === this.#current) return;
    this.#current = topic;
    this.#endTyping();
    typists.clear();
    // Beside a direct message stand those of the room that it was begun in
    if (isInbox(topic)) return;
    this.#room = topic;
    members.follow(this.client);
    void this.#attend(topic);
  }

  /** Tries again to get into a room that was refused. */
  again(topic: string): void {
    this.#feeds.get(topic)?.again();
    this.#current = undefined;
    this.enter(topic);
  }

  /** Reads older messages into a conversation. */
  async older({ topic, lines }: Conversation): Promise<void> {
    const feed = this.#feeds.get(topic);
    const before = lines.length;
    await feed?.ready;
    // To enter a room is to read its newest.
    if (lines.length === before) await feed?.older();
  }

  /** Tells the room that is shown whether one is typing. */
  sayTyping(topic: string, isTyping: boolean): void {
    // What would wait for a connection is not true any more when it is said.
    if (isInbox(topic) || this.client.status.state !== "open") return;
    this.client.publish(typingTopic(topic), isTyping ? "1" : "").catch(() => {});
  }

  close(): void {
    this.#endTyping();
    this.#options.members.follow(this.client);
    this.#options.typists.clear();
    for (const feed of this.#feeds.values()) feed.end();
    this.client.close();
  }

  async #attend(topic: string): Promise<void> {
    const feed = this.#feeds.get(topic);
    const { conversations, members, typists, identity } = this.#options;
    if (feed === undefined) return;
    await feed.ready;
    const isRefused = conversations.at(topic).refusal !== undefined;
    if (topic !== this.#room || isRefused || !this.client.topics.includes(topic)) return;
    members.follow(this.client, topic);
    if (topic !== this.#current) return;
    this.#endTyping();
    const typing = this.client.topic(typingTopic(topic));
    const off = typing.on("message", ({ from, data }) => {
      if (from !== undefined && !identity.isMine(from)) typists.hear(from, data !== "");
    });
    this.#endTyping = () => {
      off();
      typing.leave();
      this.#endTyping = () => {};
    };
  }

  #hear(message: Message): void {
    const { conversations, onChange, onNews, typists } = this.#options;
    // Whoever has sent it has ended typing, whether they could say so or not.
    if (message.topic === this.#current && message.from !== undefined) {
      typists.hear(message.from, false);
    }
    if (message.topic !== inboxOf(this.client.sid)) return;
    const conversation = conversations.at(inboxOf(message.from ?? ""));
    conversation.add(this.#arrival(message));
    onNews(conversation, message);
    onChange(conversation);
  }

  #arrival({ id, time, from, data }: Message) {
    const { identity, language } = this.#options;
    return { id, time, from, text: payloadText(data, language), isMine: identity.isMine(from) };
  }

  #refused(topic: string, code: string): void {
    const { conversations, members, onChange } = this.#options;
    if (!conversations.has(topic)) return;
    const conversation = conversations.at(topic);
    conversation.refusal = code;
    if (topic === this.#room) members.follow(this.client);
    onChange(conversation);
  }
}
