import type { Clock } from "../core/clock.ts";
import { BellcastError } from "../core/errors.ts";
import type { Text } from "../core/language.ts";
import type { Data } from "../core/message.ts";
import type { HubTerms } from "../core/publisher.ts";
import { parseDuration } from "../core/units.ts";
import { Cron } from "./cron.ts";
import { describeInstant, Instant } from "./instant.ts";
import type { Schedule } from "./jobs.ts";
import { ScheduleError } from "./schedule-error.ts";
import type { LaterTerms, Scheduled } from "./scheduled.ts";
import { zoneName } from "./zone.ts";

/** When a message is to be published: exactly one of `delay`, `at` and `cron`. */
export interface When {
  /** A duration such as `30s`. */
  readonly delay?: string | undefined;
  /** A time of RFC 3339; without an offset it is a local time of `tz`. */
  readonly at?: string | undefined;
  /** A cron expression as Spring reads it: the message is published again and again. */
  readonly cron?: string | undefined;
  /** An IANA time zone. */
  readonly tz?: string | undefined;
  /** The name of the job that `cron` makes, or replaces; made up when left out. */
  readonly job?: string | undefined;
}

/** What became of a message that is to be published later. */
export interface ScheduledReceipt {
  /** Of the message that waits; of a job its name. */
  readonly id: string;
  readonly topic: string;
  /** When it is published next, in milliseconds since the Unix epoch. */
  readonly next: number;
  /** The time zone that it is told in. */
  readonly tz: string;
  /** Its schedule in plain words. */
  readonly words: Text;
  readonly job?: string | undefined;
  /** True when its key was known: this is the first one's receipt, and nothing more waits. */
  readonly repeat?: true | undefined;
}

export interface LaterOptions {
  readonly clock: Clock;
  readonly schedule: Pick<Schedule, "add">;
  readonly scheduled: Pick<Scheduled, "schedule">;
  /** Checks a message before it waits. @throws BellcastError */
  readonly accept: (topic: string, data: Data, terms: HubTerms) => Promise<Data>;
}

/** The longest `delay`, in milliseconds: ten years. */
const MAX_DELAY_MS = 3650 * 24 * 60 * 60 * 1000;

/** How a message that is published later may be published. */
export type LaterPublishTerms = Omit<LaterTerms, "due" | "words" | "refusal">;

/** Publishing with a schedule: once, later; or again and again, as a job. */
export class Later {
  readonly #options: LaterOptions;

  constructor(options: LaterOptions) {
    this.#options = options;
  }

  /**
   * Takes a message to be published later; resolves when that is sure.
   *
   * @throws BellcastError `invalid_schedule`, `too_many_scheduled`, `too_many_jobs`, `job_fixed`, and
   *   what a publish throws
   */
  async publish(
    topic: string,
    data: Data,
    when: When,
    terms: LaterPublishTerms,
  ): Promise<ScheduledReceipt> {
    const { delay, at, cron, tz, job } = when;
    for (const [name, word] of Object.entries(when)) {
      // A program may have no types.
      const isText = word === undefined || typeof word === "string";
      if (!isText) throw invalid(`${name} takes a text; not ${typeof word}.`);
    }
    if ([delay, at, cron].filter((word) => word !== undefined).length !== 1) {
      throw invalid("Say when by one of Delay, At and Cron.");
    }
    if (job !== undefined && cron === undefined) throw invalid("Job names what Cron makes.");
    if (cron !== undefined) return this.#again(topic, data, { cron, tz, job }, terms);
    if (tz !== undefined && at === undefined) throw invalid("Time-Zone belongs to At or Cron.");
    const { due, zone, refusal } =
      at === undefined
        ? { due: this.#after(delay ?? ""), zone: zoneName(), refusal: undefined }
        : this.#at(at, tz);
    const words = at === undefined ? `delay ${delay}` : `at ${due}`;
    const { scheduled } = this.#options;
    const accepted = await scheduled.schedule(topic, data, { ...terms, due, words, refusal });
    const wordsIn = (lang: "en" | "zh") => describeInstant(accepted.due, zone, lang);
    return {
      ...{ id: accepted.id, topic, next: accepted.due, tz: zone },
      words: { en: wordsIn("en"), zh: wordsIn("zh") },
      repeat: accepted.isRepeat ? true : undefined,
    };
  }

  async #again(
    topic: string,
    data: Data,
    { cron, tz, job = `publish-${crypto.randomUUID()}` }: When & { cron: string },
    { from, key, ttlMs, source }: LaterPublishTerms,
  ): Promise<ScheduledReceipt> {
    if (key !== undefined) {
      throw invalid("A message with Cron takes no key: its Job makes a repeat replace the first.");
    }
    const { accept, schedule } = this.#options;
    read(() => new Cron(cron, tz === undefined ? {} : { tz }));
    const passed = await accept(topic, data, { from, source });
    const definition = { name: job, topic, cron, tz, from, ttlMs, ...contentOf(passed) };
    const { next, ...summary } = await schedule.add(definition, { replaces: true, resumes: true });
    if (next === undefined) throw invalid("It never runs.");
    return { id: job, topic, next, tz: summary.tz, words: summary.words, job };
  }

  #after(delay: string): number {
    const delayMs = parseDuration(delay);
    if (delayMs !== undefined && delayMs > 0 && delayMs <= MAX_DELAY_MS) {
      return this.#options.clock.now() + delayMs;
    }
    throw invalid(
      `Delay takes a duration such as 30s, 10m or 24h, from 1ms to 3650d; not ${quote(delay)}.`,
    );
  }

  #at(at: string, tz: string | undefined) {
    const { timeMs: due, tz: zone } = read(() => new Instant(at, tz === undefined ? {} : { tz }));
    const isPast = due <= this.#options.clock.now();
    return { due, zone, refusal: isPast ? invalid(`${quote(at)} is past.`) : undefined };
  }
}

/** Does what reads a schedule, and tells a client what is wrong with his. */
function read<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof ScheduleError ? invalid(error.message) : error;
  }
}

/** A payload as a job's definition has it. */
function contentOf(data: Data) {
  if (data.kind === "text") return { message: data.text };
  if (data.kind === "json") return { json: data.text };
  return { base64: Buffer.from(data.bytes).toString("base64") };
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

function invalid(detail: string): BellcastError {
  return new BellcastError("invalid_schedule", { detail });
}
