import { DEFAULT_SETTINGS, type TopicSettings } from "./core/topic.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * What the built-in pages want of their topics, by pattern. It holds while these pages are served; what
 * somebody says of the same pattern takes its place, key by key.
 */
export const PAGE_TOPICS: Readonly<Record<string, TopicSettings>> = {
  "chat.*": { ...DEFAULT_SETTINGS, history: 1_000, ageMs: 30 * DAY_MS, presence: true },
  "chat.*.typing": {
    ...DEFAULT_SETTINGS,
    history: 0,
    overload: "latest:2/s",
    latestBy: "from",
  },
  "danmaku.*": {
    ...DEFAULT_SETTINGS,
    history: 5_000,
    ageMs: 30 * DAY_MS,
    presence: true,
    overload: "sample:20/s",
  },
  "compare.*": { ...DEFAULT_SETTINGS, ageMs: 10 * 60 * 1000 },
};

/**
 * Adds them to settings by pattern.
 *
 * @param folder where other pages are served from, if they are: then nothing is added
 */
export function withPageTopics(
  named: Readonly<Record<string, Partial<TopicSettings>>>,
  folder: string | undefined,
): Readonly<Record<string, Partial<TopicSettings>>> {
  if (folder !== undefined) return named;
  const pages = Object.entries(PAGE_TOPICS).map(([pattern, settings]) => [
    pattern,
    { ...settings, ...named[pattern] },
  ]);
  return { ...named, ...Object.fromEntries(pages) };
}
