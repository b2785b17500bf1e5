/** The row of a topic that is retained: Bellcast with a store in a file, and what it keeps by default. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { bellcast } from "../src/index.ts";
import { TOPIC, underTest } from "./target.ts";

const folder = mkdtempSync(join(tmpdir(), "bellcast-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
process.on("SIGTERM", () => process.exit());

const app = await bellcast({
  host: "127.0.0.1",
  port: 0,
  store: join(folder, "bench.db"),
  jobs: [],
  log: { level: "silent" },
});

underTest(String(app.url), (text) => app.publish(TOPIC, text));
