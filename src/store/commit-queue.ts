import type { JobPatch, RunRecord } from "../core/agenda.ts";
import type { BellcastError } from "../core/errors.ts";
import type { Entry } from "./batch.ts";
import type { Other } from "./outcome.ts";

/**
 * The most that one transaction takes, unless a single message is larger. Its messages leave in one
 * tick, and a tick must fit into the sockets' buffers.
 */
const BATCH_BYTES = 256 * 1024;
const BATCH_ENTRIES = 4_096;

/** What may wait for a disk that has stopped: a publish beyond it is refused at once. */
const WAITING_BYTES = 64 * 1024 * 1024;

/** About what an entry takes of memory beside its content. */
const OVERHEAD_BYTES = 256;

/** How many entries that nobody waits for may wait themselves; the oldest are forgotten. */
const PATIENT_ENTRIES = 1_000;

/** An entry, and who is told its outcome. */
export interface Pending {
  readonly entry: Entry;
  /** @param id of the message, where it is an append that was given one; otherwise what else became of it */
  readonly settle: (id: number | undefined, other: Other | undefined) => void;
  readonly reject: (error: BellcastError) => void;
  /** Nobody waits for it: it goes with the next commit, and is tried again when that fails. */
  readonly isPatient?: boolean;
}

/** What waits to be committed, in order. */
export class CommitQueue {
  #waiting: Pending[] = [];
  #bytes = 0;
  #patient = 0;
  #isHurried = false;

  /** Whether there is something that should not wait. */
  get isDue(): boolean {
    return this.#waiting.length > (this.#isHurried ? 0 : this.#patient);
  }

  /** False when too much waits already. */
  add(pending: Pending): boolean {
    if (this.#bytes > WAITING_BYTES) return false;
    this.#waiting.push(pending);
    this.#count(pending, 1);
    this.#forget();
    return true;
  }

  /** What is patient by now is due too, once. */
  hurry(): void {
    this.#isHurried = this.#waiting.length > 0;
  }

  /** Takes out what one transaction may have. */
  take(): Pending[] {
    let [length, bytes] = [0, 0];
    for (const pending of this.#waiting) {
      const size = sizeOf(pending.entry);
      bytes += size;
      if (length > 0 && (bytes > BATCH_BYTES || length === BATCH_ENTRIES)) break;
      this.#bytes -= OVERHEAD_BYTES + size;
      if (pending.isPatient === true) this.#patient--;
      length++;
    }
    if (length === this.#waiting.length) this.#isHurried = false;
    return this.#waiting.splice(0, length);
  }

  /** Puts back what is patient of a batch that has failed, before what has come since. */
  putBack(batch: readonly Pending[]): void {
    const patient = batch.filter(({ isPatient }) => isPatient === true);
    for (const pending of patient) this.#count(pending, 1);
    this.#waiting.unshift(...patient);
    this.#forget();
    this.#isHurried = false;
  }

  /** The entries that are patient, the first one first. */
  patient(): Pending[] {
    return this.#patient === 0 ? [] : this.#waiting.filter(({ isPatient }) => isPatient === true);
  }

  #count({ entry, isPatient }: Pending, sign: 1 | -1): void {
    this.#bytes += sign * (OVERHEAD_BYTES + sizeOf(entry));
    if (isPatient === true) this.#patient += sign;
  }

  #forget(): void {
    while (this.#patient > PATIENT_ENTRIES) {
      const first = this.#waiting.findIndex(({ isPatient }) => isPatient === true);
      for (const gone of this.#waiting.splice(first, 1)) this.#count(gone, -1);
    }
  }
}

/** About how much is to be written, in bytes. */
function sizeOf(entry: Entry): number {
  switch (entry.type) {
    case "append":
      return entry.draft.data.size;
    case "schedule":
      return entry.message.data.size;
    case "save":
      return sizeOfPatch(entry.patch);
    case "record":
      return sizeOfRun(entry.run) + sizeOfPatch(entry.patch);
    case "cancel":
    case "remove":
      return 0;
  }
}

function sizeOfPatch({ definition = "", memory = "" }: JobPatch = {}): number {
  return definition.length + memory.length;
}

function sizeOfRun({ error = "" }: RunRecord): number {
  return error.length;
}
