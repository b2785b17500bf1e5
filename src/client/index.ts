import { addressesOf } from "./addresses.ts";
import { Client, type ConnectOptions } from "./client.ts";
import type { ClientClock, Platform } from "./types.ts";

export { Client, type ClientEvents, type ConnectOptions } from "./client.ts";
export type { Topic, TopicEvents } from "./topic.ts";
export {
  BellcastError,
  type ClientClock,
  type Gap,
  type Live,
  type Message,
  type Page,
  type Platform,
  type Presence,
  type PresenceChange,
  type RawFrame,
  type Receipt,
  type Skipped,
  type Status,
  type Transport,
} from "./types.ts";

/** What a page has, and other programs lack. */
const page = globalThis as unknown as {
  readonly location: { readonly origin: string };
  readonly SharedWorker?: NonNullable<Platform["SharedWorker"]>;
};

/** The time of the platform. */
export const systemClock: ClientClock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Connects to a server, and stays connected until `close`: every message of its topics comes once and
 * in order, or a `gap` says what is missing, whatever happens to the network, the server and the page.
 *
 * @param url of the server, such as `https://push.example`; that of the page when left out
 * @param platform what to use in place of the platform's own
 */
export function connect(
  url: string = page.location.origin,
  options: ConnectOptions = {},
  platform: Partial<Platform> = {},
): Client {
  // A worker is of its page's origin.
  const isHere = addressesOf(url)([]).startsWith(`${page.location?.origin}/`);
  const client = new Client(url, options, {
    WebSocket: globalThis.WebSocket,
    SharedWorker: isHere ? page.SharedWorker : undefined,
    fetch: (address, init) => fetch(address, init),
    clock: systemClock,
    random: Math.random,
    ...platform,
  });
  client.connect();
  return client;
}
