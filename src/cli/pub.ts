import { isTopic } from "../core/names.ts";
import type { PublishResult } from "../index.ts";
import { CliError, EXIT, type ExitCode } from "./exit.ts";
import { request, serverUrl } from "./remote.ts";
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
  const url = new URL(`/t/${encodeURIComponent(topic)}`, await serverUrl(invocation));
  for (const name of ["from", "key", "ttl"] as const) {
    if (values[name] !== undefined) url.searchParams.set(name, values[name]);
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
  const result = (await response.json()) as PublishResult;
  if (values.json) terminal.data(JSON.stringify(result));
  else {
    const { id, sessions, repeat } = result;
    const kept = id === undefined ? "publishedUnretained" : "published";
    const text = repeat === true ? "publishedBefore" : kept;
    terminal.info(terminal.text(text, { topic, sessions, id: id ?? "" }));
  }
  return EXIT.ok;
}
