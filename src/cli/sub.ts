import { type ConnectionState, ReconnectingSocket } from "../client/reconnecting-socket.ts";
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
  const url = new URL(`/ws/${encodeURIComponent(sid)}`, await serverUrl(invocation));
  if (topics.length > 0) url.searchParams.set("topics", topics.join(","));
  // A WebSocket does not say why it could not be opened; the same request without an upgrade does.
  const probe = await reach(url, {}, terminal);
  if (probe.status !== 426) throw await refusal(url, probe, terminal);

  const { promise, resolve } = Promise.withResolvers<ExitCode>();
  const pretty = terminal.isInteractive && !values.json;
  const socket = new ReconnectingSocket({
    url: () => url.href.replace(/^http/, "ws"),
    onMessage: (data) => terminal.data(pretty ? prettyLine(data) : jsonLine(data)),
    onState(state) {
      if (state.kind === "open") {
        const list = ["all", `@${sid}`, ...topics].join(", ");
        terminal.info(terminal.text("subscribed", { sid, topics: list }));
      }
      if (state.kind === "waiting") terminal.error(waitingText(state, invocation));
      if (state.kind === "refused") {
        terminal.error(terminal.text("closedForGood", state));
        resolve(EXIT.refused);
      }
    },
  });
  const stop = () => resolve(EXIT.interrupted);
  process.once("SIGINT", stop).once("SIGTERM", stop);
  // The reader has seen enough, or the disk is full: `flushed` tells which.
  process.stdout.on("error", () => resolve(EXIT.ok));
  socket.connect();
  const code = await promise;
  socket.close();
  return code;
}

function checkNames(sid: string, topics: readonly string[], terminal: Terminal): void {
  if (!isSid(sid)) throw new CliError(EXIT.usage, terminal.text("badSid", { word: sid }));
  for (const word of topics) {
    const key = isInbox(word) ? "inboxTopic" : "badTopic";
    if (isInbox(word) || !isTopic(word))
      throw new CliError(EXIT.usage, terminal.text(key, { word }));
  }
}

function waitingText(
  { code, retryAt }: Extract<ConnectionState, { kind: "waiting" }>,
  { terminal }: Invocation,
): string {
  const seconds = (Math.max(retryAt - Date.now(), 0) / 1000).toFixed(1);
  return terminal.text("lost", { code, seconds });
}

/** For a person: the time, and the text without what could move a terminal's cursor. */
function prettyLine(data: string | ArrayBuffer): string {
  const text = typeof data === "string" ? data : `<${data.byteLength} bytes>`;
  const safe = text.replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, "\ufffd");
  // What follows a line break must not look like another message.
  const indented = safe.replaceAll("\n", `\n${" ".repeat("00:00:00  ".length)}`);
  return `${new Date().toLocaleTimeString("en-GB")}  ${indented}`;
}

/** For a program: one JSON object a line, with the time of arrival. */
function jsonLine(data: string | ArrayBuffer): string {
  const time = Date.now();
  if (typeof data === "string") return JSON.stringify({ time, data });
  return JSON.stringify({ time, data: Buffer.from(data).toString("base64"), encoding: "base64" });
}
