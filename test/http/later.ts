import type { Bellcast, BellcastOptions } from "../../src/index.ts";
import { ManualClock } from "../clock.ts";
import { body, type History, start } from "./harness.ts";

export const NOW = Date.UTC(2026, 0, 1);
export const HOUR_MS = 3_600_000;

/** What a publish for later is answered with. */
export interface Later {
  readonly id: string;
  readonly topic: string;
  readonly next: number;
  readonly tz: string;
  readonly words: { readonly en: string; readonly zh: string };
  readonly job?: string;
  readonly repeat?: true;
}

/** What the list of those that wait is answered with. */
interface Waiting {
  readonly total: number;
  readonly scheduled: readonly Record<string, unknown>[];
}

export type Headers = Readonly<Record<string, string>>;

/** A server on a clock that stands still. */
export async function still(options: BellcastOptions = {}, clock = new ManualClock(NOW)) {
  const app = await start({ clock, ...options });
  async function close(): Promise<void> {
    let isClosed = false;
    const closed = app.close().then(() => (isClosed = true));
    // What is published in pages waits for its next turn.
    while (!isClosed) await clock.turn();
    await closed;
  }
  return { clock, app, close, [Symbol.asyncDispose]: close };
}

/** Publishes `x` to the topic `a`, with these terms. */
export const publish = (app: Bellcast, headers: Headers, text: BodyInit = "x", path = "/t/a") =>
  fetch(app.url + path, { method: "POST", body: text, headers });

export const schedule = (app: Bellcast, headers: Headers, text?: BodyInit, path?: string) =>
  body<Later>(publish(app, headers, text, path));

export const waiting = (app: Bellcast, query = "") =>
  body<Waiting>(fetch(`${app.url}/v1/scheduled${query}`));

export const history = async (app: Bellcast, topic = "a") =>
  (await body<History>(fetch(`${app.url}/t/${topic}`))).messages;

/** Resolves when no job is under way: a file takes a while to keep what they publish. */
export async function ended({ jobs }: Bellcast): Promise<void> {
  while (jobs.list().some(({ running }) => running)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Resolves when nothing is waiting: what is due is published in the turns after its instant. */
export async function allPublished(app: Bellcast): Promise<void> {
  while ((await waiting(app)).total > 0) continue;
}
