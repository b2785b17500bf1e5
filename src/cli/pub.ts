import { isTopic } from "../core/names.ts";
import type { PublishResult, ScheduledReceipt } from "../index.ts";
import { localTime } from "./banner.ts";
import { CliError, EXIT, type ExitCode } from "./exit.ts";
import { request, serverUrl } from "./remote.ts";
import type { Terminal } from "./terminal.ts";
import type { Invocation } from "./verb.ts";

/** The terms of publishing, each as an option and as a query parameter. */
const TERMS = [
  ...(["from", "key", "ttl", "at", "cron", "tz", "job"] as const).map(
    (name) => [name, name] as const,
  ),
  ["in", "delay"],
] as const;

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
  const url = new URL(`/t/${encodeURIComponent(topic)}`, await serverUrl(invocation));
  for (const [option, parameter] of TERMS) {
    if (values[option] !== undefined) url.searchParams.set(parameter, values[option]);
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
  const result = (await response.json()) as PublishResult | ScheduledReceipt;
  if (values.json) terminal.data(JSON.stringify(result));
  else if ("next" in result) terminal.info(laterText(result, terminal));
  else {
    const { id, sessions, repeat } = result;
    const kept = id === undefined ? "publishedUnretained" : "published";
    const text = repeat === true ? "publishedBefore" : kept;
    terminal.info(terminal.text(text, { topic, sessions, id: id ?? "" }));
  }
  return EXIT.ok;
}

function laterText(receipt: ScheduledReceipt, terminal: Terminal): string {
  const { id, topic, next, tz, job, repeat } = receipt;
  const words = receipt.words[terminal.lang];
  const once = repeat === true ? "scheduledBefore" : "scheduledOnce";
  const key = job === undefined ? once : "scheduledAgain";
  return terminal.text(key, { id, topic, words, tz, next: localTime(next, tz) });
}
