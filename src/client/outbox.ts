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

interface Item extends PromiseWithResolvers<Receipt> {
  readonly draft: Draft;
  isSent: boolean;
}

/** What takes messages, as long as there is a connection. */
export interface Outlet {
  /** Whether it keeps the order of what is sent while earlier ones are not answered. */
  readonly keepsOrder: boolean;
  /** Resolves with the server's answer. @throws BellcastError */
  send(draft: Draft): Promise<Receipt>;
}

/** What was published and not answered: sent in order, and sent again, with its key, until it is. */
export class Outbox {
  readonly #clock: ClientClock;
  readonly #limit: number;
  readonly #items = new Set<Item>();
  #outlet: Outlet | undefined;

  /** @param limit the most messages that wait to be sent */
  constructor(clock: ClientClock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Resolves when the message is acknowledged. @throws BellcastError */
  publish(draft: Draft): Promise<Receipt> {
    const waiting = [...this.#items].filter(({ isSent }) => !isSent).length;
    if (waiting >= this.#limit) {
      throw new BellcastError("queue_full", `${waiting} messages wait for a connection.`, true);
    }
    const item = { draft, isSent: false, ...Promise.withResolvers<Receipt>() };
    this.#items.add(item);
    this.#flush();
    return item.promise;
  }

  /** Whatever waits is sent this way from now on; without one it waits. */
  use(outlet: Outlet | undefined): void {
    this.#outlet = outlet;
    // What was not answered is sent again.
    for (const item of this.#items) item.isSent = false;
    this.#flush();
  }

  /** Nothing will be sent any more. */
  close(): void {
    this.#outlet = undefined;
    const error = new BellcastError("closed", "The client is closed.", false);
    for (const item of this.#items) item.reject(error);
    this.#items.clear();
  }

  #flush(): void {
    const outlet = this.#outlet;
    if (outlet === undefined) return;
    for (const item of this.#items) {
      if (!item.isSent) void this.#send(item, outlet);
      if (!outlet.keepsOrder) break;
    }
  }

  async #send(item: Item, outlet: Outlet): Promise<void> {
    item.isSent = true;
    try {
      item.resolve(await outlet.send(item.draft));
    } catch (error) {
      if (error instanceof BellcastError && error.retry) {
        this.#clock.after(RETRY_MS, () => {
          // By then it may have been sent another way.
          if (this.#outlet !== outlet) return;
          item.isSent = false;
          this.#flush();
        });
        return;
      }
      item.reject(error);
    }
    this.#items.delete(item);
    this.#flush();
  }
}
