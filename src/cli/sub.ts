import { type ConnectionState, ReconnectingSocket } from "../client/reconnecting-socket.ts";
import { isInbox, isSid, isTopic } from "../core/names.ts";
import { CliError, EXIT, type ExitCode } from "./exit.ts";
import { reach, refusal, serverUrl } from "./remote.ts";
import type { Invocation } from "./verb.ts";

/** `bellcast sub [TOPIC…]`: prints what arrives, and reconnects, until it is interrupted. */
export async function sub(invocation: Invocation): Promise<ExitCode> {
  const { values, positionals: topics, terminal } = invocation;
  const sid = values.sid ?? crypto.randomUUID();
  checkNames(sid, invocation);
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
  // The reader of a pipe has seen enough.
  process.stdout.on("error", () => resolve(EXIT.ok));
  socket.connect();
  const code = await promise;
  socket.close();
  return code;
}

function checkNames(sid: string, { positionals, terminal }: Invocation): void {
  if (!isSid(sid)) throw new CliError(EXIT.usage, terminal.text("badSid", { word: sid }));
  for (const word of positionals) {
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
  const safe = text.replace(/(?![\n\t])\p{Cc}/gu, "\ufffd");
  return `${new Date().toLocaleTimeString("en-GB")}  ${safe}`;
}

/** For a program: one JSON object a line, with the time of arrival. */
function jsonLine(data: string | ArrayBuffer): string {
  const time = Date.now();
  if (typeof data === "string") return JSON.stringify({ time, data });
  return JSON.stringify({ time, data: Buffer.from(data).toString("base64"), encoding: "base64" });
}
