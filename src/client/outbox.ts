import { BellcastError, type ClientClock, type Receipt } from "./types.ts";

/** After how many milliseconds what may be accepted later is sent again. */
const RETRY_MS = 1_000;

/** A message on its way. */
export interface Draft {
  readonly topic: string;
  /** Text, or bytes as base64, or anything that JSON can say. */
  readonly data: unknown;
  readonly encoding: "base64" | undefined;
  /** However often it is sent, it is published once. */
  readonly key: string;
}

interface Item {
  readonly draft: Draft;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: Error) => void;
  isSent: boolean;
}

/** What takes messages, as long as there is a connection. */
export interface Outlet {
  /** Whether it keeps the order of what is sent while earlier ones are not answered. */
  readonly keepsOrder: boolean;
  /** @param ref what `settle` is to be told with the server's answer */
  send(ref: number, draft: Draft): void;
}

/** What was published and not answered: sent in order, and sent again, with its key, until it is. */
export class Outbox {
  readonly #clock: ClientClock;
  readonly #limit: number;
  readonly #items = new Map<number, Item>();
  #ref = 0;
  #outlet: Outlet | undefined;

  /** @param limit the most messages that are not answered */
  constructor(clock: ClientClock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Resolves when the message is acknowledged. @throws BellcastError */
  publish(draft: Draft): Promise<Receipt> {
    const { size } = this.#items;
    if (size >= this.#limit) throw new BellcastError("queue_full", `${size} messages wait`, true);
    return new Promise((resolve, reject) => {
      this.#items.set(++this.#ref, { draft, isSent: false, resolve, reject });
      this.#flush();
    });
  }

  /** Whatever was not answered is sent this way from now on; without one it waits. */
  use(outlet: Outlet | undefined): void {
    this.#outlet = outlet;
    for (const item of this.#items.values()) item.isSent = false;
    this.#flush();
  }

  /** An answer has come. Returns whether it was to one of these. */
  settle(ref: number, answer: Receipt | Error): boolean {
    const item = this.#items.get(ref);
    if (!item) return false;
    // What is no answer of the server's, such as half of one, may come out otherwise.
    if (answer instanceof Error && !(answer instanceof BellcastError && !answer.retry)) {
      const outlet = this.#outlet;
      this.#clock.after(RETRY_MS, () => {
        // By then it may have been sent another way.
        if (this.#outlet === outlet) item.isSent = false;
        this.#flush();
      });
      return true;
    }
    this.#items.delete(ref);
    if (answer instanceof Error) item.reject(answer);
    else item.resolve(answer);
    this.#flush();
    return true;
  }

  /** Nothing will be sent any more. */
  close(): void {
    this.#outlet = undefined;
    const error = new BellcastError("closed", "", false);
    for (const ref of this.#items.keys()) this.settle(ref, error);
  }

  #flush(): void {
    for (const [ref, item] of this.#items) {
      if (this.#outlet && !item.isSent) {
        item.isSent = true;
        this.#outlet.send(ref, item.draft);
      }
      if (!this.#outlet?.keepsOrder) break;
    }
  }
}
