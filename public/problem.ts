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

/** What somebody who reads the page is told of it. */
export function describeProblem(
  { status, code, detail, hint }: Problem,
  language: Language,
): string {
  const why = [status, code].filter((part) => part !== undefined).join(" ");
  return [language.say("rejected", { why }), detail, hint]
    .filter((part) => part !== undefined)
    .join(" ");
}
