/** Where things are on a server. */
export class Addresses {
  readonly #base: URL;

  /** @param url of the server, by any of its schemes */
  constructor(url: string) {
    this.#base = new URL(url.replace(/^ws/, "http"));
  }

  /** @param query what has no value is left out */
  of(path: readonly string[], query: Readonly<Record<string, unknown>> = {}): string {
    const url = new URL(`/${path.map(segment).join("/")}`, this.#base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url.href;
  }
}

/** Names stand in a path as they are, commas between them included. */
const segment = (text: string) =>
  encodeURIComponent(text).replaceAll("%2C", ",").replaceAll("%40", "@");
