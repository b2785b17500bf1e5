import type { Text } from "../core/language.ts";
import { ScheduleError } from "../schedule/schedule-error.ts";
import { triggerOf } from "../schedule/triggers.ts";
import { isTable, type Table } from "./document.ts";
import { type JobFinding, requestFindings } from "./request-rules.ts";
import { addressWithoutSecrets, misspeltIn, withoutSecrets } from "./secrets.ts";
import { TEXTS } from "./texts.ts";

const SCHEDULES = ["cron", "every", "at"] as const;

/** Each action, and the keys that only it has. */
const ACTIONS = {
  message: [],
  template: [],
  fetch: ["method", "headers", "body", "select"],
  exec: ["env", "allow_exec"],
  module: ["memory"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type ActionName = keyof typeof ACTIONS;

/** Everything that keys of a job make together, whatever is wrong with one of them alone. */
export function jobFindings(job: Table): JobFinding[] {
  return [...presenceFindings(job), ...instantFindings(job), ...requestFindingsOf(job)];
}

/** Which keys there are, and which there must not be. */
function presenceFindings(job: Table): JobFinding[] {
  const has = (key: string) => job[key] !== undefined;
  // What is left out has its default here: a false allows nothing, and stands nowhere in the way.
  const isSaid = (key: string) => has(key) && job[key] !== false;
  const findings: JobFinding[] = [];
  const blame = (path: readonly string[], message: Text) => findings.push({ path, message });
  const [schedule, ...schedules] = SCHEDULES.filter(has);
  if (schedule === undefined) blame([], TEXTS.noSchedule);
  for (const key of schedules) blame([key], TEXTS.secondSchedule(schedule ?? ""));
  const names = Object.keys(ACTIONS) as ActionName[];
  const [action, ...actions] = names.filter(has);
  if (action === undefined) blame([], TEXTS.noAction);
  for (const key of actions) blame([key], TEXTS.secondAction(action ?? ""));
  for (const name of names) {
    if (has(name)) continue;
    for (const key of ACTIONS[name]) if (isSaid(key)) blame([key], TEXTS.foreignKey([name]));
  }
  if (isSaid("allow_private") && !has("fetch") && !has("module")) {
    blame(["allow_private"], TEXTS.foreignKey(["fetch", "module"]));
  }
  if (has("exec") && job["allow_exec"] !== true) blame(["exec"], TEXTS.notAllowed);
  return findings;
}

/** A local time needs the zone that stands beside it. */
function instantFindings({ at, tz }: Table): JobFinding[] {
  if (typeof at !== "string" || tz !== undefined) return [];
  if (complaintOf({ at, tz: "UTC" }) !== undefined) return [];
  const message = complaintOf({ at });
  return message === undefined ? [] : [{ path: ["at"], message }];
}

function complaintOf(trigger: Parameters<typeof triggerOf>[0]): Text | undefined {
  try {
    triggerOf(trigger);
    return undefined;
  } catch (error) {
    if (error instanceof ScheduleError) return error.reason;
    throw error;
  }
}

/** The request of a `fetch`, as far as it can be judged without its secrets. */
function requestFindingsOf({ fetch, method, headers, body, allow_private }: Table): JobFinding[] {
  if (fetch === undefined) return [];
  const named = Object.entries(isTable(headers) ? headers : {});
  const misspelt = [
    ...misspeltFindings(["fetch"], fetch),
    // A body may have anything in it.
    ...named.flatMap(([name, value]) => misspeltFindings(["headers", name], value)),
  ];
  if (misspelt.length > 0) return misspelt;
  return requestFindings({
    fetch: changed(fetch, addressWithoutSecrets),
    ...{ method, body, allowPrivate: allow_private === true },
    headers: Object.fromEntries(
      named.map(([name, value]) => [name, changed(value, withoutSecrets)]),
    ),
  });
}

function changed(value: unknown, change: (text: string) => string): unknown {
  return typeof value === "string" ? change(value) : value;
}

function misspeltFindings(path: readonly string[], text: unknown): JobFinding[] {
  const shown = typeof text === "string" ? misspeltIn(text) : undefined;
  return shown === undefined ? [] : [{ path, message: TEXTS.misspeltSecret(shown) }];
}
