import type { ServerFrame } from "../transport/json-client.ts";
import { openSocket } from "../transport/ws.ts";
import type { Account } from "./account.ts";
import type { Entry } from "./entry.ts";
import { Notebook } from "./notebook.ts";
import { Arrivals, type Joined, type Reader } from "./reader.ts";

/** A subscriber by `bellcast.v1`, with a position for each of its topics. */
export class JsonReader implements Reader {
  readonly notebook: Notebook;
  readonly arrivals = new Arrivals();
  /** How often the server has answered its subscription. */
  answers = 0;
  readonly #sid: string;
  #current: Conversation | undefined;

  constructor({ sid, topics }: { sid: string; topics: readonly string[] }) {
    this.#sid = sid;
    this.notebook = new Notebook(topics);
  }

  get heard(): number {
    return this.notebook.heard;
  }

  /** Whether the server has let it in, and every replay that it has asked for is over. */
  get isLive(): boolean {
    return this.#current?.isAnswered === true && !this.notebook.isReplaying;
  }

  /** Resolves when the server has answered the subscription; replays come after that. */
  async join(url: string): Promise<Joined> {
    const conversation = new Conversation();
    this.#current = conversation;
    const { socket, closed } = await openSocket(url, `/ws/${this.#sid}`, ["bellcast.v1"], (text) =>
      this.#hear(conversation, JSON.parse(String(text)) as ServerFrame),
    );
    const lost = closed.then(() => {
      throw new Error("the connection has ended");
    });
    await Promise.race([conversation.welcomed.promise, lost]);
    socket.send(this.notebook.subscription());
    await Promise.race([conversation.answered.promise, lost]);
    const forget = () => {
      if (this.#current === conversation) this.#current = undefined;
    };
    return {
      ended: closed.then(() => {
        forget();
        return conversation.afterMs;
      }),
      leave() {
        forget();
        socket.close();
      },
    };
  }

  reach(entries: readonly Entry[], patienceMs: number): Promise<void> {
    return this.arrivals.until(() => this.notebook.hasLast(entries), patienceMs);
  }

  account(entries: readonly Entry[]): Account {
    return this.notebook.account(entries);
  }

  #hear(conversation: Conversation, frame: ServerFrame): void {
    if (this.#current !== conversation) return;
    this.notebook.receive(frame);
    if (frame.type === "welcome") conversation.welcomed.resolve();
    if (frame.type === "bye") conversation.afterMs = Number(frame["after"]);
    if (frame.type === "ok") {
      conversation.isAnswered = true;
      this.answers++;
      conversation.answered.resolve();
    }
    this.arrivals.tell();
  }
}

/** What is said on one connection. */
class Conversation {
  readonly welcomed = Promise.withResolvers<void>();
  readonly answered = Promise.withResolvers<void>();
  isAnswered = false;
  afterMs = 0;
}
