import { addressesOf } from "./addresses.ts";
import type { Client } from "./client.ts";
import { Feed } from "./feed.ts";
import { fromBase64, type ServerFrame, type WirePage } from "./frames.ts";
import { type Ask, asking } from "./http.ts";
import { CUT } from "./link.ts";
import type { TabFrame } from "./shared-link.ts";
import type { BellcastError, Message, Platform, Status } from "./types.ts";

/** What a tab says, in `bellcast.v1`; `bye` when it goes. */
type TabCommand =
  | { readonly type: "ping" | "bye" }
  | {
      readonly type: "subscribe";
      readonly topics: readonly string[];
      readonly since: Readonly<Record<string, string>>;
    }
  | { readonly type: "unsubscribe"; readonly topics: readonly string[] }
  | {
      readonly type: "publish";
      readonly ref: number;
      readonly topic: string;
      readonly data: unknown;
      readonly encoding: "base64" | undefined;
      readonly key: string;
    };

type Subscribe = Extract<TabCommand, { type: "subscribe" }>;

/** A tab, for as long as the connection below it lasts. */
class Tab {
  readonly #port: MessagePort;
  /** What it has asked for. */
  readonly topics = new Set<string>();
  /** Its commands that wait until their topics are up to date. */
  readonly pending: Subscribe[] = [];
  /** Changes when the tab is told to begin anew, and when it has gone: what was under way is void. */
  turn: object | undefined;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  send(frame: TabFrame): void {
    this.#port.postMessage(frame);
  }
}

export interface TabsOptions {
  /** Makes the connection that is shared. */
  readonly open: () => Client;
  /** Of the server. */
  readonly url: string;
  readonly platform: Pick<Platform, "fetch" | "clock">;
}

/** For how many milliseconds the connection is kept for tabs that may come back. */
const IDLE_MS = 60_000;

/**
 * Speaks `bellcast.v1` with the tabs of a browser over one connection, whatever that uses. A tab is told
 * `welcome` when everything that the connection had missed is here, and `ended` when the connection is
 * lost; it keeps its own positions, and asks for what it has missed itself.
 */
export class Tabs {
  readonly #options: TabsOptions;
  readonly #ask: Ask;
  readonly #tabs = new Set<Tab>();
  readonly #feeds = new Map<string, Feed<Tab>>();
  #client: Client | undefined;
  #isChecking = false;

  constructor(options: TabsOptions) {
    const { url, platform } = options;
    this.#options = options;
    const addresses = addressesOf(url);
    this.#ask = asking({ platform, addresses, token: () => Promise.resolve(undefined) });
  }

