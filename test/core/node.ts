import { Dialogue, type Speaker } from "../../src/core/dialogue.ts";
import type { Gate } from "../../src/core/gate.ts";
import { Hub, type HubEvents, type HubLimits } from "../../src/core/hub.ts";
import { textData } from "../../src/core/message.ts";
import { parseSince } from "../../src/core/position.ts";
import type { Session } from "../../src/core/session.ts";
import type { Store } from "../../src/core/store.ts";
import { Topics, type TopicSettings } from "../../src/core/topic.ts";
import { LocalEngine } from "../../src/engine/local.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { ManualClock } from "../clock.ts";
import { delegate } from "../contract/delegate.ts";
import { FakeFanout, FakeSession } from "./fakes.ts";

const LIMITS: HubLimits = {
  messageBytes: 1_000,
  softBytes: 2_000,
  bufferBytes: 4_000,
  stallMs: 30_000,
};

interface NodeOptions {
  readonly topics?: Readonly<Record<string, Partial<TopicSettings>>>;
  readonly limits?: Partial<HubLimits>;
  readonly subscriptions?: number;
  readonly gate?: Gate;
}

/** A node with everything but sockets: a hub on a memory store, and sessions that read when told to. */
export class TestNode {
  readonly clock = new ManualClock(1_000);
  readonly fanout = new FakeFanout();
  readonly events: [event: keyof HubEvents, ...facts: unknown[]][] = [];
  readonly engine: LocalEngine;
  readonly hub: Hub;
  readonly dialogue: Dialogue;
  /** How many messages each page held that was read of the log. */
  readonly pages: number[] = [];
  readonly #commits: (() => void)[] = [];
  #isHeld = false;

  constructor({ topics: named, limits, subscriptions = 5, gate }: NodeOptions = {}) {
    const { clock, fanout } = this;
    const topics = new Topics({ "live*": { history: 0 }, ...named });
    this.engine = new LocalEngine({ store: this.#slowly(new MemoryStore({ clock })), topics });
    const told =
      (event: keyof HubEvents) =>
      ({ sid }: Session, ...facts: unknown[]) =>
        void this.events.push([event, sid, ...facts]);
    const events: HubEvents = {
      opened: told("opened"),
      received: told("received"),
      closed: told("closed"),
      refused: told("refused"),
    };
    this.hub = new Hub({
      engine: this.engine,
      log: this.engine,
      topics,
      fanout,
      clock,
      events,
      limits: { ...LIMITS, ...limits },
      gate,
    });
    this.dialogue = new Dialogue({
      hub: this.hub,
      clock,
      events,
      subscriptions,
      gate,
      limits: { message: 1_000, ping: 30_000, silence: 60_000 },
    });
  }

  /** The identity of the log. */
  get log(): string {
    return this.engine.log;
  }

  /** From now on what is published is kept, but its commit is not told before `commit`. */
  hold(): void {
    this.#isHeld = true;
  }

  /** From now on commits are told at once again. */
  release(): void {
    this.#isHeld = false;
  }

  /** Tells so many commits that are held, in their order. */
  async commit(count: number = this.#commits.length): Promise<void> {
    for (const commit of this.#commits.splice(0, count)) commit();
    await this.settle();
  }

  /** Publishes texts to a topic, one after the other, and tells the id of the last. */
  async publish(topic: string, ...texts: string[]): Promise<number | undefined> {
    let id: number | undefined;
    for (const text of texts) ({ id } = (await this.hub.publish(topic, textData(text))).message);
    return id;
  }

  /** Publishes to a topic so many messages of so many bytes, as they come from several publishers. */
  async burst(topic: string, count: number, bytes = 1): Promise<void> {
    const data = textData("x".repeat(bytes));
    await Promise.all(Array.from({ length: count }, () => this.hub.publish(topic, data)));
  }

  /** A session that has been let in, and has read its welcome. */
  connect(
    sid: string,
    facts: ConstructorParameters<typeof FakeSession>[1] = {},
    since?: string,
  ): FakeSession {
    const session = new FakeSession(sid, { openedAt: this.clock.now(), ...facts });
    session.onClose = () => this.end(session);
    this.dialogue.open(session, since === undefined ? undefined : parseSince(since));
    return session;
  }

  /** The session sends a command, or any other frame, and gets its answer where that takes no time. */
  async say(session: Speaker, command: object | string | Uint8Array): Promise<void> {
    const isFrame = typeof command === "string" || command instanceof Uint8Array;
    this.dialogue.receive(session, isFrame ? command : JSON.stringify(command));
    await this.settle();
  }

  /** The session's peer reads some of what waits for it; all when no number is said. */
  drain(session: FakeSession, frames?: number): void {
    session.drain(frames);
    this.hub.drained(session);
  }

  /** The session's connection ends. */
  end(session: Session): void {
    this.fanout.drop(session);
    this.hub.close(session, 1006, "");
  }

  /** Whatever was begun has come to its next wait. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  async #held<T>(append: Promise<T>): Promise<T> {
    const appended = await append;
    if (this.#isHeld) await new Promise<void>((resolve) => this.#commits.push(resolve));
    return appended;
  }

  #slowly(store: MemoryStore): Store {
    return {
      ...delegate(store),
      log: store.log,
      get head() {
        return store.head;
      },
      append: (draft, retention) => this.#held(store.append(draft, retention)),
      appendOnce: (draft, retention, key) => this.#held(store.appendOnce(draft, retention, key)),
      appendFired: (draft, retention, firing) =>
        this.#held(store.appendFired(draft, retention, firing)),
      read: (range) => {
        const page = store.read(range);
        this.pages.push(page.length);
        return page;
      },
      watermark: (topic) => store.watermark(topic),
      topics: () => store.topics(),
      close: () => store.close(),
    };
  }
}
