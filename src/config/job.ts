import * as v from "valibot";

import { isTopic } from "../core/names.ts";
import { ALL } from "../core/topic.ts";
import { formatDuration } from "../core/units.ts";
import { ActionError } from "../schedule/actions/action-error.ts";
import { checkSelect } from "../schedule/actions/select.ts";
import { DEFAULT_POLICY, type Policy } from "../schedule/policy.ts";
import { ScheduleError } from "../schedule/schedule-error.ts";
import { parseTemplate, TemplateError } from "../schedule/template.ts";
import { type TriggerDefinition, triggerOf } from "../schedule/triggers.ts";
import { DateTime, isTable } from "./document.ts";
import {
  choice,
  duration,
  jobName,
  readable,
  says,
  size,
  table,
  text,
  timeZone,
} from "./fields.ts";
import { jobFindings } from "./job-rules.ts";
import { quote } from "./problem.ts";
import { TEXTS } from "./texts.ts";

/** One `[[job]]`, with exactly one schedule and one action. Texts with secrets stand here as they are written. */
export interface JobConfig extends Policy, TriggerDefinition {
  readonly name: string;
  readonly topic: string;
  readonly enabled: boolean;
  /** What is published, as it stands. */
  readonly message?: string;
  /** What is published, rendered at each run. */
  readonly template?: string;
  /** An http or https address, whose answer is published. */
  readonly fetch?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A JSONPath: the part of the answer that is published. */
  readonly select?: string;
  readonly allowPrivate: boolean;
  /** A command and its arguments, whose output is published. */
  readonly exec?: readonly string[];
  /** The variables that the command is given. */
  readonly env?: readonly string[];
  readonly allowExec: boolean;
  /** A TypeScript file, from the file's folder, whose result is published. */
  readonly module?: string;
  /** The most memory of the module's process, in bytes. */
  readonly memoryBytes?: number;
}

const MIB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;
const flag = v.boolean(says(TEXTS.flagValue));
const string = v.string(says(TEXTS.text));
const schedule = (key: "cron" | "every" | "at") =>
  // A local time needs the zone that stands beside it.
  readable((value) => triggerOf({ [key]: value, tz: "UTC" }), ScheduleError);

/** TOML has times of its own: they are read as they are written. */
const instant = v.pipe(
  v.unknown(),
  v.transform((value) => (value instanceof DateTime ? value.text : value)),
  schedule("at"),
);

const headers = v.pipe(
  // No record: valibot leaves some names out of those.
  v.custom<Readonly<Record<string, string>>>(isTable, says(TEXTS.headers)),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const entries: [string, unknown][] = Object.entries(dataset.value);
    for (const [name, value] of entries) {
      if (typeof value === "string") continue;
      addIssue({ message: says(TEXTS.text), path: [step(name, value)] });
    }
  }),
);

/** `[[job]]`. */
export const JOB_KEYS = {
  name: v.exactOptional(jobName),
  cron: v.exactOptional(schedule("cron")),
  every: v.exactOptional(schedule("every")),
  at: v.exactOptional(instant),
  tz: v.exactOptional(timeZone),
  topic: v.optional(text(isTopic, TEXTS.topic), ALL),
  enabled: v.optional(flag, true),
  message: v.exactOptional(string),
  template: v.exactOptional(readable((source) => parseTemplate(source), TemplateError)),
  // What these say is looked at together.
  fetch: v.exactOptional(string),
  method: v.exactOptional(string),
  headers: v.exactOptional(headers),
  body: v.exactOptional(string),
  select: v.exactOptional(readable(checkSelect, ActionError)),
  allow_private: v.optional(flag, false),
  exec: v.exactOptional(
    v.pipe(
      v.array(string, says(TEXTS.argv)),
      v.check((words) => isCommand(words), says(TEXTS.argv)),
    ),
  ),
  env: v.exactOptional(v.array(text(isVariable, TEXTS.variable), says(TEXTS.variables))),
  allow_exec: v.optional(flag, false),
  module: v.exactOptional(text((path) => path.trim() !== "", TEXTS.modulePath)),
  memory: v.exactOptional(size(64 * MIB, 16 * 1024 * MIB)),
  when: v.optional(choice(["always", "changed"]), DEFAULT_POLICY.when),
  only_if_listening: v.optional(flag, DEFAULT_POLICY.onlyIfListening),
  overlap: v.optional(choice(["skip", "queue"]), DEFAULT_POLICY.overlap),
  missed: v.optional(choice(["skip", "once"]), DEFAULT_POLICY.missed),
  jitter: v.optional(duration(0, DAY_MS), formatDuration(DEFAULT_POLICY.jitterMs)),
  timeout: v.optional(duration(1, DAY_MS), formatDuration(DEFAULT_POLICY.timeoutMs)),
  backoff: v.optional(duration(0, DAY_MS), formatDuration(DEFAULT_POLICY.backoffMs)),
  retain: v.optional(flag, DEFAULT_POLICY.retain),
} as const;

/** The job that runs where no file says otherwise. */
export const CLOCK_JOB = {
  name: "clock",
  cron: "0/5 * * * * ?",
  template: "这是来自服务端的消息：{{time 'HH:mm:ss'}}",
} as const;

const job = v.pipe(
  table(JOB_KEYS),
  v.rawCheck(({ dataset, addIssue }) => {
    // Keys are compared even where one of them is wrong: every mistake is told at once.
    const { value }: { value: unknown } = dataset;
    if (!isTable(value)) return;
    for (const { path, message } of jobFindings(value)) {
      const steps = path.map((key) => step(key, value));
      const [first, ...rest] = steps;
      addIssue({ message: says(message), ...(first && { path: [first, ...rest] }) });
    }
  }),
);

/** One step of the path to what is wrong. */
function step(key: string, value: unknown) {
  return { type: "object", origin: "value", input: {}, key, value } as const;
}

type JobTable = v.InferOutput<typeof job>;

/** All `[[job]]` of a file. */
export const jobs = v.pipe(
  v.array(job, says(TEXTS.jobTables)),
  v.rawCheck(({ dataset, addIssue }) => {
    // As above: names are compared whatever else is wrong.
    const tables = Array.isArray(dataset.value) ? (dataset.value as (JobTable | undefined)[]) : [];
    const taken = new Set<unknown>();
    for (const [key, table] of tables.entries()) {
      const value = table?.name ?? defaultName(key);
      if (!taken.has(value)) {
        taken.add(value);
        continue;
      }
      const within = { type: "array", origin: "value", input: tables, key, value } as const;
      const message = says(TEXTS.jobNameTaken(quote(String(value))));
      addIssue({ message, path: [within, step("name", value)] });
    }
  }),
  v.transform((tables) => tables.map(toJob)),
);

function defaultName(index: number): string {
  return `job-${index + 1}`;
}

function toJob(table: JobTable, index: number): JobConfig {
  const { name = defaultName(index), allow_private, allow_exec, memory, ...rest } = table;
  const { only_if_listening, jitter, timeout, backoff, ...same } = rest;
  return {
    ...same,
    name,
    allowPrivate: allow_private,
    allowExec: allow_exec,
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    onlyIfListening: only_if_listening,
    jitterMs: jitter,
    timeoutMs: timeout,
    backoffMs: backoff,
  };
}

/** The system ends a word at a NUL. */
function isCommand(words: readonly string[]): boolean {
  const [program = ""] = words;
  return program.trim() !== "" && !words.some((word) => word.includes("\0"));
}

function isVariable(name: string): boolean {
  return /^[^=\0]+$/.test(name);
}
