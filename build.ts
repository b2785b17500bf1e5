/**
 * Makes the executables: `bun run build` for this machine, `bun run build --all` for every system,
 * with their checksums in `dist/SHA256SUMS`.
 */
import { mkdir, rm } from "node:fs/promises";

const DIST = "dist";

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

async function compile(outfile: string, target?: Bun.Build.CompileTarget): Promise<string> {
  await Bun.build({
    entrypoints: ["src/main.ts"],
    minify: true,
    sourcemap: "linked",
    bytecode: true,
    format: "esm",
    compile: {
      outfile: `${DIST}/${outfile}`,
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
  for await (const chunk of Bun.file(`${DIST}/${file}`).stream()) hash.update(chunk);
  return hash.digest("hex");
}

const all = Bun.argv.includes("--all");
await rm(DIST, { recursive: true, force: true });
await mkdir(DIST);
const files: string[] = [];
if (all) {
  for (const target of TARGETS) {
    files.push(await compile(target.replace("bun", "bellcast"), target));
  }
  const sums = await Promise.all(files.map(async (file) => `${await sha256(file)}  ${file}\n`));
  await Bun.write(`${DIST}/SHA256SUMS`, sums.join(""));
} else {
  files.push(await compile("bellcast"));
}
for (const file of files) {
  const { size } = Bun.file(`${DIST}/${file}`);
  console.log(`${DIST}/${file}  ${(size / 1e6).toFixed(0)} MB`);
}