  /** A tab has come. */
  join(port: MessagePort): void {
    const tab = new Tab(port);
    this.#tabs.add(tab);
    port.addEventListener("message", ({ data }: MessageEvent<TabCommand>) => {
      if (this.#tabs.has(tab)) this.#hear(tab, data);
    });
    // Where browsers tell it, also of a tab that has crashed.
    port.addEventListener("close", () => this.#leave(tab));
    port.start();
    const client = (this.#client ??= this.#open());
    tab.send({ type: "pong" });
    // Tabs wait as long as the connection does, unless there is reason to hope.
    if (client.status.state === "waiting") client.retryNow();
    client.connect();
    this.#checkSoon();
  }

  #open(): Client {
    const client = this.#options.open();
    client.on("status", (status) => {
      if (status.state === "open" || status.state === "connecting") this.#checkSoon();
      else this.#end(status);
    });
    client.on("frame", ({ direction, frame }) => {
      const { type } = frame as ServerFrame;
      if (direction === "in" && type === "welcome") this.#begin();
      this.#checkSoon();
    });
    client.on("message", (message) => this.#pass(message));
    client.on("error", ({ code, message, retry }) => {
      // A topic that the server does not give is none of the client's any more.
      const refused = [...this.#feeds.keys()].filter((topic) => !client.topics.includes(topic));
      for (const topic of refused) this.#refuse(topic, code);
      if (refused.length > 0) return;
      for (const tab of this.#tabs) tab.send({ type: "error", code, message, retry });
    });
    for (const topic of client.topics) this.#feed(client, topic);
    return client;
  }

  #feed(client: Client, name: string): Feed<Tab> {
    const known = this.#feeds.get(name);
    if (known) return known;
    const feed = new Feed<Tab>(name);
    this.#feeds.set(name, feed);
    const topic = client.topic(name);
    topic.on("gap", () => feed.clear());
    topic.on("live", ({ id }) => {
      for (const tab of feed.tabs) tab.send({ type: "live", topic: name, id });
    });
    topic.on("presence", (change) => {
      for (const tab of feed.tabs) tab.send({ type: "presence", ...change });
    });
    topic.on("skipped", (skipped) => {
      for (const tab of feed.tabs) tab.send({ type: "skipped", ...skipped });
    });
    return feed;
  }

  #pass(message: Message): void {
    const feed = this.#feeds.get(message.topic);
    feed?.add(message);
    // A connection that falls behind is replayed each topic by itself, which the tabs have to know.
    for (const tab of feed?.tabs ?? []) tab.send({ type: "message", ...message });
  }

  /** The connection is a new one: it may be behind for a while. */
  #begin(): void {
    for (const tab of this.#tabs) {
      tab.turn = undefined;
      tab.pending.length = 0;
    }
    for (const feed of this.#feeds.values()) feed.tabs.clear();
  }

  /** The connection is lost. */
  #end({ state, code = CUT, reason = "", retryIn }: Status): void {
    this.#begin();
    const tabs = [...this.#tabs];
    this.#tabs.clear();
    for (const tab of tabs) {
      const reconnect = state === "waiting";
      tab.send({ type: "bye", code, reason, reconnect, after: retryIn });
      tab.send({ type: "ended", code, reason });
    }
    this.#options.platform.clock.after(IDLE_MS, () => this.#rest());
  }

  #hear(tab: Tab, command: TabCommand): void {
    const client = this.#client;
    if (client === undefined) return;
    switch (command.type) {
      case "ping":
        return tab.send({ type: "pong" });
      case "bye":
        return this.#leave(tab);
      case "publish":
        return void this.#publish(client, tab, command);
      case "subscribe":
        for (const topic of command.topics) {
          tab.topics.add(topic);
          this.#feed(client, topic);
        }
        // One that is about to begin anew asks again.
        if (tab.turn) tab.pending.push(command);
        return this.#checkSoon();
      case "unsubscribe":
        for (const topic of command.topics) {
          tab.topics.delete(topic);
          this.#feeds.get(topic)?.tabs.delete(tab);
        }
        return this.#release(client);
    }
  }

  async #publish(
    client: Client,
    tab: Tab,
    { ref, topic, data, encoding, key }: Extract<TabCommand, { type: "publish" }>,
  ): Promise<void> {
    try {
      const content = encoding ? fromBase64(data as string) : data;
      const receipt = await client.publish(topic, content, { key });
      tab.send({ type: "ok", ref, ...receipt });
    } catch (error) {
      const { code, message, retry } = error as BellcastError;
      tab.send({ type: "error", ref, code, message, retry });
    }
  }

  /** Looks, when the client is through with what it has heard, whether anything waits for it. */
  #checkSoon(): void {
    if (this.#isChecking) return;
    this.#isChecking = true;
    queueMicrotask(() => {
      this.#isChecking = false;
      if (this.#client) this.#check(this.#client);
    });
  }

  #check(client: Client): void {
    if (client.status.state !== "open") return;
    for (const [topic, feed] of this.#feeds) feed.reach(client.position(topic));
    const isBehind = [...this.#feeds.values()].some(
      ({ topic, refusal }) => refusal === undefined && !isPosition(client.position(topic)),
    );
    for (const tab of this.#tabs) {
      if (tab.turn === undefined && !isBehind) this.#welcome(client, tab);
      for (const command of tab.pending.splice(0)) {
        const isReady = command.topics.every((topic) => this.#feeds.get(topic)?.isReady);
        if (isReady) this.#subscribe(tab, command);
        else tab.pending.push(command);
      }
    }
    // What was refused may be asked for again.
    for (const [topic, { refusal }] of this.#feeds) {
      if (refusal !== undefined) this.#feeds.delete(topic);
    }
  }

  #welcome(client: Client, tab: Tab): void {
    const { sid, transport } = client;
    const [log = "", id] = client.position("all")?.split(":") ?? [];
    tab.turn = {};
    tab.send({ type: "welcome", sid, transport, log, head: Number(id) });
    for (const topic of ["all", `@${sid}`]) this.#feeds.get(topic)?.tabs.add(tab);
  }

  /** The topics are up to date, or refused. */
  #subscribe(tab: Tab, { topics, since }: Subscribe): void {
    const feeds = topics.flatMap((topic) => this.#feeds.get(topic) ?? []);
    const given = feeds.filter(({ refusal }) => refusal === undefined);
    tab.send({
      type: "ok",
      topics: Object.fromEntries(given.map(({ topic, head }) => [topic, { head }])),
      refused: Object.fromEntries(
        feeds.flatMap(({ topic, refusal }) => (refusal === undefined ? [] : [[topic, refusal]])),
      ),
    });
    for (const feed of given) {
      const start = since[feed.topic];
      if (start === undefined) feed.tabs.add(tab);
      else void this.#replay(tab, feed, start);
    }
  }

  /** Sends a tab what it has missed: what is not at hand any more comes from the history. */
  async #replay(tab: Tab, feed: Feed<Tab>, start: string): Promise<void> {
    const { turn } = tab;
    const { topic } = feed;
    feed.tabs.delete(tab);
    for (let since = start; ;) {
      const messages = feed.since(since);
      for (const one of messages ?? []) tab.send({ type: "message", ...one, replay: true });
      if (messages) {
        feed.tabs.add(tab);
        return tab.send({ type: "live", topic, id: feed.head });
      }
      const page = await this.#page(topic, since).catch(() => undefined);
      if (tab.turn !== turn) return;
      const next = page && `${page.log}:${page.messages.at(-1)?.id ?? page.head}`;
      // The tab comes back, and asks again.
      if (next === undefined || next === since) return this.#drop(tab);
      for (const gap of page?.gap ?? []) tab.send({ type: "gap", ...gap });
      for (const one of page?.messages ?? []) tab.send({ type: "message", ...one, replay: true });
      since = next;
    }
  }

  async #page(topic: string, since: string): Promise<WirePage> {
    const response = await this.#ask({ path: ["t", topic], query: { since, limit: 1_000 } });
    return (await response.json()) as WirePage;
  }

