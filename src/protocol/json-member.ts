/**
 * The text of a member of a JSON object, as it was written: parsing it and writing it again would
 * round large numbers (RFC 8259, section 6), and change what else can be written in several ways.
 *
 * @param json one JSON object, already checked
 * @returns of several members with the name the last, as `JSON.parse` does; undefined where there is none
 */
export function memberText(json: string, name: string): string | undefined {
  let found: string | undefined;
  let depth = 0;
  let text = "";
  let key = "";
  let start = 0;
  // No recursion: how deep a client nests its data is its own affair.
  for (let at = 0; at < json.length; at++) {
    const char = json[at];
    if (char === '"') {
      const end = endOfString(json, at);
      if (depth === 1) text = json.slice(at, end);
      at = end - 1;
    } else if (char === "{" || char === "[") {
      depth++;
    } else if (char === ":" && depth === 1) {
      key = text;
      start = at + 1;
    } else if (char === "," || char === "}" || char === "]") {
      if (depth === 1 && isNamed(key, name)) found = json.slice(start, at).trim();
      if (char !== ",") depth--;
    }
  }
  return found;
}

/** Whether a key, in quotes and perhaps with escapes, is this name. */
function isNamed(key: string, name: string): boolean {
  return key.includes("\\") ? JSON.parse(key) === name : key === `"${name}"`;
}

/** Where the string that begins at `start` is over. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}
