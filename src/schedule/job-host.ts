import type { Agenda, Firing } from "../core/agenda.ts";
import type { Clock } from "../core/clock.ts";
import type { Published } from "../core/engine.ts";
import type { Data, Message } from "../core/message.ts";

/** What the schedule tells of its jobs. An implementation MUST NOT throw. */
export interface JobEvents {
  failed(job: string, error: unknown): void;
  /** A slot came while the last run was under way, and is left out. */
  skipped(job: string): void;
  /** A slot passed while the machine slept, or its clock was set; it is left out, and what follows up to now. */
  missed(job: string, slot: number): void;
  /** What an action says. */
  said(job: string, text: string): void;
  /** What is known of jobs could not be read or written. */
  unsaved(job: string, error: unknown): void;
}

/** How a run publishes. */
export interface JobTerms {
  readonly from?: string | undefined;
  readonly ttlMs?: number | undefined;
  /** What the publish settles; absent for what a run publishes beside its result. */
  readonly firing?: Firing | undefined;
}

/** What jobs use of the server. */
export interface JobHost {
  readonly clock: Clock;
  readonly agenda: Pick<Agenda, "jobs" | "saveJob" | "removeJob" | "record" | "runs">;
  /** Publishes; what is kept by its firing is a last value from then on. */
  readonly publish: (topic: string, data: Data, terms?: JobTerms) => Promise<Published>;
  readonly audience: {
    watch(topic: string, arrived: () => void): () => void;
    isListening(topic: string): boolean;
  };
  readonly lastValues: {
    keep(publisher: string, message: Message): void;
    forget(publisher: string): void;
  };
  readonly events: JobEvents;
  /** Tells machines apart, so that their jitter differs. */
  readonly seed: string;
}