  #drop(tab: Tab): void {
    this.#tabs.delete(tab);
    this.#forget(tab);
    tab.send({ type: "ended", code: CUT, reason: "" });
  }

  /** A tab has gone; with the last one goes the connection. */
  #leave(tab: Tab): void {
    // One that was ended closes its port too, and comes back.
    if (!this.#tabs.delete(tab)) return;
    this.#forget(tab);
    if (this.#client) this.#release(this.#client);
    this.#rest();
  }

  /** Ends a connection that no tab uses. */
  #rest(): void {
    if (this.#tabs.size > 0) return;
    this.#client?.close();
    this.#client = undefined;
    this.#feeds.clear();
  }

  #forget(tab: Tab): void {
    tab.turn = undefined;
    tab.pending.length = 0;
    for (const feed of this.#feeds.values()) feed.tabs.delete(tab);
  }

  #refuse(topic: string, code: string): void {
    const feed = this.#feeds.get(topic);
    if (feed === undefined) return;
    feed.refusal = code;
    for (const tab of feed.tabs) tab.send({ type: "ok", refused: { [topic]: code } });
    feed.tabs.clear();
    this.#checkSoon();
  }

  /** Lets go of topics that no tab asks for. */
  #release(client: Client): void {
    const implied = ["all", `@${client.sid}`];
    for (const topic of this.#feeds.keys()) {
      if (implied.includes(topic) || [...this.#tabs].some((tab) => tab.topics.has(topic))) continue;
      this.#feeds.delete(topic);
      client.leave(topic);
    }
  }
}

/** Whether it is one, and not where a topic was asked to begin. */
const isPosition = (text: string | undefined) => text?.includes(":") === true;
