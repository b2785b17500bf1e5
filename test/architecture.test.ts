import { expect, test } from "bun:test";
import { resolve } from "node:path";

import { FILE_READERS, HOUSE, partOf, violationsOf } from "./support/house.ts";
import { readsFiles, readSources, type SourceTree } from "./support/modules.ts";

const root = resolve(import.meta.dir, "..");
const sources = await readSources(root, ["src", "public"]);

test("no module reaches what its part may not, and there is no circle", () => {
  expect(violationsOf(sources)).toEqual([]);
});

test("the table lists the parts that there are, and no others", () => {
  expect(Object.keys(HOUSE).sort()).toEqual([...new Set([...sources.keys()].map(partOf))].sort());
});

test("every file reader of the table is there and reads files", () => {
  const readers = [...sources].filter(
    ([path, source]) => path.endsWith(".ts") && readsFiles(source),
  );
  expect(Object.keys(FILE_READERS).sort()).toEqual(readers.map(([path]) => path).sort());
});

test("the table itself keeps the design's forbidden arrows", () => {
  expect(HOUSE["core"]).toEqual({});
  expect(HOUSE["protocol"]).toEqual({ types: ["core"] });
  expect(HOUSE["client"]?.imports).toEqual(["protocol"]);
  const ofPublic = HOUSE["public"]?.imports?.filter((name) => HOUSE[name] !== undefined);
  expect(ofPublic).toEqual(["client"]);
  for (const part of ["transport", "http", "schedule"]) {
    const { imports = [], types = [] } = HOUSE[part] ?? {};
    expect([...imports, ...types]).not.toContain("engine");
    expect([...imports, ...types]).not.toContain("store");
  }
});

/** A small house that keeps every rule. */
const SOUND: SourceTree = new Map([
  ["src/core/message.ts", "export interface Message { topic: string }\nexport const ALL = 'all';"],
  [
    "src/core/hub.ts",
    'import type { Message } from "./message.ts";\nexport const publish = (m: Message) => m;',
  ],
  [
    "src/protocol/plain.ts",
    'import type { Message } from "../core/message.ts";\nexport const encode = (m: Message) => m;',
  ],
  ["src/store/memory.ts", 'import { ALL } from "../core/message.ts";\nexport const kept = [ALL];'],
  ["src/engine/local.ts", "export const engine = 1;"],
  ["src/client/socket.ts", 'export * from "../protocol/plain.ts";'],
  ["public/start.ts", 'import "../src/client/socket.ts";\nawait fetch("/healthz");'],
  ["public/index.html", '<a href="/chat">Chat</a><script src="./start.ts"></script>'],
  [
    "src/http/stats.ts",
    '// process.env, console.log and import { a } from "../engine/local.ts"\n' +
      "export const text = 'console.log(process.env)';\n" +
      "export const { rss } = process.memoryUsage();",
  ],
  ["src/cli/serve.ts", "export const { HOME } = process.env;"],
]);

test("the checker finds nothing in a sound house", () => {
  expect(violationsOf(SOUND)).toEqual([]);
});

