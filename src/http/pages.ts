import { answer, type Asset } from "./asset.ts";
import { builtIn } from "./built-in.ts";
import { clientScript, type ScriptName } from "./client-script.ts";
import { type PageFile, pageFiles } from "./page-bundle.ts";
import { permanentRedirect } from "./reply.ts";
import { type Context, methodNotAllowed } from "./router.ts";

/** What is elsewhere: the path of that place. */
interface Moved {
  readonly to: string;
}

/** A source of pages: finds what belongs to a path, or nothing. */
export type Pages = (path: readonly string[]) => Promise<Asset | Moved | undefined>;

/** `GET /client.js` and what it loads: the browser client, whichever pages are served. */
export function client(name: ScriptName) {
  const script = once(async () => {
    const text = await clientScript(name);
    const facts = { tag: Bun.hash(text).toString(36), hashed: false };
    return builtIn(new Blob([text]), { ...facts, type: "text/javascript;charset=utf-8" });
  });
  return async ({ request }: Context): Promise<Response> => answer(request, await script());
}

/** `GET /*`: the pages; undefined pages are no path at all. */
export function serve(pages: Pages, otherwise: () => never) {
  return async ({ request, path, query }: Context): Promise<Response> => {
    const found = await pages(path);
    if (found === undefined) return otherwise();
    if (request.method !== "GET" && request.method !== "HEAD") {
      throw methodNotAllowed(["GET", "HEAD"]);
    }
    if ("to" in found) return permanentRedirect(found.to + (query.size > 0 ? `?${query}` : ""));
    return answer(request, found);
  };
}

/**
 * The built-in pages: from the executable's own files or, from source, bundled when first asked for.
 *
 * @param files gives the files that the pages are made of
 */
export function builtInPages(files: () => Promise<readonly PageFile[]> = pageFiles): Pages {
  const places = once(async () => byPath(await files()));
  return async (path) => (await places()).get(path.join("/"));
}

/** Makes something when it is first asked for. What has failed is made anew: a source may be mended. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}

/** `index.html` is at `/` and at its name, `chat.html` at `/chat`, and whatever is no page at its name. */
function byPath(files: readonly PageFile[]): ReadonlyMap<string, Asset | Moved> {
  const places = new Map<string, Asset | Moved>();
  for (const { name, body, ...facts } of files) {
    const asset = builtIn(body, { ...facts, type: body.type });
    const [, page] = /^(.+)\.html$/.exec(name) ?? [];
    if (page === undefined) {
      places.set(name, asset);
    } else if (page === "index") {
      places.set("", asset).set(name, asset);
    } else {
      places.set(page, asset).set(`${page}/`, { to: `/${page}` });
    }
  }
  return places;
}
