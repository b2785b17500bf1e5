import type { HooksModule } from "../job.ts";
import { ChildError, PROTOCOL_ERROR } from "./child-error.ts";
import { ChildSession } from "./child-session.ts";
import { FileWatch } from "./file-watch.ts";

export type HookName = keyof HooksModule;

/** An implementation MUST NOT throw. */
export interface HooksChildOptions {
  /** An absolute path. */
  readonly file: string;
  /** How long a call may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether a change of the file, or of what it imports, is loaded at once. */
  readonly watch: boolean;
  /** The most memory of its process beside what an empty one has, in bytes; only Linux bounds it. */
  readonly memoryBytes?: number;
  /** The largest message, in bytes; what a hook returns may be eight times as large on its way. */
  readonly messageBytes?: number;
  /** Whether the file's `fetch` reaches private addresses. */
  readonly allowPrivate?: boolean;
  /** How many calls may wait for an answer; one more fails at once. */
  readonly maxInFlight?: number;
  /** Takes what the file writes, line by line. */
  readonly log: (line: string) => void;
  /** Told when the process died, was ended because of a call, or could not be started again. */
  readonly failed?: (error: Error) => void;
  /** Told when a change was loaded; with an error, when it was not, and the file before it goes on. */
  readonly reloaded?: (error?: Error) => void;
}

/** Loading takes longer than a call: at least this long is allowed, in milliseconds. */
const LOAD_MS = 5_000;
/** The pauses between starts of a process that keeps dying, in milliseconds. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [100, 10_000];

/**
 * A file of hooks in a process of its own. Calls do not wait for each other. One that takes too long
 * ends the process, and with it every call that waits; the next process is started at once, or after
 * a pause when the one before it answered nothing. During a pause calls fail at once.
 */
export class HooksChild {
  readonly #options: Required<HooksChildOptions>;
  readonly #watch: FileWatch | undefined;
  #session: ChildSession | undefined;
  #exports: ReadonlySet<string> = new Set();
  /** Those that were replaced, and have calls to answer. */
  readonly #retired = new Set<ChildSession>();
  #pauseMs = 0;
  #pause: Timer | undefined;
  #reloading: Promise<void> | undefined;
  #isClosed = false;

  /** Loads the file. @throws ChildError when it cannot be loaded */
  static async open(options: HooksChildOptions): Promise<HooksChild> {
    const hooks = new HooksChild(options);
    try {
      hooks.#session = await hooks.#load();
      return hooks;
    } catch (error) {
      await hooks.close();
      throw error;
    }
  }

  private constructor({
    memoryBytes = 256 * 1024 * 1024,
    messageBytes = 16 * 1024 * 1024,
    allowPrivate = false,
    maxInFlight = 10_000,
    failed = () => {},
    reloaded = () => {},
    ...options
  }: HooksChildOptions) {
    const bounds = { memoryBytes, messageBytes, allowPrivate, maxInFlight };
    this.#options = { ...options, ...bounds, failed, reloaded };
    if (!options.watch) return;
    this.#watch = new FileWatch(() => this.#changed());
    this.#watch.follow([options.file]);
  }

  /** Of its process, while there is one. */
  get pid(): number | undefined {
    return this.#session?.pid;
  }

  /** Whether the file exports it. */
  has(hook: HookName): boolean {
    return this.#exports.has(hook);
  }

