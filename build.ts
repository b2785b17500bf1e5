/**
 * Makes the executables: `bun run build` for this machine, `bun run build --all` for every system,
 * with their checksums in `SHA256SUMS`. They go to `dist`, or to `--outdir`.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { minify } from "terser";

import { clientScript, type ScriptName, SCRIPTS } from "./src/http/client-script.ts";
import { type PageFile, pageFiles } from "./src/http/page-bundle.ts";

const { values: options } = parseArgs({
  args: Bun.argv.slice(2),
  options: {
    all: { type: "boolean", default: false },
    outdir: { type: "string", default: "dist" },
  },
});

/** What `--all` builds. On x64 one executable serves every processor since Nehalem. */
const TARGETS = [
  "bun-linux-x64",
  "bun-linux-arm64",
  "bun-linux-x64-musl",
  "bun-linux-arm64-musl",
  "bun-darwin-x64",
  "bun-darwin-arm64",
  "bun-windows-x64",
] as const satisfies readonly Bun.Build.CompileTarget[];

// Before the build that needs them: one within the other would wait for itself. Every page waits for
// these: a minifier makes them a thirtieth smaller than the bundler alone does.
const scripts: Record<string, string> = {};
for (const name of Object.keys(SCRIPTS) as ScriptName[]) {
  const { code } = await minify(await clientScript(name), {
    module: true,
    ecma: 2022,
    compress: { passes: 2 },
  });
  scripts[name] = code ?? "";
}

/** The browser client is scripts of its own, bundled from sources that the executable does not have. */
const client: Bun.BunPlugin = {
  name: "browser client",
  setup(build) {
    build.onLoad({ filter: /[/\\]src[/\\]http[/\\]client-script\.ts$/ }, () => ({
      loader: "ts",
      contents: `const scripts = ${JSON.stringify(scripts)};
export const clientScript = async (name: string) => scripts[name];`,
    }));
  },
};

// Before the build, as above. They are part of the executable as files: no memory holds them, and a part of
// a film is read without the rest.
const folder = await mkdtemp(join(tmpdir(), "bellcast-pages-"));
const pages = await pageFiles();
for (const { name, body } of pages) await Bun.write(join(folder, name), body);

/** The pages are bundled from sources that the executable does not have. */
const embedded: Bun.BunPlugin = {
  name: "pages",
  setup(build) {
    build.onLoad({ filter: /[/\\]src[/\\]http[/\\]page-bundle\.ts$/ }, () => ({
      loader: "ts",
      contents: `${pages.map(importOf).join("\n")}
export const pageFiles = async () => [${pages.map(entryOf).join(",\n")}];`,
    }));
  },
};

function importOf({ name }: PageFile, index: number): string {
  return `import file${index} from ${JSON.stringify(join(folder, name))} with { type: "file" };`;
}

function entryOf({ body: _, ...facts }: PageFile, index: number): string {
  return `{ ...${JSON.stringify(facts)}, body: Bun.file(file${index}) }`;
}

async function compile(outfile: string, target?: Bun.Build.CompileTarget): Promise<string> {
  await Bun.build({
    entrypoints: ["src/main.ts", "src/store/sqlite-writer.ts"],
    // Side by side: the bundle asks for the Worker by the name that it has beside its module in src.
    naming: { entry: "[name].[ext]" },
    plugins: [client, embedded],
    minify: true,
    sourcemap: "linked",
    bytecode: true,
    format: "esm",
    compile: {
      outfile: join(options.outdir, outfile),
      ...(target === undefined ? {} : { target }),
      // By default the executable would read the working directory's files, and run a preload there.
      autoloadDotenv: false,
      autoloadBunfig: false,
    },
  });
  return target?.includes("windows") ? `${outfile}.exe` : outfile;
}

async function sha256(file: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(join(options.outdir, file)).stream()) hash.update(chunk);
  return hash.digest("hex");
}

await mkdir(options.outdir, { recursive: true });
const files: string[] = [];
if (options.all) {
  for (const target of TARGETS) {
    files.push(await compile(target.replace("bun", "bellcast"), target));
  }
  const sums = await Promise.all(files.map(async (file) => `${await sha256(file)}  ${file}\n`));
  await Bun.write(join(options.outdir, "SHA256SUMS"), sums.join(""));
} else {
  files.push(await compile("bellcast"));
}
await rm(folder, { recursive: true });
// The source maps are inside the executables.
for await (const map of new Bun.Glob("*.map").scan(options.outdir)) {
  await rm(join(options.outdir, map));
}
for (const file of files) {
  const { size } = Bun.file(join(options.outdir, file));
  console.log(`${join(options.outdir, file)}  ${(size / 1e6).toFixed(0)} MB`);
}
