import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";

import { textOf } from "../core/errors.ts";
import { bytesData, type Data, textData } from "../core/message.ts";
import { ChildError } from "./child-error.ts";
import { HAS_GROUPS, killGroup } from "./process-group.ts";

export interface CommandOptions {
  readonly argv: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
  /** The most that it may print, in bytes. */
  readonly maxBytes: number;
}

/** How much of what a program says about its failure is told, in bytes. */
const COMPLAINT_BYTES = 2 * 1024;
/** After so many bytes of complaints their reader rests so many milliseconds. */
const [BURST_BYTES, REST_MS] = [256 * 1024, 50];
/** How long the output of an ended program is waited for, when something that it left behind holds it. */
const LAST_WORDS_MS = 500;

/**
 * Runs a program to its end and takes what it prints: text without its last line break when it is
 * UTF-8, bytes otherwise, and undefined when it is nothing. The program, and everything that it has
 * started, is ended when the signal is aborted, when it prints too much, and when it ends itself.
 *
 * @throws ChildError when it cannot be started, fails, or prints too much; the signal's reason
 */
export async function runCommand(
  { argv: [program = "", ...args], env, cwd, maxBytes }: CommandOptions,
  signal: AbortSignal,
): Promise<Data | undefined> {
  signal.throwIfAborted();
  const child = start(program, args, { env, cwd });
  const over = Promise.withResolvers<never>();
  const abort = () => over.reject(signal.reason);
  signal.addEventListener("abort", abort);
  const output = collect(child.stdout, maxBytes, () => over.reject(tooMuch(maxBytes)));
  const complaint = tailOf(child.stderr, COMPLAINT_BYTES);
  try {
    const how = await Promise.race([endOf(child, program), over.promise]);
    if (how !== undefined) throw failed(program, how, complaint());
    return dataOf(output());
  } finally {
    signal.removeEventListener("abort", abort);
    killGroup(child);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

function start(
  program: string,
  args: readonly string[],
  { env, cwd }: Pick<CommandOptions, "env" | "cwd">,
): ChildProcessByStdio<null, Readable, Readable> {
  try {
    return spawn(program, args, {
      ...{ env: { ...env }, detached: HAS_GROUPS, windowsHide: true },
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    throw notStarted(program, error);
  }
}

/** Resolves when the program has ended and its output was read: with how it failed, if it did. */
function endOf(child: ChildProcess, program: string): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  child.on("error", (error) => reject(notStarted(program, error)));
  child.on("exit", (code, exitSignal) => {
    // What it left behind would hold the output for ever.
    killGroup(child);
    const end = () => resolve(code === 0 ? undefined : (exitSignal ?? `code ${code}`));
    const timer = setTimeout(end, LAST_WORDS_MS);
    child.on("close", () => {
      clearTimeout(timer);
      end();
    });
  });
  return promise;
}

/** Gathers up to `most` bytes; at one more it tells, and gathers no more. */
function collect(stream: Readable, most: number, overflowed: () => void): () => Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    size += chunk.byteLength;
    // A last line break is no part of the text.
    if (size <= most || (size === most + 1 && chunk.at(-1) === 10)) chunks.push(chunk);
    else {
      stream.pause();
      overflowed();
    }
  });
  stream.on("error", () => {});
  return () => Buffer.concat(chunks);
}

/** Reads to the end, and keeps the last bytes. A program that complains without end is made to wait. */
function tailOf(stream: Readable, most: number): () => string {
  let tail: Buffer = Buffer.alloc(0);
  let read = 0;
  stream.on("data", (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-most);
    read += chunk.byteLength;
    if (read < BURST_BYTES) return;
    read = 0;
    stream.pause();
    setTimeout(() => stream.resume(), REST_MS).unref();
  });
  stream.on("error", () => {});
  return () => tail.toString("utf8").trim();
}

const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function dataOf(output: Buffer): Data | undefined {
  if (output.byteLength === 0) return undefined;
  try {
    const text = UTF_8.decode(output).replace(/\r?\n$/, "");
    return text === "" ? undefined : textData(text);
  } catch {
    return bytesData(Uint8Array.from(output));
  }
}

function failed(program: string, how: string, complaint: string): ChildError {
  const rest = complaint === "" ? "" : `: ${complaint}`;
  return new ChildError({
    en: `${program} ended with ${how}${rest}`,
    zh: `${program} 以 ${how} 结束${rest}`,
  });
}

function notStarted(program: string, error: unknown): ChildError {
  const why = error instanceof Error ? error.message : textOf(error);
  return new ChildError({
    en: `${program} cannot be started: ${why}`,
    zh: `无法启动 ${program}：${why}`,
  });
}

function tooMuch(maxBytes: number): ChildError {
  return new ChildError({
    en: `It printed more than ${maxBytes} bytes, and was ended.`,
    zh: `输出超过 ${maxBytes} 字节，已被结束。`,
  });
}
