import { isTopic } from "../core/names.ts";
import type { PublishResult, ScheduledReceipt } from "../index.ts";
import { zoneName } from "../schedule/zone.ts";
import { CliError, EXIT, type ExitCode } from "./exit.ts";
import { answerOf, request, serverUrl } from "./remote.ts";
import type { Terminal } from "./terminal.ts";
import { localTime } from "./times.ts";
import type { Invocation } from "./verb.ts";

/** `bellcast pub TOPIC [DATA]`: publishes, and says what became of it. */
export async function pub(invocation: Invocation): Promise<ExitCode> {
  const { values, positionals, terminal } = invocation;
  const [word, data = "-", ...rest] = positionals;
  const needsInput = data === "-";
  if (word === undefined || rest.length > 0 || (needsInput && process.stdin.isTTY)) {
    throw new CliError(EXIT.usage, terminal.text("pubUsage"));
  }
  // What is typed on a Mac may be in another form of the same letters.
  const topic = word.normalize("NFC");
  if (!isTopic(topic)) throw new CliError(EXIT.usage, terminal.text("badTopic", { word }));
  const terms = termsOf(invocation);
  const url = new URL(`/t/${encodeURIComponent(topic)}`, await serverUrl(invocation));
  for (const [name, value] of Object.entries(terms)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const response = await request(
    url,
    {
      method: "POST",
      body: needsInput ? await Bun.stdin.bytes() : data,
      headers: { "Content-Type": values.type ?? "text/plain; charset=utf-8" },
    },
    terminal,
  );
  const result = (await answerOf(response, url, terminal)) as PublishResult | ScheduledReceipt;
  if (values.json) terminal.data(JSON.stringify(result));
  else if ("next" in result) terminal.info(laterText(result, terminal));
  else {
    const { id, sessions } = result;
    terminal.info(terminal.text(outcomeOf(result), { topic, sessions, id: id ?? "" }));
  }
  return EXIT.ok;
}

function outcomeOf({ id, repeat, skipped }: PublishResult) {
  if (skipped === true) return "publishedSkipped";
  if (repeat === true) return "publishedBefore";
  return id === undefined ? "publishedUnretained" : "published";
}

/** The terms of publishing, as query parameters. @throws CliError for options that contradict each other */
function termsOf({ values, terminal }: Invocation): Readonly<Record<string, string | undefined>> {
  const { from, key, ttl, in: delay, at, cron, job } = values;
  if ([delay, at, cron].filter((word) => word !== undefined).length > 1) {
    throw new CliError(EXIT.usage, terminal.text("pubOneTime"));
  }
  if (job !== undefined && cron === undefined) {
    throw new CliError(EXIT.usage, terminal.text("pubJobAlone"));
  }
  const isLocal = at !== undefined || cron !== undefined;
  if (values.tz !== undefined && !isLocal) {
    throw new CliError(EXIT.usage, terminal.text("pubZoneAlone"));
  }
  // A time of day is meant on the clocks of who types it, wherever the server is.
  const tz = isLocal ? (values.tz ?? zoneName()) : undefined;
  return { from, key, ttl, delay, at, cron, tz, job };
}

function laterText(receipt: ScheduledReceipt, terminal: Terminal): string {
  const { id, topic, next, tz, job, repeat } = receipt;
  const words = receipt.words[terminal.lang];
  const once = repeat === true ? "scheduledBefore" : "scheduledOnce";
  const key = job === undefined ? once : "scheduledAgain";
  return terminal.text(key, { id, topic, words, tz, next: localTime(next, tz) });
}
