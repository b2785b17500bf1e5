import { join } from "node:path";

import { ServerProcess, temporaryFolder } from "../e2e/executable.ts";
import { body } from "../http/harness.ts";

/** How often it is asked whether it is ready, in milliseconds. */
const ASK_MS = 5;

/** How long it may take until it is ready, in milliseconds. */
const PATIENCE_MS = 30_000;

/** What `GET /v1/stats` tells, as far as experiments read it. */
export interface Stats {
  readonly head: number;
  readonly sessions: number;
  readonly catchingUp: number;
  readonly slow: number;
  readonly skipped: number;
  readonly memory: { readonly rss: number };
}

export interface FaultServerOptions {
  /** What starts the executable, without a verb. */
  readonly command: readonly string[];
  /** The file `bellcast.toml`. */
  readonly config: string;
  /** Files beside it, by their names. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The server under test: a process that dies and comes back at one address, with one store. */
export class FaultServer implements AsyncDisposable {
  readonly url: string;
  readonly #folder: AsyncDisposable & { path: string };
  readonly #command: readonly string[];
  readonly #port: number;
  #process: ServerProcess | undefined;

  private constructor(
    folder: AsyncDisposable & { path: string },
    command: readonly string[],
    port: number,
  ) {
    this.#folder = folder;
    this.#command = command;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start({ command, config, files }: FaultServerOptions): Promise<FaultServer> {
    const folder = await temporaryFolder();
    const file = join(folder.path, "bellcast.toml");
    await Bun.write(file, config);
    for (const [name, text] of Object.entries(files ?? {})) {
      await Bun.write(join(folder.path, name), text);
    }
    const serve = [...command, "serve", "--config", file];
    const server = new FaultServer(folder, serve, freePort());
    await server.restart();
    return server;
  }

  /** Where its files are, and where it runs. */
  get folder(): string {
    return this.#folder.path;
  }

  get pid(): number {
    return this.#running.pid;
  }

  /** Everything that the process of now has written to standard error. */
  get log(): string {
    return this.#running.log;
  }

  /** Waits until what the process of now has logged matches. */
  logged(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#running.logged(pattern);
  }

  /**
   * Starts the process; returns how long it took until it answered that it is ready, in milliseconds.
   *
   * @throws Error with its log when it ends, or does not get ready
   */
  async restart(): Promise<number> {
    const began = performance.now();
    this.spawn();
    let ended: number | undefined;
    void this.#running.exited.then((code) => (ended = code));
    for (;;) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      const tookMs = performance.now() - began;
      // Should another server have the port after all, it is ready too.
      if (answer?.status === 200 && this.log.includes(this.url)) return tookMs;
      if (ended !== undefined) this.#fail(`has ended with ${ended}`);
      if (tookMs > PATIENCE_MS) this.#fail("does not get ready");
      await Bun.sleep(ASK_MS);
    }
  }

  /** Starts the process, and waits for nothing. */
  spawn(): void {
    this.#process = ServerProcess.spawn(this.#command, {
      cwd: this.#folder.path,
      port: this.#port,
    });
  }

  /** Has the store served at another address, while the server's own is not served. */
  async elsewhere(work: (url: string) => Promise<void>): Promise<void> {
    await using other = await ServerProcess.start(this.#command, { cwd: this.#folder.path });
    await work(other.url);
    other.kill("SIGTERM");
    await other.exited;
  }

  /** Sends the signal, and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.#running.kill(signal);
    await this.#running.exited;
  }

  stats(): Promise<Stats> {
    return body<Stats>(fetch(`${this.url}/v1/stats`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }

  get #running(): ServerProcess {
    if (this.#process === undefined) throw new Error("The server has not been started.");
    return this.#process;
  }

  #fail(what: string): never {
    throw new Error(`The server ${what}:\n${this.log}`);
  }
}

/**
 * A free port that the system gives nobody by itself: while the server is away, a client that connects
 * to it again and again would one day be given that very port as its own, and be connected to itself.
 * No seed decides it, since other experiments may be under way with the same.
 */
function freePort(): number {
  for (let tries = 0; tries < 100; tries++) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    try {
      Bun.listen({ hostname: "127.0.0.1", port, exclusive: true, socket: { data() {} } }).stop(
        true,
      );
      return port;
    } catch {
      // Somebody has it.
    }
  }
  throw new Error("No port is free.");
}
