import { body, type History } from "../http/harness.ts";

const PAGE = 1_000;

/** A message of an experiment: its name is a number that no other message has. */
export interface Entry {
  readonly id: number;
  readonly topic: string;
  readonly name: number;
}

/** The text of a message: its name, and then what makes it as long as it is to be. */
export function textOf(name: number, bytes: number): string {
  return `${name} `.padEnd(bytes, ".");
}

export function nameOf(text: unknown): number {
  return Number.parseInt(String(text), 10);
}

/**
 * Reads everything that a server retains of some topics, by `GET /t/{topics}`.
 *
 * @throws Error when something is retained no more
 */
export async function readLog(url: string, topics: readonly string[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (;;) {
    const after = entries.at(-1)?.id ?? 0;
    const page = await body<History>(
      fetch(`${url}/t/${topics.join(",")}?since=${after}&limit=${PAGE}`),
    );
    if (page.gap) throw new Error(`a gap: ${JSON.stringify(page.gap)}`);
    if (page.messages.length === 0) return entries;
    for (const { id, topic, data } of page.messages)
      entries.push({ id, topic, name: nameOf(data) });
  }
}
