import { BellcastError } from "../core/errors.ts";
import { dataOf } from "../core/message.ts";
import { isTopic } from "../core/names.ts";
import { quoted } from "../core/subscription.ts";
import { ALL } from "../core/topic.ts";
import type { Action, RunFacts } from "./actions/action.ts";
import { messageAction } from "./actions/message.ts";
import { templateAction } from "./actions/template.ts";
import { Cron } from "./cron.ts";
import type { JobOptions } from "./jobs.ts";

/** A job as it is written down: one schedule, and exactly one of `message`, `template` and `run`. */
export interface JobDefinition {
  readonly name: string;
  /** A cron expression as Spring reads it: six fields with seconds, the common five, or a macro. */
  readonly cron: string;
  /** An IANA time zone; the machine's own when left out. */
  readonly tz?: string | undefined;
  /** `all` when left out. */
  readonly topic?: string | undefined;
  /** True when left out. */
  readonly enabled?: boolean | undefined;
  readonly message?: string | undefined;
  readonly template?: string | undefined;
  /** Makes what is published; undefined publishes nothing. A throw is the run's failure. */
  readonly run?: ((facts: RunFacts) => unknown) | undefined;
}

/**
 * Builds a job from its definition.
 *
 * @throws CronError, TemplateError, BellcastError `invalid_topic`, or TypeError for no action or several
 */
export function jobOf(definition: JobDefinition): JobOptions {
  const { name, cron, tz, topic = ALL, enabled = true } = definition;
  if (!isTopic(topic)) throw new BellcastError("invalid_topic", { detail: quoted(topic) });
  const zone = tz === undefined ? {} : { tz };
  return { name, topic, enabled, cron: new Cron(cron, zone), action: actionOf(definition) };
}

function actionOf({ name, tz, message, template, run }: JobDefinition): Action {
  const actions: Action[] = [];
  if (message !== undefined) actions.push(messageAction(message));
  if (template !== undefined) actions.push(templateAction(template, { tz }));
  if (run !== undefined) actions.push(callAction(run));
  const [action] = actions;
  if (action === undefined || actions.length > 1) {
    throw new TypeError(`Job ${name} needs exactly one of message, template and run.`);
  }
  return action;
}

/** The embedding program's own function. */
function callAction(run: (facts: RunFacts) => unknown): Action {
  return async (facts) => {
    const value = await run(facts);
    return value === undefined ? undefined : dataOf(value);
  };
}
