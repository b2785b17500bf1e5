import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";

import { folderOf } from "./fixture.ts";

/** A folder whose files would take the executable over if it read them. */
const HOSTILE = {
  "evil.js": 'require("node:fs").writeFileSync("owned", "x");',
  "bunfig.toml": 'preload = ["./evil.js"]\n',
  ".env": "BELLCAST_EVIL=1\n",
  "package.json": "{}",
};

let folder: Awaited<ReturnType<typeof folderOf>>;

beforeAll(async () => {
  folder = await folderOf({
    ...HOSTILE,
    "job.ts": `
      import { price } from "./price.ts";
      import type { JobModule } from "bellcast/job";
      let n = 0;
      const job: JobModule = ({ state }) => {
        state.n = Number(state.n ?? 0) + 1;
        return [price, Object.keys(process.env), ++n, state.n];
      };
      export default job;`,
    "price.ts": "export const price: number = 5;",
    "throws.ts": "\nexport default () => {\n  throw new Error('no');\n};",
    "package.ts": 'import "valibot"; export default () => 5;',
    "loop.ts": "export default () => { for (;;); };",
    "fills.ts":
      "export default () => { const all = []; for (;;) all.push(new Uint8Array(1e7).fill(1)); };",
  });
  // As build.ts does it.
  await Bun.build({
    entrypoints: [join(import.meta.dir, "compiled-program.ts")],
    minify: true,
    sourcemap: "linked",
    bytecode: true,
    format: "esm",
    compile: { outfile: folder.at("program"), autoloadDotenv: false, autoloadBunfig: false },
  });
}, 60_000);
afterAll(() => folder[Symbol.asyncDispose]());

/** What the program tells of two runs of a file. */
async function runsOf(name: string, as = ""): Promise<string[]> {
  const program = Bun.spawn([folder.at("program"), folder.at(name), as], {
    ...{ cwd: folder.at(""), env: {}, stdout: "pipe", stderr: "pipe" },
  });
  const text = await new Response(program.stdout).text();
  expect(await new Response(program.stderr).text()).toBe("");
  return JSON.parse(text) as string[];
}

test("an executable runs a file in a child of itself, and reads nothing of the file's folder", async () => {
  expect(await runsOf("job.ts")).toEqual(["[5,[],1,1]", "[5,[],2,2]"]);
  expect(await Bun.file(folder.at("owned")).exists()).toBe(false);
});

test("what a file throws is told with its own lines alone", async () => {
  const [failure] = await runsOf("throws.ts");
  expect(failure?.split("\n")).toEqual([
    "failed: Error: no",
    expect.stringContaining(`${folder.at("throws.ts")}:3:`) as unknown as string,
  ]);
});

test("a file imports no packages", async () => {
  expect((await runsOf("package.ts"))[0]).toContain("it imports a package");
});

test("a file that loops is ended", async () => {
  const aborted = "failed: The operation timed out.";
  expect(await runsOf("loop.ts", "short")).toEqual([aborted, aborted]);
});

test.skipIf(process.platform !== "linux")("a file that fills the memory is ended", async () => {
  for (const failure of await runsOf("fills.ts")) expect(failure).toContain("Out of memory");
});

test("somebody else's executable does not start itself", async () => {
  expect((await runsOf("job.ts", "foreign"))[0]).toContain("A compiled program that embeds");
});
