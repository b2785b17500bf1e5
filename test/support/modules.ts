import { readdir } from "node:fs/promises";
import { posix } from "node:path";

/** Source text by path from the root of the project, with `/` between folders. */
export type SourceTree = ReadonlyMap<string, string>;

/** One module's reach to another module or to a package. */
export interface Import {
  readonly from: string;
  /** The path of a module of the project, or the name of a package, such as `bun` and `node:fs`. */
  readonly to: string;
  /** Whether it is gone when the types are: nothing of `to` is used as a value. */
  readonly typeOnly: boolean;
}

/** Reads everything of these folders that can import: modules, pages and style sheets. */
export async function readSources(root: string, folders: readonly string[]): Promise<SourceTree> {
  const sources = new Map<string, string>();
  for (const folder of folders) {
    for (const file of await readdir(`${root}/${folder}`, { recursive: true })) {
      if (!/\.(?:ts|html|css)$/.test(file)) continue;
      const path = posix.join(folder, file.replaceAll("\\", "/"));
      const source = await Bun.file(`${root}/${path}`).text();
      // The transpiler does not take the line that makes a file executable.
      sources.set(path, source.replace(/^#!.*/, ""));
    }
  }
  return sources;
}

const SPECIFIERS: Record<string, readonly RegExp[]> = {
  ".ts": [
    /^[ \t]*(?:import|export)\b[^"'`;()]*\bfrom\s*["']([^"']+)["']/gm,
    /^[ \t]*import\s*["']([^"']+)["']/gm,
    // Also the type `import("./message.ts").Data`, which a transpiler does not show.
    /\b(?:import|require)\s*\(\s*["']([^"']+)["']/g,
  ],
  ".html": [/\b(?:src|href)\s*=\s*["']([^"'#]+)["']/g],
  ".css": [/@import\s+(?:url\(\s*)?["']?([^"')]+)["']?/g, /\burl\(\s*["']?([^"'):]+)["']?\s*\)/g],
};

/**
 * What a module imports. The text is searched, because the transpiler drops what only types need;
 * the transpiler then says which of it is left at run time.
 */
export function importsOf(path: string, source: string): Import[] {
  const atRunTime = new Set(
    path.endsWith(".ts")
      ? new Bun.Transpiler({ loader: "ts" }).scanImports(source).map((found) => found.path)
      : [],
  );
  const specifiers = new Set(atRunTime);
  for (const pattern of SPECIFIERS[posix.extname(path)] ?? []) {
    for (const [, specifier = ""] of source.matchAll(pattern)) specifiers.add(specifier);
  }
  return [...specifiers].map((specifier) => ({
    from: path,
    to: targetOf(path, specifier),
    typeOnly: path.endsWith(".ts") && !atRunTime.has(specifier),
  }));
}

function targetOf(path: string, specifier: string): string {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(path), specifier);
  // A page's path from the root is its own server's, which has what is in the folder of pages.
  const isOwn = /\.(?:html|css)$/.test(path) && /^\/(?!\/)/.test(specifier);
  return isOwn ? posix.join("public", specifier) : specifier;
}

/** The imports of every module. */
export function importsOfAll(tree: SourceTree): Import[] {
  return [...tree].flatMap(([path, source]) => importsOf(path, source));
}

/** The global names that say on which platform a module runs, and whether it has time of its own. */
const GLOBALS = [
  "Bun",
  "process",
  "console",
  "globalThis",
  "fetch",
  "performance",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "Date.now",
] as const;
export type Global = (typeof GLOBALS)[number];

const mark = (name: string) => `__free_${name.replace(".", "_")}__`;
const marking = new Bun.Transpiler({
  loader: "ts",
  // Replaces only what is bound to nothing: no string, no comment, no property, no local name.
  define: Object.fromEntries([...GLOBALS, "import.meta.env"].map((name) => [name, mark(name)])),
});

/** The globals that a module uses. */
export function globalsOf(source: string): Global[] {
  const code = marking.transformSync(source);
  return GLOBALS.filter((name) => code.includes(mark(name)));
}

/** Whether a module reads the environment, or takes hold of `process` or `Bun` as a whole. */
export function readsEnvironment(source: string): boolean {
  const code = marking.transformSync(source);
  return (
    code.includes(mark("import.meta.env")) || /__free_(?:Bun|process)__(?!\.(?!env\b)\w)/.test(code)
  );
}

/** Whether a module imports something by a name that is not written in it. */
export function importsByComputedName(source: string): boolean {
  return /\bimport\((?!["'])/.test(marking.transformSync(source));
}

/** Whether a module can open files: it imports a file system, or uses Bun's. */
export function readsFiles(source: string): boolean {
  return (
    importsOf("module.ts", source).some(({ to }) => /^(?:node:)?fs(?:\/|$)/.test(to)) ||
    /__free_Bun__\.(?:file|TOML|Glob|mmap)\b/.test(marking.transformSync(source))
  );
}

/** The circles of imports that one walk meets, types included, as `a -> b -> a`: none if there is none. */
export function circlesOf(tree: SourceTree): string[] {
  const next = Map.groupBy(importsOfAll(tree), ({ from }) => from);
  const circles = new Set<string>();
  const done = new Set<string>();
  const visit = (module: string, path: readonly string[]): void => {
    const start = path.indexOf(module);
    if (start !== -1) {
      circles.add(circleName(path.slice(start)));
      return;
    }
    if (done.has(module)) return;
    for (const { to } of next.get(module) ?? []) visit(to, [...path, module]);
    done.add(module);
  };
  for (const module of tree.keys()) visit(module, []);
  return [...circles].sort();
}

function circleName(modules: readonly string[]): string {
  const first = modules.indexOf([...modules].sort()[0] ?? "");
  const turned = [...modules.slice(first), ...modules.slice(0, first)];
  return [...turned, turned[0]].join(" -> ");
}
