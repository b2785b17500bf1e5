import { StoreError } from "./refusal.ts";
import type { WriterAnswer, WriterRequest } from "./writer-messages.ts";

/** The types of the DOM hide what Bun adds to it. */
type BunWorker = Worker & Pick<Bun.Worker, "ref" | "unref">;

/** The Worker that writes, as the main thread sees it: a question at a time, each with its answer. */
export class WriterThread {
  readonly #worker: BunWorker;
  #asked: PromiseWithResolvers<WriterAnswer> | undefined;
  /** Why it answers no more. */
  #dead: Error | undefined;

  constructor() {
    // build.ts gives the executable this file as an entry point beside the bundle. An idle writer does
    // not keep the process.
    const url = new URL("./sqlite-writer.ts", import.meta.url);
    this.#worker = new Worker(url, { ref: false }) as BunWorker;
    this.#worker.addEventListener("message", ({ data }: MessageEvent<WriterAnswer>) =>
      this.#take()?.resolve(data),
    );
    this.#worker.addEventListener("error", ({ message }: ErrorEvent) => this.#die(message));
    this.#worker.addEventListener("close", () => this.#die("the writer has ended"));
  }

  /**
   * Asks, and waits. The one before MUST have been answered.
   *
   * @throws StoreError for a file that it refuses; Error when the writer has died
   */
  async ask(request: WriterRequest): Promise<WriterAnswer> {
    if (this.#dead !== undefined) throw this.#dead;
    const asked = Promise.withResolvers<WriterAnswer>();
    this.#asked = asked;
    this.#worker.ref();
    this.#worker.postMessage(request);
    const answer = await asked.promise;
    if (answer.type === "refused") throw new StoreError(answer.reason);
    return answer;
  }

  stop(): void {
    this.#dead ??= new Error("the writer has been stopped");
    this.#worker.terminate();
  }

  #take(): PromiseWithResolvers<WriterAnswer> | undefined {
    const asked = this.#asked;
    this.#asked = undefined;
    this.#worker.unref();
    return asked;
  }

  #die(reason: string): void {
    this.#dead ??= new Error(reason);
    this.#take()?.reject(this.#dead);
  }
}
