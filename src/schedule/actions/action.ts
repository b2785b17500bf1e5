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

/** Makes what a run publishes; undefined publishes nothing. A rejection is the run's failure. */
export type Action = (facts: RunFacts) => Data | undefined | Promise<Data | undefined>;
