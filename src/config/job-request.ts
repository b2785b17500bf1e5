import * as v from "valibot";

import { BellcastError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { isLinear } from "../schedule/actions/select.ts";
import type { JobDefinition } from "../schedule/definition.ts";
import { isTable } from "./document.ts";
import { JOB_KEYS, jobs } from "./job.ts";
import { secretsIn } from "./secrets.ts";

/** What reaches for this machine is written by who owns it, in the file. */
const OF_THE_FILE = ["exec", "env", "allow_exec", "module", "memory", "allow_private"];

/** What a client says here goes out as it is: nobody may believe that it is filled in. */
const MAY_NAME_SECRETS = ["fetch", "headers", "body"];

/**
 * Reads a job as a client sends it: the keys of `[[job]]`, but for those that reach for this machine.
 *
 * @throws BellcastError `invalid_job`
 */
export function readJob(value: unknown): JobDefinition {
  if (!isTable(value)) throw invalid("A job is a JSON object with the keys of [[job]].");
  const known = Object.keys(JOB_KEYS);
  for (const [key, text] of Object.entries(value)) {
    if (!known.includes(key)) {
      const near = nearest(key, known);
      throw invalid(
        `${key} is no key of a job${near === undefined ? "." : `; did you mean ${near}?`}`,
      );
    }
    if (OF_THE_FILE.includes(key)) {
      throw invalid(`${key} may be said in the configuration file alone.`);
    }
    if (MAY_NAME_SECRETS.includes(key) && secretsIn(JSON.stringify(text)).length > 0) {
      throw invalid(`${key} names a secret of this machine: only the configuration file may.`);
    }
  }
  if (value["name"] === undefined) throw invalid("name is missing.");
  const read = v.safeParse(jobs, [value], { lang: "en" });
  const [job] = read.success ? read.output : [];
  if (job === undefined) throw invalid((read.issues ?? []).map(sentence).join("; "));
  const { allowExec: _, env: _env, ...definition } = job;
  if (definition.select !== undefined && !isLinear(definition.select)) {
    throw invalid(
      "select has a filter, a list or a second ..: only the configuration file may, for such a query can take any time.",
    );
  }
  return definition;
}

function sentence({ path, message }: v.BaseIssue<unknown>): string {
  const key = (path ?? [])
    .map(({ key }) => key)
    .filter((key) => typeof key === "string")
    .join(".");
  const reason = message.replace(/\.$/, "");
  return key === "" ? `the job ${reason}` : `${key}: ${reason}`;
}

function invalid(detail: string): BellcastError {
  return new BellcastError("invalid_job", { detail });
}
