import { takesLatestBy } from "./core/overload.ts";
import { DEFAULT_SETTINGS, type TopicSettings } from "./core/topic.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * What the built-in pages want of their topics, by pattern. It holds while these pages are served; what
 * somebody says of the same pattern takes its place, key by key.
 */
export const PAGE_TOPICS = {
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
} as const satisfies Readonly<Record<string, TopicSettings>>;

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
    withSaid(settings, named[pattern] ?? {}),
  ]);
  return { ...named, ...Object.fromEntries(pages) };
}

/** What the pages want, changed key by key by what somebody says. */
function withSaid(settings: TopicSettings, said: Partial<TopicSettings>): Partial<TopicSettings> {
  const { latestBy, ...rest } = { ...settings, ...said };
  // The pages' own key is of no use beside another overload. One that somebody has said is their mistake.
  const isKept = said.latestBy !== undefined || takesLatestBy(rest.overload);
  return isKept && latestBy !== undefined ? { ...rest, latestBy } : rest;
}
