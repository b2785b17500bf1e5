import { type ChildProcess as NodeChild, spawn } from "node:child_process";

import { textOf } from "../core/errors.ts";
import { ChildError, endedError, PROTOCOL_ERROR } from "./child-error.ts";
import { childCommand } from "./command.ts";
import { LineBudget } from "./line-budget.ts";
import { followOutput } from "./output.ts";
import { HAS_GROUPS, killGroup } from "./process-group.ts";
import { type FromChild, readMessage, type ToChild } from "./wire.ts";

export interface ChildProcessEvents {
  message(message: FromChild): void;
  /** It has ended by itself, or said what is not understood; told once, and nothing after it. */
  ended(error: ChildError): void;
  /** What it writes. */
  said(line: string): void;
}

/** How long what an ended process has said is waited for, when something holds its output. */
const LAST_WORDS_MS = 500;

/** The other process, as the server sees it. It does not keep the server's process, unless it is held. */
export class ChildProcess {
  readonly #child: NodeChild | undefined;
  readonly #events: ChildProcessEvents;
  readonly #budget: LineBudget;
  readonly #memoryBytes: number;
  #isOver = false;

  constructor(memoryBytes: number, events: ChildProcessEvents) {
    this.#events = events;
    this.#memoryBytes = memoryBytes;
    this.#budget = new LineBudget(
      () => performance.now(),
      (line) => events.said(line),
    );
    try {
      this.#child = this.#spawn();
    } catch (error) {
      queueMicrotask(() => this.#end(startError(error)));
    }
  }

  /** The processor's number of the process, for tests and people. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  send(message: ToChild): void {
    if (this.#isOver) return;
    try {
      // That it did not arrive is known by the process's end.
      this.#child?.send(message, () => {});
    } catch {
      // The channel is closed, and the process's end is on its way.
    }
  }

  /** While it is held, it keeps this process alive. */
  hold(isHeld: boolean): void {
    if (isHeld) this.#child?.channel?.ref?.();
    else this.#child?.channel?.unref?.();
  }

  /** Ends it at once, and everything that it has started. Nothing is told any more. */
  kill(): void {
    this.#isOver = true;
    if (this.#child !== undefined) killGroup(this.#child);
  }

  #spawn(): NodeChild {
    const { file, args, cwd, env } = childCommand();
    const child = spawn(file, args, {
      ...{ cwd, env, detached: HAS_GROUPS, windowsHide: true },
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const { stdout, stderr, channel } = child;
    for (const stream of [stdout, stderr]) {
      if (stream === null) continue;
      followOutput(stream, this.#budget);
      (stream as { unref?: () => void }).unref?.();
    }
    child.unref();
    channel?.unref?.();
    const [closed, disconnected] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    child.on("message", (value) => this.#hear(value));
    child.on("error", (error) => this.#end(startError(error)));
    child.on("exit", (code, signal) => {
      // What it has started would go on, and hold its output.
      killGroup(child);
      const end = () => this.#end(endedError(signal ?? `code ${code}`, this.#memoryBytes));
      // Its last words may still be on their way.
      setTimeout(end, LAST_WORDS_MS).unref();
      void Promise.all([closed.promise, disconnected.promise]).then(end);
    });
    child.on("close", () => closed.resolve());
    child.on("disconnect", () => {
      disconnected.resolve();
      // Without a channel nothing can be asked of it any more.
      killGroup(child);
    });
    return child;
  }

  #hear(value: unknown): void {
    if (this.#isOver) return;
    const message = readMessage(value);
    if (message === undefined) {
      this.kill();
      this.#events.ended(PROTOCOL_ERROR);
    } else if (message.type === "log") this.#budget.write(message.text);
    else this.#events.message(message);
  }

  #end(error: ChildError): void {
    if (this.#isOver) return;
    this.kill();
    this.#events.ended(error);
  }
}

function startError(error: unknown): ChildError {
  if (error instanceof ChildError) return error;
  const why = error instanceof Error ? error.message : textOf(error);
  return new ChildError({
    en: `The process of the file cannot be started: ${why}`,
    zh: `无法启动该文件的进程：${why}`,
  });
}
