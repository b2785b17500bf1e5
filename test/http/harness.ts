import { type Bellcast, bellcast, type BellcastOptions, type ErrorCode } from "../../src/index.ts";
import type { RawResponse } from "./raw.ts";

/** A server on a free port, without jobs and without a word on standard error. */
export function start(options: BellcastOptions = {}): Promise<Bellcast> {
  return bellcast({ port: 0, jobs: [], log: { level: "silent" }, ...options });
}

/** The members of an `application/problem+json` body (RFC 9457). */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly hint: string;
  readonly retry: boolean;
}

/** An answer in short: its status, and the code of its problem or else its body. */
export async function brief(answer: Response | RawResponse): Promise<[number, string]> {
  const type =
    answer instanceof Response
      ? answer.headers.get("content-type")
      : answer.headers["content-type"];
  const text = typeof answer.body === "string" ? answer.body : await (answer as Response).text();
  if (type !== "application/problem+json") return [answer.status, text];
  return [answer.status, (JSON.parse(text) as Problem).code];
}

/** What a publish is answered with. */
export interface Receipt {
  readonly id?: number;
  readonly log: string;
  readonly topic: string;
  readonly time: number;
  readonly sessions: number;
  readonly repeat?: true;
}

/** What a history is answered with. */
export interface History {
  readonly log: string;
  readonly head: number;
  readonly gap?: readonly {
    readonly topic: string;
    readonly since: string;
    readonly oldest: number;
    readonly head: number;
    readonly log: string;
  }[];
  readonly messages: readonly {
    readonly id: number;
    readonly topic: string;
    readonly time: number;
    readonly data: unknown;
    readonly from?: string;
    readonly encoding?: "base64";
  }[];
}

/** Reads an answer's body, which is of the named shape. */
export async function body<T>(answer: Response | Promise<Response>): Promise<T> {
  return (await (await answer).json()) as T;
}