  /**
   * Calls a hook with what `structuredClone` takes, bytes among it; resolves with what it returns.
   *
   * @throws ChildError when the hook throws or takes too long, or its process is not there
   */
  async call(
    hook: HookName,
    argument: unknown,
    timeoutMs: number = this.#options.timeoutMs,
  ): Promise<unknown> {
    const session = this.#session;
    if (session === undefined) throw DOWN_ERROR;
    if (session.waiting >= this.#options.maxInFlight) throw FULL_ERROR;
    const { answer } = session.ask((id) => ({ type: "call", id, hook, argument }));
    const timer = setTimeout(() => this.#give(session, hook, timeoutMs), timeoutMs);
    try {
      const answered = await answer;
      this.#pauseMs = 0;
      // Nothing is an answer that lets through, and this is none.
      if (answered.type !== "returned") throw PROTOCOL_ERROR;
      return answered.value;
    } finally {
      clearTimeout(timer);
      this.#endIfDone(session);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#pause);
    this.#watch?.close();
    for (const session of this.#retired) session.kill();
    this.#session?.kill();
    this.#session = undefined;
  }

  /** A process in which the file is loaded. */
  async #load(): Promise<ChildSession> {
    const session = this.#start();
    await this.#loaded(session);
    return session;
  }

  #start(): ChildSession {
    const { file, memoryBytes, messageBytes, allowPrivate, log } = this.#options;
    const order = { kind: "hooks", file, memoryBytes, messageBytes, allowPrivate } as const;
    const session: ChildSession = new ChildSession(order, {
      said: log,
      ended: (error) => {
        // One that never became the one that answers is reported by whoever started it.
        if (session === this.#session) this.#died(error);
      },
      publish: () => Promise.reject(NO_PUBLISH_ERROR),
    });
    return session;
  }

  /** Waits until the file is loaded, but not for ever. */
  async #loaded(session: ChildSession): Promise<void> {
    const timer = setTimeout(
      () => session.kill(LOAD_ERROR),
      Math.max(this.#options.timeoutMs, LOAD_MS),
    );
    try {
      const { exports, files } = await session.loaded;
      this.#exports = new Set(exports);
      this.#watch?.follow([this.#options.file, ...files]);
    } catch (error) {
      this.#watch?.loosen();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #give(session: ChildSession, hook: HookName, timeoutMs: number): void {
    const error = new ChildError({
      en: `${hook} took longer than ${timeoutMs} ms; its process was ended.`,
      zh: `${hook} 超过 ${timeoutMs} 毫秒未完成，其进程已被结束。`,
    });
    session.kill(error);
    if (session === this.#session) this.#died(error);
  }

  /** Starts the next one: at once, when the last one was of use. */
  #died(error: Error): void {
    this.#session = undefined;
    if (this.#isClosed) return;
    this.#options.failed(error);
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(Math.max(pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    if (pauseMs === 0) return this.#restart();
    this.#pause = setTimeout(() => this.#restart(), pauseMs);
    this.#pause.unref();
  }

  /** Calls are taken from now on: they wait for the file to be loaded, as long as a call may. */
  #restart(): void {
    if (this.#isClosed || this.#session !== undefined) return;
    const session = this.#start();
    this.#session = session;
    this.#loaded(session).catch((error: Error) => {
      if (session === this.#session) this.#died(error);
    });
  }

  #changed(): void {
    // One change after another: the last one is what counts.
    const before = this.#reloading ?? Promise.resolve();
    this.#reloading = before.then(() => this.#reload());
  }

  async #reload(): Promise<void> {
    if (this.#isClosed) return;
    const { reloaded } = this.#options;
    try {
      const next = await this.#load();
      if (this.#isClosed) return next.kill();
      const last = this.#session;
      this.#session = next;
      clearTimeout(this.#pause);
      this.#pauseMs = 0;
      if (last !== undefined) {
        this.#retired.add(last);
        this.#endIfDone(last);
      }
      reloaded();
    } catch (error) {
      if (!this.#isClosed) reloaded(error as Error);
    }
  }

  #endIfDone(session: ChildSession): void {
    if (session.waiting > 0 || !this.#retired.delete(session)) return;
    session.kill();
  }
}

const DOWN_ERROR = new ChildError({
  en: "The process of the hooks has died, and is started again in a moment.",
  zh: "钩子进程已退出，稍后将重新启动。",
});

const FULL_ERROR = new ChildError({
  en: "Too many calls wait for the hooks.",
  zh: "等待钩子应答的调用过多。",
});

const LOAD_ERROR = new ChildError({
  en: "The file takes too long to load.",
  zh: "文件加载时间过长。",
});

const NO_PUBLISH_ERROR = new ChildError({
  en: "Hooks do not publish.",
  zh: "钩子不能发布。",
});
