/** The store's row: the bare `Bun.serve` of the control row with Bellcast's store behind it. */
import { textData } from "../src/core/message.ts";
import { DEFAULT_SETTINGS } from "../src/core/topic.ts";
import { SqliteStore } from "../src/store/sqlite.ts";
import { systemClock } from "../src/system-clock.ts";

const events = { failing: console.error, resumed() {} };
const store = await SqliteStore.open({ path: process.argv[2] ?? "", clock: systemClock, events });
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  development: false,
  routes: {
    "/t/bench": {
      POST: async (request) => {
        const draft = { topic: "bench", time: Date.now(), data: textData(await request.text()) };
        const { id, topic, time } = await store.append(draft, DEFAULT_SETTINGS);
        return Response.json({ id, topic, time, sessions: 0 });
      },
    },
  },
});
console.log(server.url.origin);
