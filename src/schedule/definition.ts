import { BellcastError } from "../core/errors.ts";
import { bytesData, checkSize, type Data, dataOf, jsonData, textData } from "../core/message.ts";
import { isJobName, isTopic } from "../core/names.ts";
import { quoted } from "../core/subscription.ts";
import { ALL } from "../core/topic.ts";
import type { Action, RunFacts } from "./actions/action.ts";
import { dataAction } from "./actions/data.ts";
import { execAction } from "./actions/exec.ts";
import { fetchAction } from "./actions/fetch.ts";
import { moduleAction } from "./actions/module.ts";
import { templateAction } from "./actions/template.ts";
import type { JobOptions } from "./job-options.ts";
import { DEFAULT_POLICY, type Policy } from "./policy.ts";
import { type TriggerDefinition, triggerOf } from "./triggers.ts";

/**
 * A job as it is written down: one of `cron`, `every` and `at`, and exactly one action. What is left
 * out of the policy is as `DEFAULT_POLICY` says.
 */
export interface JobDefinition extends Partial<Policy>, TriggerDefinition {
  readonly name: string;
  /** `all` when left out. */
  readonly topic?: string | undefined;
  /** True when left out. */
  readonly enabled?: boolean | undefined;
  /** The sid that its messages are from. */
  readonly from?: string | undefined;
  /** How long its messages may be sent to latecomers, in milliseconds. */
  readonly ttlMs?: number | undefined;

  /** The same text at every run. */
  readonly message?: string | undefined;
  /** The same JSON at every run, as text. */
  readonly json?: string | undefined;
  /** The same bytes at every run, in base64. */
  readonly base64?: string | undefined;
  /** A text with the run's facts. */
  readonly template?: string | undefined;
  /** An http or https address. */
  readonly fetch?: string | undefined;
  /** Of the request; GET when left out. */
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** A JSONPath of RFC 9535: the part of the answer that is published. */
  readonly select?: string | undefined;
  /** Values within `fetch`, `headers` and `body` that lists and logs must not show. */
  readonly secrets?: readonly string[] | undefined;
  /** Whether the address may be a private one. */
  readonly allowPrivate?: boolean | undefined;
  /** A command and its arguments. */
  readonly exec?: readonly string[] | undefined;
  /** The environment of the command; empty when left out. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Where the command runs; the working directory when left out. */
  readonly cwd?: string | undefined;
  /** The absolute path of a TypeScript file: see `bellcast/job`. */
  readonly module?: string | undefined;
  /** The most memory of the module's process, in bytes; 256 MiB when left out. */
  readonly memoryBytes?: number | undefined;
  /** The embedding program's own: makes what is published; undefined publishes nothing. */
  readonly run?: ((facts: RunFacts & { readonly signal: AbortSignal }) => unknown) | undefined;
}

/** What actions are built with. */
export interface Workshop {
  /** The most bytes that a run may publish. */
  readonly messageBytes: number;
  /** How requests name themselves. */
  readonly userAgent: string;
  /** Whether a module whose file changes is loaded anew. */
  readonly watch: boolean;
}

const ACTIONS = [
  "message",
  "json",
  "base64",
  "template",
  "fetch",
  "exec",
  "module",
  "run",
] as const;

const DURATIONS = ["jitterMs", "timeoutMs", "backoffMs", "ttlMs"] as const;

/**
 * Builds a job from its definition.
 *
 * @throws ScheduleError, TemplateError, ActionError, BellcastError `invalid_job`,
 *   `invalid_topic`, `message_too_large`, or TypeError for no action or several
 */
export function jobOf(
  definition: JobDefinition,
  origin: JobOptions["origin"],
  workshop: Workshop,
): JobOptions {
  const { name, topic = ALL, enabled = true, from, ttlMs } = definition;
  if (!isJobName(name)) {
    const detail = `${JSON.stringify(name.slice(0, 80))} is not the name of a job.`;
    throw new BellcastError("invalid_job", { detail });
  }
  if (!isTopic(topic)) throw new BellcastError("invalid_topic", { detail: quoted(topic) });
  for (const key of DURATIONS) {
    const { [key]: ms = 0 } = definition;
    // JSON, as which a definition is kept, has no infinity.
    if (Number.isFinite(ms) && ms >= 0) continue;
    const detail = `${key} of ${name} takes a number of milliseconds, not ${ms}.`;
    throw new BellcastError("invalid_job", { detail });
  }
  return {
    ...policyOf(definition),
    ...{ name, topic, enabled, origin, from, ttlMs },
    trigger: triggerOf(definition),
    action: actionOf(definition, workshop),
  };
}

/** A definition as text, from which `JSON.parse` makes it again. A function cannot be kept. */
export function serialize({ run: _, ...definition }: JobDefinition): string {
  return JSON.stringify(definition);
}

/** What is named and undefined must not take a default away. */
function policyOf(definition: JobDefinition): Policy {
  const said = Object.keys(DEFAULT_POLICY).flatMap((key) => {
    const value = definition[key as keyof Policy];
    return value === undefined ? [] : [[key, value]];
  });
  return { ...DEFAULT_POLICY, ...(Object.fromEntries(said) as Partial<Policy>) };
}

function actionOf(definition: JobDefinition, workshop: Workshop): Action {
  const [key, ...more] = ACTIONS.filter((name) => definition[name] !== undefined);
  if (key === undefined || more.length > 0) {
    throw new TypeError(
      `Job ${definition.name} needs exactly one of message, template, fetch, exec, module and run.`,
    );
  }
  const { messageBytes, userAgent, watch } = workshop;
  const { message = "", json = "", base64 = "", template = "", fetch = "", exec = [] } = definition;
  const { module = "", run = () => {}, tz, allowPrivate = false } = definition;
  switch (key) {
    case "message":
      return dataAction(fitting(textData(message), workshop));
    case "json":
      return dataAction(fitting(jsonData(json), workshop));
    case "base64":
      return dataAction(fitting(bytesData(Buffer.from(base64, "base64")), workshop));
    case "template":
      return templateAction(template, { tz });
    case "fetch": {
      const { method, headers, body, select, secrets } = definition;
      const request = { url: fetch, method, headers, body, select, secrets, allowPrivate };
      return fetchAction({ ...request, maxBytes: messageBytes, userAgent });
    }
    case "exec": {
      const { env = {}, cwd } = definition;
      return execAction({ argv: exec, env, cwd, maxBytes: messageBytes });
    }
    case "module": {
      const { memoryBytes } = definition;
      return moduleAction({ file: module, allowPrivate, memoryBytes, messageBytes, watch });
    }
    case "run":
      return callAction(run);
  }
}

/** @throws BellcastError `message_too_large`: no run could ever publish it */
function fitting(data: Data, { messageBytes }: Workshop): Data {
  checkSize(data, messageBytes);
  return data;
}

/** The embedding program's own function. */
function callAction(run: NonNullable<JobDefinition["run"]>): Action {
  return {
    kind: "run",
    async run(facts, { signal }): Promise<Data | undefined> {
      const value = await run({ ...facts, signal });
      return value === undefined ? undefined : dataOf(value);
    },
  };
}
