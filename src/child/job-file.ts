import { BellcastError } from "../core/errors.ts";
import type { Data } from "../core/message.ts";
import { ChildError, CLOSED_ERROR, PROTOCOL_ERROR } from "./child-error.ts";
import { type Answer, ChildSession } from "./child-session.ts";
import { FileWatch } from "./file-watch.ts";
import { dataFrom, type Payload, type RunOrder } from "./wire.ts";

export interface JobFileOptions {
  /** An absolute path. */
  readonly file: string;
  /** Whether the file's `fetch` reaches private addresses. */
  readonly allowPrivate: boolean;
  /** The most memory of the file's process beside what an empty one has, in bytes; only Linux bounds it. */
  readonly memoryBytes: number;
  /** The most that is published as one message, in bytes. */
  readonly messageBytes: number;
  /** Whether a change of the file, or of what it imports, is loaded before the next run. */
  readonly watch: boolean;
  /** How long its process waits for a next run, in milliseconds. */
  readonly idleMs?: number;
  /** How long a run that was aborted has to end by itself, in milliseconds. */
  readonly graceMs?: number;
}

/** What a run of the file may use. */
export interface JobFileContext {
  readonly signal: AbortSignal;
  readonly memory: string | undefined;
  keep(memory: string): void;
  publish(topic: string, data: Data): Promise<void>;
  log(text: string): void;
}

/**
 * A job's TypeScript file. It runs in a process of its own that is kept from run to run: started by
 * the first, ended when it has idled, failed in a way that leaves traces, or the file has changed.
 */
export class JobFile {
  readonly #options: Required<JobFileOptions>;
  #session: ChildSession | undefined;
  /** The run under way, or the last one: what the process writes belongs to it. */
  #context: JobFileContext | undefined;
  #isRunning = false;
  #isStale = false;
  #idle: Timer | undefined;
  #watch: FileWatch | undefined;

  constructor({ idleMs = 5 * 60_000, graceMs = 100, ...options }: JobFileOptions) {
    this.#options = { ...options, idleMs, graceMs };
  }

  /** Of its process, while there is one. */
  get pid(): number | undefined {
    return this.#session?.pid;
  }

  /**
   * Runs the file's default export once. At most one run MUST be under way.
   *
   * @throws ChildError when the file, or its process, fails; the signal's reason when it is aborted;
   *   BellcastError `message_too_large` for what it wants to publish
   */
  async run(facts: Omit<RunOrder, "state">, context: JobFileContext): Promise<Data | undefined> {
    context.signal.throwIfAborted();
    if (this.#isRunning) throw BUSY_ERROR;
    this.#isRunning = true;
    this.#context = context;
    clearTimeout(this.#idle);
    try {
      const state = stateOf(context.memory);
      const session = (this.#session ??= this.#start());
      const { id, answer } = session.ask((id) => ({ type: "run", id, order: { ...facts, state } }));
      const made = await this.#untilAborted(session, id, answer);
      if (made.type !== "done") throw PROTOCOL_ERROR;
      const data = made.payload && this.#dataOf(made.payload);
      if (made.state !== undefined) context.keep(memoryOf(made.state));
      return data;
    } catch (error) {
      // What filled the memory is still in it.
      if (error instanceof ChildError && /out of memory/i.test(error.message)) this.#retire();
      throw error;
    } finally {
      this.#isRunning = false;
      if (this.#isStale) this.#retire();
      this.#rest();
    }
  }

  async close(): Promise<void> {
    this.#retire();
    this.#watch?.close();
    this.#watch = undefined;
  }

  #start(): ChildSession {
    const { file, allowPrivate, memoryBytes, messageBytes } = this.#options;
    this.#isStale = false;
    if (this.#options.watch && this.#watch === undefined) {
      this.#watch = new FileWatch(() => this.#changed());
      this.#watch.follow([file]);
    }
    const order = { kind: "job", file, allowPrivate, memoryBytes, messageBytes } as const;
    const session: ChildSession = new ChildSession(order, {
      said: (line) => this.#context?.log(line),
      ended: (error) => {
        if (this.#session === session) this.#session = undefined;
        // Otherwise it is the run's failure.
        if (!this.#isRunning) this.#context?.log(error.message);
      },
      publish: (_run, topic, payload) => this.#publish(topic, payload),
    });
    session.loaded.then(
      ({ files, isBounded }) => {
        this.#watch?.follow([file, ...files]);
        if (!isBounded && process.platform === "linux") this.#context?.log(UNBOUNDED);
      },
      // The run is told.
      () => {},
    );
    return session;
  }

  async #publish(topic: string, payload: Payload): Promise<void> {
    const context = this.#context;
    if (!this.#isRunning || context === undefined) throw CLOSED_ERROR;
    await context.publish(topic, this.#dataOf(payload));
  }

  #dataOf(payload: Payload): Data {
    const data = dataFrom(payload);
    if (data.size > this.#options.messageBytes) throw new BellcastError("message_too_large");
    return data;
  }

  /** Tells the file when its run is aborted, and ends its process when that is not heard. */
  async #untilAborted(session: ChildSession, id: number, answer: Promise<Answer>): Promise<Answer> {
    const { signal } = this.#context as JobFileContext;
    let timer: Timer | undefined;
    const abort = () => {
      session.tell({ type: "abort", id });
      timer = setTimeout(() => this.#retire(session), this.#options.graceMs);
    };
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    try {
      const made = await answer;
      signal.throwIfAborted();
      return made;
    } catch (error) {
      // Why it was aborted says more than what that led to.
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener("abort", abort);
      clearTimeout(timer);
    }
  }

  #changed(): void {
    if (this.#isRunning) this.#isStale = true;
    else this.#retire();
  }

  #retire(session: ChildSession | undefined = this.#session): void {
    clearTimeout(this.#idle);
    if (this.#session === session) this.#session = undefined;
    session?.kill();
  }

  #rest(): void {
    if (this.#session === undefined) return;
    this.#idle = setTimeout(() => this.#retire(), this.#options.idleMs);
    this.#idle.unref();
  }
}

const BUSY_ERROR = new ChildError({
  en: "The file's last run is still under way.",
  zh: "该文件的上一次运行尚未结束。",
});

const UNBOUNDED =
  "The memory of the file's process is not bounded: the system's C library was not found.";

/** The job may have had another action before, whose memory says nothing to the file. */
function stateOf(memory: string | undefined): string | undefined {
  if (memory === undefined) return undefined;
  try {
    const { state } = JSON.parse(memory) as { state?: unknown };
    return typeof state === "object" && state !== null ? JSON.stringify(state) : undefined;
  } catch {
    return undefined;
  }
}

const memoryOf = (state: string): string => `{"state":${state}}`;
