/** The row of a topic that gathers what is published within ten milliseconds. */
import { bellcast } from "../src/index.ts";
import { TOPIC, underTest } from "./target.ts";

const app = await bellcast({
  host: "127.0.0.1",
  port: 0,
  store: ":memory:",
  jobs: [],
  log: { level: "silent" },
  topics: { [TOPIC]: { history: 0, coalesceMs: 10 } },
});

underTest(String(app.url), (text) => app.publish(TOPIC, text));
