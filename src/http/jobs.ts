import { RUNS_KEPT, withoutJob } from "../core/agenda.ts";
import { BellcastError } from "../core/errors.ts";
import { isSid } from "../core/names.ts";
import type { JobDefinition } from "../schedule/definition.ts";
import type { Schedule } from "../schedule/jobs.ts";
import { parseJson, readData } from "./body.ts";
import { integer } from "./parameters.ts";
import { json } from "./reply.ts";
import type { Context } from "./router.ts";

export interface JobRoutesOptions {
  readonly schedule: Schedule;
  /** Reads a job as a client sends it. @throws BellcastError `invalid_job` */
  readonly readJob: (value: unknown) => JobDefinition;
  readonly limits: { readonly messageBytes: number };
}

/** How much longer the JSON of a job may be than the message in it: every byte may be escaped as six. */
const jobBytes = (messageBytes: number) => 6 * messageBytes + 16 * 1024;

/** The handlers of `/v1/jobs`. */
export function jobRoutes({ schedule, readJob, limits }: JobRoutesOptions) {
  const read = async (request: Request): Promise<JsonObject> => {
    const data = await readData(request, jobBytes(limits.messageBytes), "The most for a job");
    const value: unknown = data.kind === "bytes" ? undefined : parseJson(data.text);
    if (isObject(value)) return value;
    throw new BellcastError("invalid_job", { detail: "Send the job as a JSON object." });
  };
  return {
    /** `GET /v1/jobs`: the jobs of the file and those that were added, each with where it is from. */
    list: () => json({ jobs: schedule.list() }),

    get: ({ params }: Context) => json(schedule.get(nameOf(params))),

    /** `POST /v1/jobs`: adds a job. */
    async add({ request }: Context) {
      const job = await schedule.add(readJob(await read(request)), { replaces: false });
      return json(job, 201);
    },

    /** `PUT /v1/jobs/{name}`: adds a job, or changes one that was added. */
    async put({ request, params }: Context) {
      const name = nameOf(params);
      const asked = await read(request);
      if (asked["name"] !== undefined && asked["name"] !== name) {
        const detail = "name differs from the one in the path: a job keeps its name.";
        throw new BellcastError("invalid_job", { detail });
      }
      const status = schedule.has(name) ? 200 : 201;
      return json(await schedule.add(readJob({ ...asked, name }), { replaces: true }), status);
    },

    async remove({ params }: Context) {
      const name = nameOf(params);
      await schedule.remove(name);
      return json({ name, removed: true });
    },

    /** `POST /v1/jobs/{name}/run`: runs it now, and answers with what came of it. */
    run: async ({ params }: Context) => json(withoutJob(await schedule.run(nameOf(params)))),
    pause: async ({ params }: Context) => json(await schedule.pause(nameOf(params))),
    resume: async ({ params }: Context) => json(await schedule.resume(nameOf(params))),

    /** `GET /v1/jobs/{name}/runs`: its last runs, the newest first; `?limit=` narrows it. */
    runs({ params, query }: Context) {
      const name = nameOf(params);
      const limit = integer(query, "limit", { min: 1, max: RUNS_KEPT });
      return json({ name, runs: schedule.runs(name, limit).map(withoutJob) });
    },
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

function nameOf({ name = "" }: Readonly<Record<string, string>>): string {
  if (isSid(name)) return name;
  throw new BellcastError("unknown_job", {
    detail: `${JSON.stringify(name.slice(0, 80))} is no job.`,
  });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
