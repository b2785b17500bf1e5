/** Makes the address of a path; what has no value in the query is left out. */
export type Addresses = (
  path: readonly string[],
  query?: Readonly<Record<string, unknown>>,
) => string;

/** @param url of the server, by any of its schemes */
export function addressesOf(url: string): Addresses {
  return (path, query = {}) => {
    const address = new URL(`/${path.map(segment).join("/")}`, url.replace(/^ws/, "http"));
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) address.searchParams.set(name, String(value));
    }
    return address.href;
  };
}

/** Names stand in a path as they are, commas between them included. */
const segment = (text: string) =>
  encodeURIComponent(text).replaceAll(/%2C|%40/g, decodeURIComponent);
