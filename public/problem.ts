import type { Language } from "./language.ts";

/** What the server says of a request it did not take (RFC 9457). */
export interface Problem {
  readonly status: number;
  readonly code: string | undefined;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
}

/** Reads the problem in an answer; fields that are missing or no strings are undefined. */
export async function readProblem(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined);
  const fields = new Map<string, unknown>(
    typeof body === "object" && body !== null ? Object.entries(body) : [],
  );
  const text = (name: string) => {
    const value = fields.get(name);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  return {
    status: response.status,
    code: text("code"),
    detail: text("detail") ?? text("title"),
    hint: text("hint"),
  };
}

const join = (...parts: readonly (string | number | undefined)[]) =>
  parts.filter((part) => part !== undefined && part !== "").join(" ");

/** What the server itself says of it, in words; "" when it says nothing. */
export function wordsOf({ detail, hint }: Problem): string {
  return join(detail, hint);
}

/** What somebody who reads the page is told of it. */
export function describeProblem(problem: Problem, language: Language): string {
  const why = join(problem.status, problem.code);
  return join(language.say("rejected", { why }), wordsOf(problem));
}
