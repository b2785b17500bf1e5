import { BellcastError, textOf } from "../core/errors.ts";
import { ChildError, CLOSED_ERROR, loadError, thrownError } from "./child-error.ts";
import { ChildProcess } from "./child-process.ts";
import {
  type Failure,
  FAILURE_CHARS,
  type FromChild,
  type LoadOrder,
  type Payload,
  type ToChild,
} from "./wire.ts";

export type Loaded = FromChild & { type: "loaded" };
export type Answer = FromChild & { type: "done" | "returned" };

export interface SessionEvents {
  said(line: string): void;
  /** It ended by itself; what was asked of it has been rejected. */
  ended(error: ChildError): void;
  /** A run publishes; the rejection is told to the file. */
  publish(run: number, topic: string, payload: Payload): Promise<void>;
}

/** Publishes that wait for their answers; the file waits for those before it begins more. */
const MAX_PUBLISHES = 1_000;

/** A file in a process of its own, from its start to its end: questions with numbers, each with an answer. */
export class ChildSession {
  /** What the file offers. Rejects with a ChildError when it cannot be loaded. */
  readonly loaded: Promise<Loaded>;
  readonly #events: SessionEvents;
  readonly #process: ChildProcess;
  readonly #order: LoadOrder;
  readonly #load = Promise.withResolvers<Loaded>();
  readonly #asked = new Map<number, PromiseWithResolvers<Answer>>();
  #publishes = 0;
  #nextId = 1;
  #isOver = false;

  constructor(order: Omit<LoadOrder, "type">, events: SessionEvents) {
    this.#events = events;
    this.#order = { type: "load", ...order };
    this.loaded = this.#load.promise;
    // Whoever asks for it handles it.
    this.loaded.catch(() => {});
    this.#process = new ChildProcess(order.memoryBytes, {
      message: (message) => this.#hear(message),
      ended: (error) => this.#end(error),
      said: (line) => events.said(line),
    });
    this.#process.hold(true);
    this.#process.send(this.#order);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** How many questions wait for an answer. */
  get waiting(): number {
    return this.#asked.size;
  }

  /**
   * Asks; the answer rejects with a ChildError when the file fails, or the process ends.
   *
   * @param question what to send, given its number
   */
  ask(question: (id: number) => ToChild): { id: number; answer: Promise<Answer> } {
    const id = this.#nextId++;
    const asked = Promise.withResolvers<Answer>();
    if (this.#isOver) asked.reject(CLOSED_ERROR);
    else {
      this.#asked.set(id, asked);
      this.#process.hold(true);
      this.#process.send(question(id));
    }
    return { id, answer: asked.promise };
  }

  tell(message: ToChild): void {
    this.#process.send(message);
  }

  /** Ends it at once; what was asked of it is rejected. */
  kill(error: Error = CLOSED_ERROR): void {
    this.#process.kill();
    this.#over(error);
  }

  #hear(message: FromChild): void {
    switch (message.type) {
      case "loaded":
        this.#load.resolve(message);
        return this.#rest();
      case "refused":
        return this.#end(loadError(this.#order.file, message.failure));
      case "crashed":
        return this.#end(thrownError(message.failure));
      case "publish":
        return void this.#publish(message);
      case "failed":
        return this.#take(message.id)?.reject(thrownError(message.failure));
      case "done":
      case "returned":
        return this.#take(message.id)?.resolve(message);
    }
  }

  async #publish({ id, run, topic, payload }: FromChild & { type: "publish" }): Promise<void> {
    if (++this.#publishes > MAX_PUBLISHES) return this.#end(FLOOD_ERROR);
    try {
      await this.#events.publish(run, topic, payload);
      this.tell({ type: "published", id });
    } catch (error) {
      this.tell({ type: "published", id, failure: failureOf(error) });
    } finally {
      this.#publishes--;
    }
  }

  #take(id: number): PromiseWithResolvers<Answer> | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    this.#rest();
    return asked;
  }

  /** One that has nothing to do does not keep this process. */
  #rest(): void {
    if (this.#asked.size === 0) this.#process.hold(false);
  }

  #end(error: ChildError): void {
    if (this.#isOver) return;
    this.kill(error);
    this.#events.ended(error);
  }

  #over(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#load.reject(error);
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
    this.#rest();
  }
}

const FLOOD_ERROR = new ChildError({
  en: "Its process published without waiting for an answer, and was ended.",
  zh: "其进程不等待应答就不断发布，已被结束。",
});

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : textOf(error);
  const code = error instanceof BellcastError ? error.code : undefined;
  return { message: message.slice(0, FAILURE_CHARS), frames: [], code };
}
