import { basename } from "node:path";

import page from "../../public/index.html";
import { clientScript, type ScriptName } from "./client-script.ts";
import { file, notModified } from "./reply.ts";
import { type Context, methodNotAllowed } from "./router.ts";

/**
 * What the built-in pages may do: load and call their own server, and nothing else (CSP level 3).
 * Injected markup could neither run a script nor send anything away.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

interface Asset {
  readonly body: Blob | Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** A source of pages: finds what belongs to a path, or nothing. */
export type Pages = (path: readonly string[]) => Promise<Asset | undefined>;

/** `GET /client.js` and what it loads: the browser client, whichever pages are served. */
export function client(name: ScriptName) {
  let script: Promise<Asset> | undefined;
  return async ({ request }: Context): Promise<Response> => {
    script ??= clientScript(name).then((text) => {
      const body = new TextEncoder().encode(text);
      return assetOf(body, "text/javascript;charset=utf-8", { isHashed: false });
    });
    return answer(request, await script);
  };
}

/** `GET /*`: the pages; undefined pages are no path at all. */
export function serve(pages: Pages, otherwise: () => never) {
  return async ({ request, path }: Context): Promise<Response> => {
    const asset = await pages(path);
    if (asset === undefined) return otherwise();
    if (request.method !== "GET" && request.method !== "HEAD") {
      throw methodNotAllowed(["GET", "HEAD"]);
    }
    return answer(request, asset);
  };
}

function answer(request: Request, { headers, body }: Asset): Response {
  const known = request.headers.get("if-none-match");
  return isKnown(known, headers["ETag"]) ? notModified(headers) : file(body, headers);
}

/** Whether If-None-Match names the tag; a proxy that compresses makes it a weak one (RFC 9110, section 13.1.2). */
function isKnown(header: string | null, tag: string | undefined): boolean {
  const known = header?.split(",").map((text) => text.trim().replace(/^W\//, "")) ?? [];
  return known.some((text) => text === tag || text === "*");
}

/** The built-in pages: from the executable's own files or, from source, bundled when first asked for. */
export function builtInPages(): Pages {
  let assets: Promise<ReadonlyMap<string, Asset>> | undefined;
  return async (path) => {
    assets ??= page.files === undefined ? bundle() : embedded(page.files);
    return (await assets).get(path.join("/") || "index.html");
  };
}

type EmbeddedFile = NonNullable<typeof page.files>[number];

/** In the executable the bundler's files are part of it; each knows its type and a tag of its content. */
async function embedded(files: readonly EmbeddedFile[]): Promise<ReadonlyMap<string, Asset>> {
  const assets = files.map(async ({ path, loader, headers }) =>
    asset(basename(path), loader === "html", headers["content-type"], await Bun.file(path).bytes()),
  );
  return new Map(await Promise.all(assets));
}

async function bundle(): Promise<ReadonlyMap<string, Asset>> {
  const { outputs } = await Bun.build({
    entrypoints: [page.index],
    target: "browser",
    minify: true,
    publicPath: "/",
  });
  const assets = outputs.map(async (output) =>
    asset(
      basename(output.path),
      output.type.startsWith("text/html"),
      output.type,
      new Uint8Array(await output.arrayBuffer()),
    ),
  );
  return new Map(await Promise.all(assets));
}

function asset(
  name: string,
  isPage: boolean,
  type: string,
  body: Uint8Array<ArrayBuffer>,
): [string, Asset] {
  // Every name but the page's own carries a hash of the content.
  return [isPage ? "index.html" : name, assetOf(body, type, { isHashed: !isPage })];
}

function assetOf(
  body: Uint8Array<ArrayBuffer>,
  type: string,
  { isHashed }: { isHashed: boolean },
): Asset {
  const headers = {
    "Content-Type": type,
    "Content-Security-Policy": POLICY,
    "Cache-Control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
    ETag: `"${Bun.hash(body).toString(36)}"`,
  };
  return { body, headers };
}
