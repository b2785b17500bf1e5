import { basename } from "node:path";

import page from "../../public/index.html";
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

/** `GET /*`: the pages; undefined pages are no path at all. */
export function serve(pages: Pages, otherwise: () => never) {
  return async ({ request, path }: Context): Promise<Response> => {
    const asset = await pages(path);
    if (asset === undefined) return otherwise();
    if (request.method !== "GET" && request.method !== "HEAD") {
      throw methodNotAllowed(["GET", "HEAD"]);
    }
    const { headers, body } = asset;
    const known = request.headers.get("if-none-match");
    return isKnown(known, headers["ETag"]) ? notModified(headers) : file(body, headers);
  };
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
  const caching = isPage ? "no-cache" : "public, max-age=31536000, immutable";
  const headers = {
    "Content-Type": type,
    "Content-Security-Policy": POLICY,
    "Cache-Control": caching,
    ETag: `"${Bun.hash(body).toString(36)}"`,
  };
  return [isPage ? "index.html" : name, { body, headers }];
}
