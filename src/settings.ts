import type { AuthMode } from "./auth/trust.ts";
import type { Clock } from "./core/clock.ts";
import type { Gate } from "./core/gate.ts";
import type { HubEvents, HubLimits } from "./core/hub.ts";
import type { TopicSettings } from "./core/topic.ts";
import type { Log } from "./observe/log.ts";
import type { JobDefinition } from "./schedule/definition.ts";
import type { JobOptions } from "./schedule/job-options.ts";
import type { SqliteOptions } from "./store/sqlite.ts";
import type { WebSocketLimits } from "./transport/websocket.ts";

/** Everything that a server is built from; the defaults are `options.ts`'s. */
export interface Settings {
  /** The machine's own names aside, the names that it answers to. */
  readonly hosts: readonly string[];
  readonly auth: {
    readonly mode: AuthMode;
    readonly origins: readonly string[];
    readonly allowFromDisk: boolean;
  };
  readonly limits: HubLimits &
    WebSocketLimits & {
      readonly headersBytes: number;
      /** Messages that wait for their time. */
      readonly scheduled: number;
      /** Jobs that are made while the server runs. */
      readonly jobs: number;
    };
  readonly topics: Readonly<Record<string, Partial<TopicSettings>>>;
  readonly jobs: readonly JobOptions[];
  /** Builds a job that is made while the server runs. @throws an error with the reason */
  readonly build: (definition: JobDefinition) => JobOptions;
  /** Reads a job as a client sends it. @throws BellcastError `invalid_job` */
  readonly readJob: (value: unknown) => JobDefinition;
  readonly store: Pick<SqliteOptions, "path" | "sync" | "keys">;
  /** A folder of pages in place of the built-in ones. */
  readonly pages: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: HubEvents;
  /** What the operator lets through. */
  readonly gate: Gate;
  readonly version: string;
}
