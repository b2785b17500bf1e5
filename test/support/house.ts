import {
  circlesOf,
  type Global,
  globalsOf,
  type Import,
  importsByComputedName,
  importsOfAll,
  readsEnvironment,
  readsFiles,
  type SourceTree,
} from "./modules.ts";

/** What the modules of one part may reach. A part is a folder of `src`, a file beside them, or `public`. */
interface Part {
  /** Parts and packages that may be imported. */
  readonly imports?: readonly string[];
  /** Parts and packages of which only types may be imported. */
  readonly types?: readonly string[];
  readonly globals?: readonly Global[];
}

/**
 * The house: data goes one way, `transport | http | schedule -> core/hub -> engine -> store`, and
 * what is not listed is forbidden. A new folder is classified here, or the test fails.
 */
export const HOUSE: Readonly<Record<string, Part>> = {
  core: {},
  protocol: { types: ["core"] },
  client: { imports: ["protocol"], globals: ["globalThis", "setTimeout", "Date.now", "fetch"] },
  public: {
    imports: ["client", "lean-qr/nano", "lean-qr/extras/svg"],
    globals: ["fetch", "performance"],
  },
  store: {
    imports: ["core", "bun:sqlite", "node:crypto", "node:fs", "node:path"],
    // process: the umask, around the making of a file
    globals: ["process", "setImmediate"],
  },
  engine: { imports: ["core"] },
  net: { imports: ["node:dns/promises", "node:net"], globals: ["fetch"] },
  "job.ts": { types: ["core", "hooks"] },
  child: {
    imports: [
      ...["core", "net", "bun:ffi", "bun:jsc", "node:child_process", "node:fs", "node:path"],
      "node:url",
    ],
    types: ["job.ts", "node:stream"],
    globals: ["Bun", "process", "performance", "setTimeout", "setImmediate"],
  },
  schedule: {
    imports: ["core", "croner", "net", "child", "json-p3", "node:crypto"],
    // setImmediate: the turns of a rehearsal
    globals: ["setImmediate"],
  },
  transport: { imports: ["core", "node:fs"], types: ["bun"] },
  auth: { imports: ["core", "node:net"] },
  http: {
    imports: [
      ...["core", "protocol", "auth", "network.ts"],
      ...["node:fs/promises", "node:http", "node:path"],
    ],
    types: ["schedule", "bun"],
    globals: ["Bun", "process"],
  },
  observe: { imports: ["core"], globals: ["setImmediate"] },
  config: {
    imports: [
      ...["core", "schedule", "page-topics.ts", "valibot", "toml-eslint-parser"],
      ...["node:fs/promises", "node:net", "node:path"],
    ],
  },
  cli: {
    imports: [
      ...[
        "index.ts",
        "network.ts",
        "system-clock.ts",
        "core",
        "auth",
        "child",
        "client",
        "config",
        "observe",
        "schedule",
      ],
      "store",
      ...["node:fs/promises", "node:os", "node:path", "node:util"],
    ],
    globals: ["Bun", "process", "fetch", "Date.now"],
  },
  "network.ts": { imports: ["node:os"] },
  "system-clock.ts": { types: ["core"], globals: ["setTimeout", "setImmediate", "Date.now"] },
  "page-topics.ts": { imports: ["core"] },
  "settings.ts": { types: ["core", "auth", "observe", "schedule", "store", "transport"] },
  "server.ts": {
    imports: [
      ...["core", "protocol", "transport", "engine", "store", "schedule", "auth", "http"],
      ...["observe", "node:os"],
    ],
    types: ["settings.ts", "bun"],
    globals: ["Bun", "setTimeout"],
  },
  hooks: { imports: ["core", "child"], globals: ["setTimeout"] },
  "options.ts": {
    imports: ["system-clock.ts", "page-topics.ts", "core", "auth", "observe", "transport"],
    types: ["settings.ts", "hooks", "schedule", "store"],
    globals: ["process"],
  },
  "index.ts": {
    imports: [
      ...["server.ts", "options.ts", "core", "child", "config", "hooks", "observe", "schedule"],
      ...["store", "package.json"],
    ],
    types: ["transport", "bun"],
  },
  "main.ts": { imports: ["child", "cli", "config", "index.ts"], globals: ["Bun", "process"] },
};

/** The modules that may open files, and which. Nothing but the command line finds a file by itself. */
export const FILE_READERS: Readonly<Record<string, string>> = {
  "src/child/bounds.ts": "the process's own status",
  "src/child/file-watch.ts": "nothing: it is told when a file changes",
  "src/child/guest.ts": "the file of a job, or of hooks, that it runs",
  "src/cli/config.ts": "the file that `config init` writes",
  "src/cli/port-holder.ts": "the process table",
  "src/config/files.ts":
    "the configuration file that it is given, and those of secrets and modules",
  "src/http/folder.ts": "the folder of pages that it is given",
  "src/http/page-bundle.ts": "the built-in pages",
  "src/store/backup.ts": "the copy that it writes",
  "src/store/claim.ts": "the store's file, its mode and its lock",
  "src/store/copy.ts": "the copy that it writes",
  "src/store/log-file.ts": "the store's file",
  "src/transport/descriptors.ts": "the process's own limits",
};

/** The parts that may read the environment, and a child's entry, which hands it over to be emptied. */
const ENVIRONMENT_READERS: readonly string[] = ["main.ts", "cli", "src/child/entry.ts"];

/** The module that runs what a user wrote: its name is in no source of ours. */
const LOADERS: readonly string[] = ["src/child/guest.ts"];

export const partOf = (path: string) => /^(?:src\/)?([^/]+)/.exec(path)?.[1] ?? path;

/** Everything in the tree that the house forbids, as sentences; empty when it keeps every rule. */
export function violationsOf(tree: SourceTree): string[] {
  const found = importsOfAll(tree).flatMap((one) => (isAllowed(one, tree) ? [] : [sentence(one)]));
  for (const [path, source] of tree) {
    const part = partOf(path);
    if (HOUSE[part] === undefined) found.push(`${part} is not in the table of the house`);
    if (!path.endsWith(".ts")) continue;
    for (const name of globalsOf(source)) {
      if (!HOUSE[part]?.globals?.includes(name)) found.push(`${path} uses ${name}`);
    }
    const isReader = [part, path].some((name) => ENVIRONMENT_READERS.includes(name));
    if (readsEnvironment(source) && !isReader) {
      found.push(`${path} reads the environment`);
    }
    if (readsFiles(source) && !Object.hasOwn(FILE_READERS, path)) {
      found.push(`${path} reads files`);
    }
    if (importsByComputedName(source) && !LOADERS.includes(path)) {
      found.push(`${path} imports by a computed name`);
    }
  }
  return [...found, ...circlesOf(tree).map((circle) => `circle: ${circle}`)].sort();
}

function isAllowed({ from, to, typeOnly }: Import, tree: SourceTree): boolean {
  const { imports = [], types = [] } = HOUSE[partOf(from)] ?? {};
  // A package may be called like one of our folders: only a path can be a part of the house.
  const isOurs = tree.has(to) || to.startsWith("src/") || to.startsWith("public/");
  const target = isOurs ? partOf(to) : to;
  if (isOurs && target === partOf(from)) return true;
  return imports.includes(target) || (typeOnly && types.includes(target));
}

const sentence = ({ from, to, typeOnly }: Import) =>
  `${from} imports ${typeOnly ? "types of " : ""}${to}`;
