/**
 * What a job's TypeScript file and a file of hooks are given, and what they may answer: `bellcast/job`.
 * Types only, because in the executable such a file can import nothing but files: `import type` is gone
 * before it runs.
 */
import type { Connecting } from "./core/gate.ts";
import type {
  DisconnectCall,
  Hooks,
  MessageCall,
  PublishCall,
  Refusal,
  Replacement,
  Verdict,
} from "./hooks/hooks.ts";

/** What one run of a job is given. */
export interface JobRun<State extends object = Record<string, unknown>> {
  /**
   * Publishes beside what the run returns: a string is text, bytes are bytes, anything else is JSON.
   * Rejects with an error whose `code` says why, such as `invalid_topic` or `message_too_large`.
   */
  readonly publish: (topic: string, data: unknown) => Promise<void>;
  /**
   * The run's to change. What is in it after a run that succeeds is given to the next one, also after a
   * restart; it must be JSON of at most 64 KiB. A run that fails leaves it as it was.
   */
  readonly state: Partial<State>;
  /** As everywhere, but it ends with the run, and private addresses need `allow_private`. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Writes a line to the server's log, as `console.log` does too. */
  readonly log: (...values: unknown[]) => void;
  /** Aborted when the run has taken too long; a tenth of a second later the process is ended. */
  readonly signal: AbortSignal;
  /** The instant that the run is for, in milliseconds since the Unix epoch. */
  readonly time: number;
  /** The job's name. */
  readonly name: string;
  readonly topic: string;
  /** Which run of this server it is, from 1. */
  readonly run: number;
}

/**
 * The default export of a job's file. What it returns is published to the job's topic: a string is
 * text, bytes are bytes, anything else is JSON, and `undefined` publishes nothing.
 */
export type JobModule<State extends object = Record<string, unknown>> = (
  run: JobRun<State>,
) => unknown;

/** What every hook is given beside its subject. */
export interface HookTools {
  readonly fetch: JobRun["fetch"];
  readonly log: JobRun["log"];
}

/**
 * What a file of hooks may export: what `Hooks` of `bellcast` says, bounded in time. A hook that takes
 * too long lets nothing through, and its process is ended.
 */
export type HooksModule = Hooks<[tools: HookTools]>;

export type { Connecting, DisconnectCall, MessageCall, PublishCall, Refusal, Replacement, Verdict };
