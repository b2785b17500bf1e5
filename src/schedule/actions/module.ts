import { JobFile, type JobFileOptions } from "../../child/job-file.ts";
import type { Action } from "./action.ts";

export interface ModuleOptions extends Omit<JobFileOptions, "memoryBytes"> {
  /** The most memory of the file's process, in bytes; 256 MiB when left out. */
  readonly memoryBytes?: number | undefined;
}

const DEFAULT_MEMORY_BYTES = 256 * 1024 * 1024;

/** What the default export of a TypeScript file returns, run in a process of its own. */
export function moduleAction(options: ModuleOptions): Action {
  const { memoryBytes = DEFAULT_MEMORY_BYTES } = options;
  const file = new JobFile({ ...options, memoryBytes });
  return {
    kind: "module",
    subject: options.file,
    run: (facts, context) => file.run(facts, context),
    close: () => file.close(),
  };
}
