import { BellcastError } from "../core/errors.ts";
import { type Data, dataOf } from "../core/message.ts";
import type { JobModule } from "../job.ts";
import type { Guest, GuestTools } from "./guest-tools.ts";
import { failureOf } from "./thrown.ts";
import {
  type Failure,
  isRecord,
  payloadOf,
  type RunOrder,
  STATE_BYTES,
  type ToChild,
} from "./wire.ts";

/** Publishes that wait for their answers. */
const MAX_PUBLISHES = 500;

/** A job's file in its own process: runs its default export when the server says so. */
export class GuestJob implements Guest {
  readonly exports = ["default"];
  readonly #main: JobModule;
  readonly #tools: GuestTools;
  readonly #aborts = new Map<number, AbortController>();
  readonly #publishes = new Map<number, PromiseWithResolvers<void>>();
  #nextId = 1;

  constructor({ default: main }: Record<string, unknown>, tools: GuestTools) {
    if (typeof main !== "function") {
      throw Object.assign(new Error("There is no default export."), { code: "no_default" });
    }
    this.#main = main as JobModule;
    this.#tools = tools;
  }

  order(message: ToChild): void {
    switch (message.type) {
      case "run":
        return void this.#run(message.id, message.order);
      case "abort":
        return this.#aborts.get(message.id)?.abort(new Error("The run has taken too long."));
      case "published":
        return this.#published(message.id, message.failure);
    }
  }

  async #run(id: number, { state: kept = "{}", ...facts }: RunOrder): Promise<void> {
    const { send, log } = this.#tools;
    const abort = new AbortController();
    const { signal } = abort;
    this.#aborts.set(id, abort);
    const pending = new Set<Promise<void>>();
    try {
      const state = JSON.parse(kept) as Record<string, unknown>;
      const value = await this.#main({
        ...facts,
        state,
        signal,
        log: log.log,
        fetch: this.#fetchWithin(signal),
        publish: (topic, data) => {
          const published = this.#publish(id, topic, data);
          pending.add(published);
          return published;
        },
      });
      // A file that does not wait for them is waited for: a run is over when all is published.
      await Promise.allSettled(pending);
      // A rejection that nobody handles is told in the next turn: it is this run's, then.
      await new Promise((resolve) => setImmediate(resolve));
      const data = value === undefined ? undefined : this.#dataOf(value);
      const text = stateText(state);
      log.flush();
      send({
        type: "done",
        id,
        payload: data && payloadOf(data),
        state: text === kept ? undefined : text,
      });
    } catch (error) {
      log.flush();
      send({ type: "failed", id, failure: failureOf(error) });
    } finally {
      this.#aborts.delete(id);
    }
  }

  async #publish(run: number, topic: unknown, value: unknown): Promise<void> {
    if (!this.#aborts.has(run)) throw new Error("The run that publishes is over.");
    if (this.#publishes.size >= MAX_PUBLISHES) {
      throw new Error(`${MAX_PUBLISHES} publishes wait for their answers: wait for them, too.`);
    }
    const payload = payloadOf(this.#dataOf(value));
    const id = this.#nextId++;
    const answer = Promise.withResolvers<void>();
    this.#publishes.set(id, answer);
    this.#tools.send({ type: "publish", id, run, topic: String(topic), payload });
    await answer.promise;
  }

  #published(id: number, failure: Failure | undefined): void {
    const answer = this.#publishes.get(id);
    this.#publishes.delete(id);
    if (failure === undefined) answer?.resolve();
    else answer?.reject(Object.assign(new Error(failure.message), { code: failure.code }));
  }

  /** Measured here, so that too much is not even sent. */
  #dataOf(value: unknown): Data {
    const data = dataOf(value);
    const { messageBytes } = this.#tools;
    if (data.size <= messageBytes) return data;
    const detail = `${data.size} bytes are more than ${messageBytes}.`;
    throw new BellcastError("message_too_large", { detail });
  }

  #fetchWithin(signal: AbortSignal): GuestTools["fetch"] {
    return (input, init = {}) => {
      const own = input instanceof Request ? [input.signal] : [];
      const signals = [signal, ...own, ...(init.signal ? [init.signal] : [])];
      return this.#tools.fetch(input, { ...init, signal: AbortSignal.any(signals) });
    };
  }
}

function stateText(state: unknown): string {
  const text = JSON.stringify(state);
  if (!isRecord(state) || text === undefined) throw new TypeError("The state is no object.");
  const size = Buffer.byteLength(text);
  if (size <= STATE_BYTES) return text;
  throw new RangeError(`The state is ${size} bytes of JSON; ${STATE_BYTES} may be kept.`);
}
