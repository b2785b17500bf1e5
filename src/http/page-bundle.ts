import { basename, join } from "node:path";

/** A file of the built-in pages. */
export interface PageFile {
  /** What it is asked for by, below `/`; of a page, the name of its HTML file. */
  readonly name: string;
  /** Changes with the content. */
  readonly tag: string;
  /** Whether the name carries a hash of the content. */
  readonly hashed: boolean;
  readonly body: Blob;
}

const FOLDER = join(import.meta.dir, "../../public");

/** What is asked for by names that others keep: the manifest, a phone's home screen. */
const NAMED = ["favicon.svg", "manifest.webmanifest", "icons/*.png"];

/**
 * Bundles the pages, in one go, so that what they share is loaded once. In the executable, which has
 * no sources, `build.ts` puts the finished files in the place of this module.
 */
export async function pageFiles(): Promise<readonly PageFile[]> {
  const pages = await find("*.html");
  const { outputs } = await Bun.build({
    entrypoints: pages.map((name) => join(FOLDER, name)),
    target: "browser",
    minify: true,
    splitting: true,
    publicPath: "/",
    // Two style sheets may be the same, and have to have two names.
    naming: { chunk: "[name]-[hash].[ext]" },
    // What a page names by its path from the root keeps that name: it is one of NAMED, or another page.
    external: ["/*"],
  });
  const bundled = outputs.map(async (output) => {
    const name = basename(output.path);
    const isPage = pages.includes(name);
    // What the bundler gives can be read, but not in parts.
    const content = isPage ? held(await output.text()) : await output.arrayBuffer();
    return fileOf(name, new Blob([content], { type: output.type }), !isPage);
  });
  const named = (await Promise.all(NAMED.map(find)))
    .flat()
    .map((name) => fileOf(name, Bun.file(join(FOLDER, name)), false));
  return Promise.all([...bundled, ...named]);
}

/**
 * Nothing of a page is shown before its script has run, which knows the theme that the reader has chosen
 * (https://html.spec.whatwg.org/#blocking-attributes). The bundler writes scripts without the attribute.
 */
function held(page: string): string {
  return page.replaceAll('<script type="module"', '$& blocking="render"');
}

/** In an order that is the same everywhere. */
async function find(pattern: string): Promise<string[]> {
  const names = await Array.fromAsync(new Bun.Glob(pattern).scan(FOLDER));
  return names.map((name) => name.replaceAll("\\", "/")).sort();
}

async function fileOf(name: string, body: Blob, hashed: boolean): Promise<PageFile> {
  return { name, tag: Bun.hash(await body.bytes()).toString(36), hashed, body };
}
