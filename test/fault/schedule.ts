import { body, type History } from "../http/harness.ts";
import { accountOf } from "./account.ts";
import { readLog, textOf } from "./entry.ts";
import type { Experiment, Setting } from "./experiment.ts";
import { FaultServer } from "./server.ts";

const LONG = {
  /** How long messages fall due and jobs run. */
  seconds: 60,
  messages: 1_000,
  topics: 5,
  /** Bytes of a message. */
  bytes: 100,
};

/** The longest time that the server is left in peace, and down, in milliseconds. */
const [PEACE_MS, DOWN_MS] = [5_000, 2_500];

/** What a server that was up must have published, in milliseconds after its time. */
const LATE_MS = 1_000;

/** Jobs by their name: every so many seconds, and what becomes of what is missed. */
const JOBS = [
  { name: "second-once", everyMs: 1_000, missed: "once" },
  { name: "two-once", everyMs: 2_000, missed: "once" },
  { name: "second-skip", everyMs: 1_000, missed: "skip" },
  { name: "three-skip", everyMs: 3_000, missed: "skip" },
] as const;

function configOf(atMs: number): string {
  const every = JOBS.map(
    ({ name, everyMs, missed }) => `
[[job]]
name = "${name}"
every = "${everyMs}ms"
missed = "${missed}"
topic = "job.${name}"
template = "{{time}}"`,
  );
  return `
[log]
level = "warn"
[topics."**"]
history = 1000000
age = "7d"
bytes = "1GiB"
${every.join("\n")}
[[job]]
name = "at"
at = "${new Date(atMs).toISOString()}"
missed = "once"
topic = "job.at"
template = "{{time}}"
`;
}

/** A time in which the server is not there, in milliseconds since the Unix epoch. */
interface Downtime {
  readonly killed: number;
  readonly spawned: number;
  readonly ready: number;
}

export const schedule: Experiment<typeof LONG> = {
  about:
    "kill -9 at random moments while messages fall due and jobs run: each is published once, none early",
  long: LONG,
  short: { ...LONG, seconds: 12, messages: 300 },
  run,
};

async function run(sizes: typeof LONG, { report, random, command }: Setting): Promise<void> {
  const endsAt = Date.now() + 3_000 + sizes.seconds * 1_000;
  const dueFrom = endsAt - sizes.seconds * 1_000;
  const atMs = dueFrom + Math.floor(random() * sizes.seconds * 1_000);
  await using server = await FaultServer.start({ command, config: configOf(atMs) });
  const { url } = server;
  const began = Date.now();
  const topics = Array.from({ length: sizes.topics }, (_, index) => `due.${index}`);
  const due = Array.from({ length: sizes.messages }, () =>
    Math.floor(dueFrom + random() * (endsAt - dueFrom)),
  );
  await Promise.all(
    due.map(async (time, name) => {
      const topic = topics[name % topics.length];
      const answer = await fetch(`${url}/t/${topic}`, {
        method: "POST",
        headers: { At: new Date(time).toISOString() },
        body: textOf(name, sizes.bytes),
      });
      if (answer.status !== 202) throw new Error(await answer.text());
    }),
  );

  const downs: Downtime[] = [];
  while (Date.now() < endsAt) {
    await Bun.sleep(random() * PEACE_MS);
    const killed = Date.now();
    await server.end("SIGKILL");
    await Bun.sleep(random() < 0.5 ? 0 : random() * DOWN_MS);
    const spawned = Date.now();
    await server.restart();
    downs.push({ killed, spawned, ready: Date.now() });
  }
  await emptied(url);
  const finished = Date.now();
  await server.end("SIGKILL");
  await server.restart();

  report.bound("kills", downs.length, { min: 1 });
  const entries = await readLog(url, topics);
  const names = due.map((_, name) => name);
  const account = accountOf(
    names,
    entries.map(({ name }) => name),
  );
  report.bound("messages", sizes.messages, { min: 1 });
  report.bound("due and not published", account.lost, { max: 0 });
  report.bound("published twice", account.repeated, { max: 0 });
  report.bound("published and never scheduled", account.unknown, { max: 0 });
  const late = await latenessOf(url, topics, due);
  report.bound("published early", late.filter((ms) => ms < 0).length, { max: 0 });
  report.bound("latest, of those due while it was up", latestUp(due, late, downs), {
    max: 250,
    unit: " ms",
    timed: true,
  });

  for (const job of JOBS) {
    const slots = await slotsOf(url, job.name);
    report.bound(`runs of ${job.name}`, slots.length, { min: 1 });
    report.bound(`${job.name}: slots run twice`, slots.length - new Set(slots).size, { max: 0 });
    const wrong = downs.filter((down) => !isHonoured(job, new Set(slots), down));
    report.bound(`${job.name}: downtimes after which missed was not honoured`, wrong.length, {
      max: 0,
    });
    const left = leftOut(job.everyMs, slots, { began, finished, downs });
    report.bound(`${job.name}: slots left out while it was up`, left, { max: 0, timed: true });
  }
  report.bound("runs of the job at one time", (await slotsOf(url, "at")).length, {
    min: 1,
    max: 1,
  });
}

