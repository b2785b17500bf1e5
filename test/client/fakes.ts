import type { ClientClock } from "../../src/client/index.ts";

// taken together: a test that registers another DOM must not give this target foreign events
const { CloseEvent, Event, EventTarget, MessageEvent } = globalThis;

/** A WebSocket that does what the test says, and keeps what was asked of it. */
export class FakeSocket extends EventTarget {
  static made: FakeSocket[] = [];
  binaryType: BinaryType = "blob";
  readonly url: string;
  readonly protocols: string[];
  readonly sent: unknown[] = [];
  readonly closedWith: (number | undefined)[] = [];

  constructor(url: string, protocols: string[] = []) {
    super();
    this.url = url;
    this.protocols = protocols;
    FakeSocket.made.push(this);
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(code?: number): void {
    this.closedWith.push(code);
  }

  opens(): void {
    this.dispatchEvent(new Event("open"));
  }

  says(data: string | ArrayBuffer): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  ends(code: number, reason = ""): void {
    this.dispatchEvent(new CloseEvent("close", { code, reason }));
  }
}

/** Time that passes only when the test says so. */
export class FakeClock implements ClientClock {
  #now = 1_000_000;
  #timers = new Map<object, { at: number; task: () => void }>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): () => void {
    const key = {};
    this.#timers.set(key, { at: this.#now + delayMs, task });
    return () => this.#timers.delete(key);
  }

  get pending(): number {
    return this.#timers.size;
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const [key, { at, task }] of this.#timers) {
      if (at <= this.#now && this.#timers.delete(key)) task();
    }
  }
}
