import type { Lang } from "../core/language.ts";

/** The language that the system's locale names (POSIX: the first of these that is set counts). */
export function systemLang(env: Readonly<Record<string, string | undefined>>): Lang {
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return locale.startsWith("zh") ? "zh" : "en";
}
