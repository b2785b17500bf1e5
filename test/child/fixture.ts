import { readFileSync } from "node:fs";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { JobFile, type JobFileContext, type JobFileOptions } from "../../src/child/job-file.ts";
import type { Data } from "../../src/core/message.ts";

/** Files in a folder of their own; gone when it goes out of scope. */
export async function folderOf(
  files: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { at(name: string): string }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "bellcast-")));
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return {
    at: (name) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** A job's file, and what its runs leave. */
export class JobOfTest implements AsyncDisposable {
  readonly file: JobFile;
  readonly published: string[] = [];
  readonly lines: string[] = [];
  memory: string | undefined;
  /** What a publish of the file comes to. */
  publish: (topic: string, data: Data) => Promise<void> = async (topic, data) => {
    this.published.push(`${topic}: ${textIn(data)}`);
  };
  #run = 0;

  constructor(options: Partial<JobFileOptions> & { file: string }) {
    this.file = new JobFile({
      ...{ allowPrivate: false, memoryBytes: 256 * 1024 * 1024, messageBytes: 64 * 1024 },
      watch: false,
      ...options,
    });
  }

  /** Runs it once; undefined when nothing is to be published. */
  async run(signal: AbortSignal = new AbortController().signal): Promise<string | undefined> {
    const data = await this.data(signal);
    return data && textIn(data);
  }

  data(signal: AbortSignal = new AbortController().signal): Promise<Data | undefined> {
    const context: JobFileContext = {
      signal,
      memory: this.memory,
      keep: (memory) => {
        this.memory = memory;
      },
      publish: (topic, data) => this.publish(topic, data),
      log: (line) => this.lines.push(line),
    };
    const facts = { time: 1_000, name: "price", topic: "till", run: ++this.#run };
    return this.file.run(facts, context);
  }

  /** The error that a run fails with. */
  async failure(signal?: AbortSignal): Promise<Error & { reason?: { en: string; zh: string } }> {
    const made = await this.run(signal).catch((error: unknown) => error);
    if (made instanceof Error) return made;
    throw new Error(`The run did not fail, but made ${String(made)}.`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.file.close();
  }
}

export const textIn = (data: Data): string =>
  data.kind === "bytes" ? `bytes ${data.bytes.join(" ")}` : data.text;

/** Waits until it is so; the test's own time is the bound. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await Bun.sleep(2);
}

/** Whether a process is there, and not only its entry in the table. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== "linux") return true;
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** Waits until a process is gone. */
export const gone = (pid: number): Promise<void> => until(() => !isRunning(pid));
