import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Subprocess } from "bun";

/** What a child process offers: each name is a command, its argument and answer are plain data. */
export type Commands = Record<string, (argument: never) => unknown>;

type Answer = { answer: unknown } | { failure: string };

/**
 * A process of the benchmark, commanded over IPC, one command at a time. Both ends are the same
 * checkout, so the type that the child obeys is the type that the parent asks.
 */
export class Child<C extends Commands> implements AsyncDisposable {
  readonly #module: string;
  readonly #process: Subprocess;
  #pending: PromiseWithResolvers<unknown> | undefined;

  /** @param core the processor core to keep to; none where the machine cannot pin. */
  constructor(module: string, core?: number) {
    this.#module = module;
    const command = [process.execPath, fileURLToPath(module)];
    this.#process = Bun.spawn(
      core === undefined ? command : ["taskset", "-c", String(core), ...command],
      {
        stdio: ["ignore", "inherit", "inherit"],
        // Streams and polls are requests that do not end; without this 256 of them are made at a time.
        env: { ...process.env, BUN_CONFIG_MAX_HTTP_REQUESTS: "20000" },
        ipc: (message: Answer) => {
          if ("answer" in message) this.#pending?.resolve(message.answer);
          else this.#pending?.reject(new Error(message.failure));
        },
        onExit: () => this.#pending?.reject(this.#ended()),
      },
    );
  }

  /** @throws what the command throws, or that the process has ended. */
  async ask<K extends keyof C>(
    command: K,
    argument: Parameters<C[K]>[0],
  ): Promise<Awaited<ReturnType<C[K]>>> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) throw this.#ended();
    this.#pending = Promise.withResolvers();
    this.#process.send({ command, argument });
    return (await this.#pending.promise) as Awaited<ReturnType<C[K]>>;
  }

  #ended(): Error {
    const { signalCode, exitCode } = this.#process;
    return new Error(`${this.#module} has ended with ${signalCode ?? exitCode}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#pending = undefined;
    this.#process.kill();
    await this.#process.exited;
  }
}

/** Makes this process obey its parent, and end with it. */
export function obey<C extends Commands>(commands: C): void {
  process.on("disconnect", () => process.exit());
  process.on("message", async ({ command, argument }: { command: keyof C; argument: never }) => {
    let answer: Answer;
    try {
      answer = { answer: await commands[command]!(argument) };
    } catch (error) {
      answer = { failure: error instanceof Error ? error.message : String(error) };
    }
    process.send!(answer);
  });
}

/** One core for the servers and another for the load, where there are two and a way to pin. */
export function cores(): { server: number; load: number } | undefined {
  if (Bun.which("taskset") === null) return undefined;
  const status = readFileSync("/proc/self/status", "utf8");
  const allowed = /^Cpus_allowed_list:\s*(.+)$/m.exec(status)?.[1] ?? "";
  const [server, load] = allowed.split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  return server === undefined || load === undefined ? undefined : { server, load };
}
