import { BellcastError } from "../../src/client/index.ts";
import type { Language } from "./language.ts";

/** What somebody who reads the page is told of an error, in the language of the page. */
export function describeProblem(error: unknown, language: Language): string {
  const code = error instanceof BellcastError ? error.code : "unknown";
  return describeCode(code, language);
}

/** The same of an error's code alone. */
export function describeCode(code: string, language: Language): string {
  return language.find(`why_${code}`) ?? language.say("rejected", { why: code });
}
