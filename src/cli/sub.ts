import { connect, type Message, type Status } from "../client/index.ts";
import { type ErrorCode, ERRORS } from "../core/errors.ts";
import { isInbox, isSid, isTopic } from "../core/names.ts";
import { CliError, EXIT, type ExitCode } from "./exit.ts";
import { reach, refusal, serverUrl } from "./remote.ts";
import type { Terminal } from "./terminal.ts";
import type { Invocation } from "./verb.ts";

/** `bellcast sub [TOPIC…]`: prints what arrives, and reconnects, until it is interrupted. */
export async function sub(invocation: Invocation): Promise<ExitCode> {
  const { values, terminal } = invocation;
  const topics = invocation.positionals.map((word) => word.normalize("NFC"));
  const sid = values.sid ?? crypto.randomUUID();
  checkNames(sid, topics, terminal);
  const url = await serverUrl(invocation);
  // The first attempt says at once what is wrong; later ones are repeated.
  const socket = new URL(`/ws/${encodeURIComponent(sid)}`, url);
  const probe = await reach(socket, {}, terminal);
  if (probe.status !== 426) throw await refusal(socket, probe, terminal);

  const { promise, resolve } = Promise.withResolvers<ExitCode>();
  const pretty = terminal.isInteractive && !values.json;
  using client = connect(url.origin, { sid, topics });
  let previous: Status["state"] = "connecting";
  client.on("message", (message) =>
    terminal.data(pretty ? prettyLine(message) : jsonLine(message)),
  );
  client.on("error", ({ code }) => {
    const message = Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode].message : undefined;
    terminal.error(message?.[terminal.lang] ?? code);
  });
  client.on("status", (status) => {
    if (status.state === "open" && previous !== "open") {
      terminal.info(terminal.text("subscribed", { sid, topics: client.topics.join(", ") }));
    }
    if (status.state === "waiting") terminal.error(waitingText(status, invocation));
    if (status.state === "refused") {
      terminal.error(terminal.text("closedForGood", { code: 0, reason: "", ...status }));
      resolve(EXIT.refused);
    }
    previous = status.state;
  });
  const stop = () => resolve(EXIT.interrupted);
  process.once("SIGINT", stop).once("SIGTERM", stop);
  // The reader has seen enough, or the disk is full: `flushed` tells which.
  process.stdout.on("error", () => resolve(EXIT.ok));
  return await promise;
}

function checkNames(sid: string, topics: readonly string[], terminal: Terminal): void {
  if (!isSid(sid)) throw new CliError(EXIT.usage, terminal.text("badSid", { word: sid }));
  for (const word of topics) {
    const key = isInbox(word) ? "inboxTopic" : "badTopic";
    if (isInbox(word) || !isTopic(word))
      throw new CliError(EXIT.usage, terminal.text(key, { word }));
  }
}

function waitingText({ code = 0, retryIn }: Status, { terminal }: Invocation): string {
  return terminal.text("lost", { code, seconds: (retryIn / 1000).toFixed(1) });
}

/** For a person: the time, and the text without what could move a terminal's cursor. */
function prettyLine({ data, time }: Message): string {
  const text = data instanceof Uint8Array ? `<${data.byteLength} bytes>` : textOf(data);
  const safe = text.replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, "\ufffd");
  // What follows a line break must not look like another message.
  const indented = safe.replaceAll("\n", `\n${" ".repeat("00:00:00  ".length)}`);
  return `${new Date(time).toLocaleTimeString("en-GB")}  ${indented}`;
}

const textOf = (data: unknown) => (typeof data === "string" ? data : JSON.stringify(data));

/** For a program: one JSON object a line, with the fields that a message has on the wire. */
function jsonLine({ data, replay: _, ...message }: Message): string {
  if (!(data instanceof Uint8Array)) return JSON.stringify({ ...message, data });
  return JSON.stringify({
    ...message,
    data: Buffer.from(data).toString("base64"),
    encoding: "base64",
  });
}