test.each<[arrow: string, path: string, source: string, violation: string]>([
  [
    "core imports another folder",
    "src/core/a.ts",
    'import { kept } from "../store/memory.ts";\nkept.pop();',
    "src/core/a.ts imports src/store/memory.ts",
  ],
  [
    "core imports a type of another folder",
    "src/core/a.ts",
    'import type { kept } from "../store/memory.ts";',
    "src/core/a.ts imports types of src/store/memory.ts",
  ],
  [
    "core names a type of another folder in place",
    "src/core/a.ts",
    'export type Kept = import("../store/memory.ts").Kept;',
    "src/core/a.ts imports types of src/store/memory.ts",
  ],
  [
    "core imports a package",
    "src/core/a.ts",
    'import { Cron } from "croner";\nnew Cron("");',
    "src/core/a.ts imports croner",
  ],
  ["core uses Bun", "src/core/a.ts", "Bun.gc(true);", "src/core/a.ts uses Bun"],
  ["core logs", "src/core/a.ts", "console.log(1);", "src/core/a.ts uses console"],
  ["core waits", "src/core/a.ts", "setTimeout(() => {}, 1);", "src/core/a.ts uses setTimeout"],
  [
    "core asks the time",
    "src/core/a.ts",
    "export const t = Date.now;",
    "src/core/a.ts uses Date.now",
  ],
  [
    "protocol imports a value of the core",
    "src/protocol/a.ts",
    'import { ALL } from "../core/message.ts";\nALL.at(0);',
    "src/protocol/a.ts imports src/core/message.ts",
  ],
  [
    "transport imports the engine",
    "src/transport/a.ts",
    'export { engine } from "../engine/local.ts";',
    "src/transport/a.ts imports src/engine/local.ts",
  ],
  [
    "http imports the store",
    "src/http/a.ts",
    'import\n  type { kept }\nfrom "../store/memory.ts";',
    "src/http/a.ts imports types of src/store/memory.ts",
  ],
  [
    "schedule imports the store when it runs",
    "src/schedule/a.ts",
    'export const later = () => import("../store/memory.ts");',
    "src/schedule/a.ts imports src/store/memory.ts",
  ],
  [
    "client imports the core",
    "src/client/a.ts",
    'import type { Message } from "../core/message.ts";',
    "src/client/a.ts imports types of src/core/message.ts",
  ],
  [
    "public imports more than the client",
    "public/a.ts",
    'import { encode } from "../src/protocol/plain.ts";\nencode;',
    "public/a.ts imports src/protocol/plain.ts",
  ],
  [
    "a page loads from elsewhere",
    "public/a.html",
    '<script src="https://cdn.example/x.js"></script>',
    "public/a.html imports https://cdn.example/x.js",
  ],
  [
    "a page loads from elsewhere, by the page's own protocol",
    "public/a.html",
    '<script src="//cdn.example/x.js"></script>',
    "public/a.html imports //cdn.example/x.js",
  ],
  [
    "a style sheet loads from elsewhere",
    "public/a.css",
    '@import "https://fonts.example/x.css";',
    "public/a.css imports https://fonts.example/x.css",
  ],
  [
    "http reads process.env",
    "src/http/a.ts",
    "process.env.HOME;",
    "src/http/a.ts reads the environment",
  ],
  [
    "http takes process.env apart",
    "src/http/a.ts",
    "export const { env } = process;",
    "src/http/a.ts reads the environment",
  ],
  ["http reads Bun.env", "src/http/a.ts", 'Bun["env"];', "src/http/a.ts reads the environment"],
  [
    "auth reads import.meta.env",
    "src/auth/a.ts",
    "import.meta.env.KEY;",
    "src/auth/a.ts reads the environment",
  ],
  [
    "http opens a file",
    "src/http/a.ts",
    'Bun.file("bellcast.toml").text();',
    "src/http/a.ts reads files",
  ],
  [
    "a module cannot be followed",
    "src/schedule/a.ts",
    "export const load = (path: string) => import(path);",
    "src/schedule/a.ts imports by a computed name",
  ],
  [
    "a folder is not classified",
    "src/utils/a.ts",
    "export {};",
    "utils is not in the table of the house",
  ],
  [
    "two modules need each other's types",
    "src/core/message.ts",
    'import type { publish } from "./hub.ts";\nexport type Message = ReturnType<typeof publish>;\nexport const ALL = "";',
    "circle: src/core/hub.ts -> src/core/message.ts -> src/core/hub.ts",
  ],
  [
    "a module imports itself",
    "src/core/a.ts",
    'export * from "./a.ts";',
    "circle: src/core/a.ts -> src/core/a.ts",
  ],
])("the checker catches a violation: %s", (_arrow, path, source, violation) => {
  expect(violationsOf(new Map([...SOUND, [path, source]]))).toEqual([violation]);
});

test("the checker catches a long circle, values and types mixed", () => {
  const tree = new Map([
    ["src/core/a.ts", 'export { b } from "./b.ts";'],
    ["src/core/b.ts", 'import type { c } from "./c.ts";\nexport const b: typeof c = 1;'],
    ["src/core/c.ts", 'import { a } from "./a.ts";\nexport const c = a;'],
  ]);
  expect(violationsOf(tree)).toEqual([
    "circle: src/core/a.ts -> src/core/b.ts -> src/core/c.ts -> src/core/a.ts",
  ]);
});
