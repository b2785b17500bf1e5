/** A part of a text: words, or the address of a page. */
export interface Part {
  readonly text: string;
  readonly url?: string;
}

// Chinese prose has no space around an address: its punctuation ends one
const ADDRESS =
  /\bhttps?:\/\/[^\s<>"'`\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u2018-\u201f\u2026]+/giu;
const TRAILING = ".,;:!?*_~";

/** Cuts off what closes a sentence, or a bracket that was opened before the address. */
function trimmed(found: string): string {
  // Counted once: a message may be 64 KiB of closing brackets
  const count = (char: string) => found.split(char).length - 1;
  const surplus = new Map([
    [")", count(")") - count("(")],
    ["]", count("]") - count("[")],
  ]);
  let end = found.length;
  for (; end > 0; end--) {
    const last = found.charAt(end - 1);
    const extra = surplus.get(last) ?? 0;
    if (extra > 0) surplus.set(last, extra - 1);
    else if (!TRAILING.includes(last)) break;
  }
  return found.slice(0, end);
}

function urlOf(address: string): string | undefined {
  try {
    const { protocol, hostname, href } = new URL(address);
    return /^https?:$/.test(protocol) && hostname !== "" ? href : undefined;
  } catch {
    return undefined;
  }
}

/** Cuts a text into words and the `http` and `https` addresses in it; joined, they are the text. */
export function linkify(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = trimmed(found);
    const url = urlOf(address);
    if (url === undefined) continue;
    if (index > end) parts.push({ text: text.slice(end, index) });
    parts.push({ text: address, url });
    end = index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}
