import {
  type Agenda,
  type Firing,
  type JobPatch,
  type JobRecord,
  type JobState,
  type RunRecord,
  RUNS_KEPT,
  type ScheduledMessage,
  type ScheduledSummary,
} from "../core/agenda.ts";
import { BellcastError } from "../core/errors.ts";
import type { Message } from "../core/message.ts";
import { OrderedList } from "./ordered-list.ts";

/** A message that waits, with its place among those of its instant. */
interface Waiting {
  readonly message: ScheduledMessage;
  readonly row: number;
}

interface Job {
  readonly name: string;
  definition: string | undefined;
  state: JobState;
  /** The newest last. */
  readonly runs: RunRecord[];
}

/** The scheduled messages and the jobs of a log in memory. */
export class MemoryAgenda {
  readonly #waiting = new Map<string, Waiting>();
  readonly #inOrder = new OrderedList<Waiting>(
    (a, b) => a.message.due - b.message.due || a.row - b.row,
  );
  readonly #jobs = new Map<string, Job>();
  #row = 0;

  /** @throws BellcastError `store_failed` when another one has its id */
  schedule(message: ScheduledMessage): void {
    if (this.#waiting.has(message.id)) {
      throw new BellcastError("store_failed", { detail: "The id of the message is taken." });
    }
    const waiting = { message, row: ++this.#row };
    this.#waiting.set(message.id, waiting);
    this.#inOrder.add(waiting);
  }

  cancel(id: string): boolean {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return false;
    this.#inOrder.remove(waiting);
    return this.#waiting.delete(id);
  }

  /**
   * Appends by `append`, and settles the firing.
   *
   * @throws BellcastError `not_scheduled`
   */
  fire(firing: Firing, append: () => Message): Message {
    if (firing.type === "scheduled") {
      if (!this.cancel(firing.id)) throw new BellcastError("not_scheduled");
      return append();
    }
    const job = this.#jobs.get(firing.job);
    if (job === undefined) throw new BellcastError("not_scheduled");
    const message = append();
    patchJob(job, firing.patch);
    if (firing.isKept) job.state = { ...job.state, last: message };
    return message;
  }

  due(atMs: number, { limit, bytes }: Parameters<Agenda["due"]>[1]): ScheduledMessage[] {
    const found: ScheduledMessage[] = [];
    let size = 0;
    for (const { message } of this.#inOrder.after(undefined)) {
      size += message.data.size;
      if (message.due > atMs || found.length >= limit) break;
      if (size > bytes && found.length > 0) break;
      found.push(message);
    }
    return found;
  }

  nextDue(): number | undefined {
    return this.#inOrder.first?.message.due;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  scheduled({ topic, after, limit }: Parameters<Agenda["scheduled"]>[0]): ScheduledSummary[] {
    const found: ScheduledSummary[] = [];
    const last = after === undefined ? undefined : this.#waiting.get(after);
    for (const { message } of this.#inOrder.after(last)) {
      if (found.length >= limit) break;
      if (topic !== undefined && message.topic !== topic) continue;
      const { data, ...terms } = message;
      found.push({ ...terms, kind: data.kind, size: data.size });
    }
    return found;
  }

  jobs(): JobRecord[] {
    // By code point, as UTF-8 is.
    return [...this.#jobs.values()]
      .map(({ name, definition, state }) => ({ name, definition, state }))
      .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  }

  saveJob(name: string, patch: JobPatch): void {
    let job = this.#jobs.get(name);
    if (job === undefined) {
      job = { name, definition: undefined, state: { slot: 0, isPaused: false }, runs: [] };
      this.#jobs.set(name, job);
    }
    patchJob(job, patch);
  }

  removeJob(name: string): boolean {
    return this.#jobs.delete(name);
  }

  /** What is told of a job that was removed meanwhile is forgotten as it was. */
  record(run: RunRecord, patch: JobPatch = {}): void {
    const job = this.#jobs.get(run.job);
    if (job === undefined) return;
    patchJob(job, patch);
    job.runs.push(run);
    if (job.runs.length > RUNS_KEPT) job.runs.shift();
  }

  runs(job: string, limit: number): RunRecord[] {
    const runs = this.#jobs.get(job)?.runs ?? [];
    return runs.toReversed().slice(0, limit);
  }
}

function patchJob(job: Job, { definition, ...patch }: JobPatch): void {
  job.definition = definition ?? job.definition;
  const { slot, isPaused, digest, memory } = patch;
  const { state } = job;
  job.state = {
    slot: slot ?? state.slot,
    isPaused: isPaused ?? state.isPaused,
    digest: digest ?? state.digest,
    memory: memory ?? state.memory,
    last: state.last,
  };
}
