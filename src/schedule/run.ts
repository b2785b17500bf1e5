import type { JobPatch, RunOutcome, RunRecord } from "../core/agenda.ts";
import { textOf } from "../core/errors.ts";
import type { Data } from "../core/message.ts";
import type { Action, RunContext } from "./actions/action.ts";
import { digestOf } from "./digest.ts";
import type { JobHost } from "./job-host.ts";
import type { JobOptions } from "./job-options.ts";

/** What a run begins with. */
export interface RunStart {
  /** The instant that it is for. */
  readonly slot: number;
  /** Which run of this process it is, from 1. */
  readonly run: number;
  readonly signal: AbortSignal;
  /** Aborts the signal, when the run has taken too long. */
  readonly abort: (reason: Error) => void;
  /** What it settles beside what it makes. */
  readonly patch: JobPatch;
  /** Of what was published last. */
  readonly digest: string | undefined;
  /** What the last run kept. */
  readonly memory: string | undefined;
}

/** What came of a run. */
export interface Made {
  readonly outcome: RunRecord;
  /** Of what was published last, by this run or before. */
  readonly digest: string | undefined;
  readonly memory: string | undefined;
  readonly failure?: {
    readonly error: unknown;
    /** Or else what it made could not be published. */
    readonly isOfAction: boolean;
  };
}

/** Why a run is aborted that nobody waits for any more: it has not failed by itself. */
export const GONE = new Error("The server stops, or the job was changed.");

/** How much of an error's text is remembered, in characters. */
const MAX_ERROR = 500;

/**
 * Runs a job's action once, publishes what it makes, and writes down what came of it. `settled` comes
 * when that is known, `busy` when the action itself has ended. Neither rejects.
 */
export function make(
  job: JobOptions,
  host: JobHost,
  start: RunStart,
): { settled: Promise<Made>; busy: Promise<unknown> } {
  const { clock, events, publish } = host;
  const { name, topic, timeoutMs, action } = job;
  const { signal, abort, slot: time, run } = start;
  const startedAt = clock.now();
  const tooLong = () => abort(new Error(`The run took longer than ${timeoutMs} ms.`));
  const stopTimer = isInstant(action) ? () => {} : clock.after(timeoutMs, tooLong);
  let kept = start.memory;
  const context: RunContext = {
    signal,
    memory: start.memory,
    keep: (memory) => {
      kept = memory;
    },
    async publish(to, data) {
      await publish(to, data);
    },
    log: (text) => events.said(name, text),
  };
  const made = attempt(() => action.run({ time, name, topic, run }, context));
  // An action that reaches outside ends by itself when it is aborted, and says more than that it was.
  const answer = action.kind === "run" ? untilAborted(made, signal) : made;
  const settled = (async (): Promise<Made> => {
    let data: Data | undefined;
    try {
      data = await answer;
    } catch (error) {
      return failed(error, true);
    } finally {
      stopTimer();
    }
    try {
      return await finish(data);
    } catch (error) {
      return failed(error, false);
    }
  })();
  // Whoever ignores the signal is told of at once, and still under way.
  const busy = action.kind === "run" ? made.catch(() => {}) : settled;
  return { settled, busy };

  async function finish(data: Data | undefined): Promise<Made> {
    const patch = kept === start.memory ? start.patch : { ...start.patch, memory: kept };
    const digest = data && job.when === "changed" ? digestOf(topic, data) : start.digest;
    const isNew = job.when === "always" || digest !== start.digest;
    if (data === undefined || !isNew) {
      const outcome = record(data === undefined ? "empty" : "unchanged");
      // What is not published may still have moved the job on.
      const isDue = job.missed === "once" || patch.memory !== undefined;
      write(outcome, isDue ? patch : undefined);
      return { outcome, digest: start.digest, memory: kept };
    }
    const settled = job.when === "changed" ? { ...patch, digest } : patch;
    const { sessions } = await publish(topic, data, {
      from: job.from,
      ttlMs: job.ttlMs,
      firing: { type: "job", job: name, patch: settled, isKept: job.retain },
    });
    const outcome = record("published", { bytes: data.size, recipients: sessions });
    write(outcome);
    return { outcome, digest, memory: kept };
  }

  function failed(error: unknown, isOfAction: boolean): Made {
    const outcome = record("failed", { error: textOf(error).slice(0, MAX_ERROR) });
    // A run that failed is not tried again after a restart; one that was cut off is.
    const isOver = job.missed === "once" && signal.reason !== GONE;
    write(outcome, isOver ? start.patch : undefined);
    const { digest, memory } = start;
    return { outcome, digest, memory, failure: { error, isOfAction } };
  }

  function record(outcome: RunOutcome, facts: Partial<RunRecord> = {}): RunRecord {
    // The machine's clock may have been set back meanwhile.
    const durationMs = Math.max(clock.now() - startedAt, 0);
    return { job: name, time, start: startedAt, durationMs, outcome, ...facts };
  }

  function write(outcome: RunRecord, patch?: JobPatch): void {
    host.agenda.record(outcome, patch).catch((error: unknown) => events.unsaved(name, error));
  }
}

/** Whether it makes what it makes at once: nobody has to stop it. */
export function isInstant({ kind }: Action): boolean {
  return kind === "message" || kind === "template";
}

/** What was thrown at once is a rejection like any other. */
async function attempt<T>(work: () => T | Promise<T>): Promise<T> {
  return work();
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const give = () => reject(signal.reason);
  if (signal.aborted) give();
  signal.addEventListener("abort", give);
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", give));
}
