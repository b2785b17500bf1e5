import type { Session } from "./session.ts";
import type { TopicRecord } from "./store.ts";

/** What `/v1/topics` tells of a topic. */
export interface TopicSummary {
  readonly topic: string;
  readonly sessions: number;
  readonly messages: number;
  readonly bytes: number;
  readonly oldest?: number | undefined;
  readonly head?: number | undefined;
}

/** Every topic that keeps messages or has sessions, by name. */
export function summarize(
  sessions: Iterable<Session>,
  records: readonly TopicRecord[],
): TopicSummary[] {
  const counts = new Map<string, number>();
  for (const session of sessions) {
    for (const topic of session.topics) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  }
  const summaries = new Map<string, TopicSummary>();
  for (const [topic, count] of counts) {
    summaries.set(topic, { topic, sessions: count, messages: 0, bytes: 0 });
  }
  for (const record of records) {
    summaries.set(record.topic, { ...record, sessions: counts.get(record.topic) ?? 0 });
  }
  return [...summaries.values()].sort((a, b) => (a.topic < b.topic ? -1 : 1));
}
