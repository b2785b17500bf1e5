import { type ErrorCode, ERRORS } from "../core/errors.ts";
import { CliError, EXIT } from "./exit.ts";
import type { Terminal } from "./terminal.ts";
import { configOf, type Invocation } from "./verb.ts";

/** The server that a verb talks to: `--server`, or the configured one on this machine. */
export async function serverUrl(invocation: Invocation): Promise<URL> {
  const { values, terminal } = invocation;
  if (values.server !== undefined) {
    const url = URL.parse(values.server);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw new CliError(EXIT.usage, terminal.text("badServer", { word: values.server }));
    }
    return url;
  }
  const { host, port } = (await configOf(invocation)).config.server;
  const name = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return new URL(`http://${name.includes(":") ? `[${name}]` : name}:${port}`);
}

/**
 * Asks the server, and returns its answer when that is a success.
 *
 * @throws CliError with `unreachable` or `refused`
 */
export async function request(url: URL, init: RequestInit, terminal: Terminal): Promise<Response> {
  const response = await reach(url, init, terminal);
  if (!response.ok) throw await refusal(url, response, terminal);
  return response;
}

/**
 * Asks the server that a verb talks to, and returns what it answers, as JSON.
 *
 * @param path with its query
 * @throws CliError with `unreachable` or `refused`
 */
export async function ask(
  method: "GET" | "POST" | "DELETE",
  path: string,
  invocation: Invocation,
): Promise<unknown> {
  const { terminal } = invocation;
  const url = new URL(path, await serverUrl(invocation));
  return answerOf(await request(url, { method }, terminal), url, terminal);
}

/** Reads an answer's JSON. @throws CliError with `unreachable` when it is none: it is not Bellcast's */
export async function answerOf(response: Response, url: URL, terminal: Terminal): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw new CliError(EXIT.unreachable, terminal.text("unreachable", { url: url.origin }));
  }
}

/** Asks the server. @throws CliError with `unreachable` when nobody answers */
export async function reach(url: URL, init: RequestInit, terminal: Terminal): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: "manual" });
  } catch {
    throw new CliError(EXIT.unreachable, terminal.text("unreachable", { url: url.origin }));
  }
}

/** Reads what the server refused, in the user's language where the code is known. */
export async function refusal(
  { origin: url }: URL,
  response: Response,
  terminal: Terminal,
): Promise<CliError> {
  const problem: unknown = await response.json().catch(() => undefined);
  if (!isProblem(problem)) {
    const text = terminal.text("refusedStatus", { url, status: response.status });
    return new CliError(EXIT.refused, text);
  }
  const { code, detail } = problem;
  const { message, hint } = ERRORS[code];
  const { lang } = terminal;
  const values = { url, code, detail, message: message[lang], hint: hint[lang] };
  // Where nothing more is known of the occurrence, its detail says the message again.
  const text = detail === message.en ? "refusedPlainly" : "refused";
  return new CliError(EXIT.refused, terminal.text(text, values));
}

function isProblem(value: unknown): value is { code: ErrorCode; detail: string } {
  const { code, detail } = (value ?? {}) as { code?: unknown; detail?: unknown };
  return typeof code === "string" && Object.hasOwn(ERRORS, code) && typeof detail === "string";
}
