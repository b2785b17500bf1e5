import type { Shelf } from "../shared/storage.ts";

/** Where the page connects and publishes: its sid and its topics. */

const SID_KEY = "bellcast.sid";
// no 0/o or 1/l: a sid is read aloud and typed
const SID_LETTERS = "23456789abcdefghijkmnpqrstuvwxyz";

/** `?sid=` if there is one, else this tab's own, made once and kept as long as the tab. */
export function chooseSid(query: URLSearchParams, tab: Shelf): string {
  const asked = query.get("sid");
  if (asked !== null && asked !== "") return asked;
  const kept = tab.read(SID_KEY);
  if (kept !== null) return kept;
  // not crypto.randomUUID, which is missing from pages served over plain HTTP on a LAN
  const random = crypto.getRandomValues(new Uint8Array(8));
  const made = Array.from(random, (byte) => SID_LETTERS[byte % SID_LETTERS.length]).join("");
  tab.write(SID_KEY, made);
  return made;
}

/** The extra topics in what somebody typed: each once, without those that every session has. */
export function parseTopics(typed: string, sid: string): string[] {
  const names = typed
    .normalize("NFC")
    .split(/[\s,，、;；]+/)
    .filter((name) => name !== "");
  return [...new Set(names)].filter((name) => name !== "all" && name !== `@${sid}`);
}
