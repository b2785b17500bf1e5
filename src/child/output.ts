import type { Readable } from "node:stream";

import type { LineBudget } from "./line-budget.ts";

/** A line without an end is cut into lines of this many characters. */
const MAX_LINE = 2_000;
/** How long a stream rests that has said all that it may in a second. */
const REST_MS = 200;

/**
 * Writes what a process prints, line by line. One that prints without end waits: it fills neither this
 * process's memory nor its time.
 */
export function followOutput(stream: Readable, budget: LineBudget): void {
  const decoder = new TextDecoder();
  let line = "";
  stream.on("data", (chunk: Buffer) => {
    budget.spend(chunk.byteLength);
    const [first = "", ...rest] = decoder.decode(chunk, { stream: true }).split(/\r?\n/);
    line += first;
    for (const next of rest) {
      budget.write(line);
      line = next;
    }
    while (line.length > MAX_LINE) {
      budget.write(line.slice(0, MAX_LINE));
      line = line.slice(MAX_LINE);
    }
    if (budget.isSpent) pause(stream, budget);
  });
  stream.on("close", () => {
    if (line !== "") budget.write(line);
    budget.flush();
  });
  // The process may be gone in the middle of it.
  stream.on("error", () => {});
}

function pause(stream: Readable, budget: LineBudget): void {
  stream.pause();
  const timer = setTimeout(() => {
    if (budget.isSpent) pause(stream, budget);
    else stream.resume();
  }, REST_MS);
  timer.unref();
}