/** Resolves when nothing waits any more. */
async function emptied(url: string): Promise<void> {
  for (;;) {
    const { total } = await body<{ total: number }>(fetch(`${url}/v1/scheduled?limit=1`));
    if (total === 0) return;
    await Bun.sleep(20);
  }
}

/** How late each message was published, in milliseconds, by its name. */
async function latenessOf(
  url: string,
  topics: readonly string[],
  due: readonly number[],
): Promise<number[]> {
  const late = due.map(() => Number.POSITIVE_INFINITY);
  for (const topic of topics) {
    const { messages } = await body<History>(fetch(`${url}/t/${topic}?since=all&limit=1000`));
    for (const { data, time } of messages) {
      const name = Number.parseInt(String(data), 10);
      late[name] = time - (due[name] ?? 0);
    }
  }
  return late;
}

/** The greatest lateness of what was due while the server was up, and long enough before it was killed. */
function latestUp(
  due: readonly number[],
  late: readonly number[],
  downs: readonly Downtime[],
): number {
  const isUp = (time: number) =>
    downs.every(({ killed, ready }) => time < killed - LATE_MS || time > ready);
  return Math.max(0, ...late.filter((_, name) => isUp(due[name] ?? 0)));
}

/** The slots that a job has run for, in the order of their publishing. */
async function slotsOf(url: string, job: string): Promise<number[]> {
  const answer = fetch(`${url}/t/job.${job}?since=all&limit=1000`);
  return (await body<History>(answer)).messages.map(({ data }) => Date.parse(String(data)));
}

/** Whether a job did of a downtime what it was to do. */
function isHonoured(
  { everyMs, missed }: (typeof JOBS)[number],
  slots: ReadonlySet<number>,
  { killed, spawned, ready }: Downtime,
): boolean {
  const latest = Math.floor(spawned / everyMs) * everyMs;
  let passed = Math.ceil((killed + 1) / everyMs) * everyMs;
  for (; passed < latest; passed += everyMs) if (slots.has(passed)) return false;
  if (latest <= killed) return true;
  if (missed === "skip") return !slots.has(latest);
  // It may have come up just after a later one.
  for (let slot = latest; slot <= ready; slot += everyMs) if (slots.has(slot)) return true;
  return false;
}

/** How many slots of the time in which the server was up, and stayed up, have not been run. */
function leftOut(
  everyMs: number,
  slots: readonly number[],
  { began, finished, downs }: { began: number; finished: number; downs: readonly Downtime[] },
): number {
  const run = new Set(slots);
  let left = 0;
  for (
    let slot = Math.ceil(began / everyMs) * everyMs;
    slot < finished - LATE_MS;
    slot += everyMs
  ) {
    const isUp = downs.every(({ killed, ready }) => slot < killed - LATE_MS || slot > ready);
    if (isUp && !run.has(slot)) left++;
  }
  return left;
}
