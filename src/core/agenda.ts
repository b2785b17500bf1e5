import type { Data, Message } from "./message.ts";

/** A message that waits for its time. */
export interface ScheduledMessage {
  /** Made by whoever accepts it; unique in the log. */
  readonly id: string;
  readonly topic: string;
  readonly data: Data;
  readonly from?: string | undefined;
  /** How long it may be sent to latecomers, in milliseconds from its publishing on. */
  readonly ttlMs?: number | undefined;
  /** When it is to be published, in milliseconds since the Unix epoch. */
  readonly due: number;
  /** When it was accepted, in milliseconds since the Unix epoch. */
  readonly created: number;
}

/** A message that waits, without what is in it. */
export interface ScheduledSummary extends Omit<ScheduledMessage, "data"> {
  readonly kind: Data["kind"];
  /** Of its payload, in bytes. */
  readonly size: number;
}

/** Makes a repeat of a scheduled publish known as one: the key, and the words that gave the time. */
export interface ScheduleKey {
  /** See `PublishKey`. */
  readonly credential: string;
  readonly key: string;
  /** As the publisher wrote them: another time with the same key is another message. */
  readonly terms: string;
  /** The message may be a repeat, and is not kept if it is none: `not_scheduled`. */
  readonly onlyRepeat?: boolean | undefined;
}

/** What became of a message that is to wait. */
export interface Accepted {
  readonly id: string;
  readonly due: number;
  /** Whether its key was known: `id` and `due` are the first one's, which may be published already. */
  readonly isRepeat: boolean;
}

/** What is known of a job from one run, and one process, to the next. */
export interface JobState {
  /** Every slot up to here is decided: run, or left out. Milliseconds since the Unix epoch. */
  readonly slot: number;
  readonly isPaused: boolean;
  /** Of the payload that was published last; undefined before the first. */
  readonly digest?: string | undefined;
  /** What the job's module keeps, as JSON. */
  readonly memory?: string | undefined;
  /** What was published last, if the job shows it to newcomers. */
  readonly last?: Message | undefined;
}

export interface JobRecord {
  readonly name: string;
  /** The definition of a job that was made while the server ran, as JSON; undefined for the file's. */
  readonly definition?: string | undefined;
  readonly state: JobState;
}

/** What of a job's record is to be changed. */
export interface JobPatch {
  readonly definition?: string | undefined;
  readonly slot?: number | undefined;
  readonly isPaused?: boolean | undefined;
  readonly digest?: string | undefined;
  readonly memory?: string | undefined;
}

/**
 * What a publish settles in the agenda: the message goes into the log and this goes out of the agenda
 * in one transaction.
 */
export type Firing =
  /** The scheduled message is taken out. */
  | { readonly type: "scheduled"; readonly id: string }
  | {
      readonly type: "job";
      readonly job: string;
      readonly patch: JobPatch;
      /** Whether the message becomes the job's `last`. */
      readonly isKept: boolean;
    };

export type RunOutcome = "published" | "unchanged" | "empty" | "failed";

/** What became of one run of a job. */
export interface RunRecord {
  readonly job: string;
  /** The instant that it was for, in milliseconds since the Unix epoch. */
  readonly time: number;
  /** When it began, in milliseconds since the Unix epoch. */
  readonly start: number;
  readonly durationMs: number;
  readonly outcome: RunOutcome;
  /** Of the payload that was published. */
  readonly bytes?: number | undefined;
  /** How many sessions it was handed to. */
  readonly recipients?: number | undefined;
  /** Why it failed. */
  readonly error?: string | undefined;
}

/** A run as it is told of a job that is named already. */
export function withoutJob({ job: _, ...run }: RunRecord): Omit<RunRecord, "job"> {
  return run;
}

/** How many runs of each job are remembered. */
export const RUNS_KEPT = 100;

/**
 * The optional power of an engine to keep what is to be published later, and what is known of jobs.
 *
 * What is changed MUST be durable, as the engine's messages are, when its promise resolves, and changes
 * MUST take effect in the order of the calls, with publishes that have a `Firing` among them. Reads
 * show what is committed; they MAY show a change whose promise has not resolved yet.
 */
export interface Agenda {
  /**
   * Keeps a message until it is due.
   *
   * @throws BellcastError `key_reused`, `not_scheduled` where only a repeat may be, and what a publish
   *   throws when it cannot be stored
   */
  schedule(message: ScheduledMessage, key?: ScheduleKey): Promise<Accepted>;
  /** Takes a message out; false when there is none of this id: it may be published already. */
  cancel(id: string): Promise<boolean>;
  /**
   * Those due at or before an instant, the earliest first, of one instant in the order of acceptance: at
   * most `limit`, and after the first no more than `bytes` of payload.
   */
  due(
    atMs: number,
    page: { readonly limit: number; readonly bytes: number },
  ): readonly ScheduledMessage[];
  /** When the next message is due; undefined when none waits. */
  nextDue(): number | undefined;
  /** How many messages wait, those that are being accepted among them from the call on. */
  waiting(): number;
  /** Those that wait, the next first, from the one after `after` on, if that is an id of one. */
  scheduled(query: {
    readonly topic?: string | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  }): readonly ScheduledSummary[];
  /** Every job that something is known of, by name. */
  jobs(): readonly JobRecord[];
  /** Changes what is known of a job; one that is not known begins with a `slot` of 0, not paused. */
  saveJob(name: string, patch: JobPatch): Promise<void>;
  /** Forgets a job and its runs; false when it is not known. */
  removeJob(name: string): Promise<boolean>;
  /**
   * Remembers a run, the last `RUNS_KEPT` of each job. A run that is recorded without a `patch` MAY
   * wait for the next commit, or a minute, and MAY be lost when the process dies before that.
   */
  record(run: RunRecord, patch?: JobPatch): Promise<void>;
  /**
   * The runs of a job, the newest first. One that was recorded without a `patch` MUST be there at once,
   * though it wait for its commit.
   */
  runs(job: string, limit: number): readonly RunRecord[];
}
