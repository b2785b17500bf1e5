import type { Data } from "../../core/message.ts";

/** What a job's action and its template may know of the run. */
export interface RunFacts {
  /** The instant that the run is for, in milliseconds since the Unix epoch. */
  readonly time: number;
  /** The job's name. */
  readonly name: string;
  readonly topic: string;
  /** Which run of this process it is, from 1. */
  readonly run: number;
}

/** What a run may use. */
export interface RunContext {
  /** Aborted when the run has taken too long, or is not wanted any more: what it began MUST end. */
  readonly signal: AbortSignal;
  /** What the job's last run kept, as JSON. */
  readonly memory: string | undefined;
  /** Keeps a text for the next run, once what this one makes is published. */
  keep(memory: string): void;
  /** Publishes beside what the run makes. */
  publish(topic: string, data: Data): Promise<void>;
  log(text: string): void;
}

/** What a job does at each run. */
export interface Action {
  readonly kind: "message" | "template" | "fetch" | "exec" | "module" | "run";
  /** What it reaches for outside of the process, for people: an address, a command, a file. */
  readonly subject?: string | undefined;
  /**
   * Makes what the run publishes; undefined publishes nothing. A rejection is the run's failure. An
   * action that reaches outside of the process MUST settle soon after the signal is aborted.
   */
  run(facts: RunFacts, context: RunContext): Data | undefined | Promise<Data | undefined>;
  /** Ends what it keeps from run to run. */
  close?(): Promise<void>;
}
