import { afterEach, beforeEach, expect, test } from "bun:test";

import type { Bellcast, JobSummary } from "../../src/index.ts";
import { ManualClock } from "../clock.ts";
import { start } from "../http/harness.ts";
import { Client } from "../transport/ws.ts";

const WATCHERS = 500;

/** What the upstream server answers, and how often it was asked. */
let price: number;
let asked: number;
let upstream: Bun.Server<undefined>;
let clock: ManualClock;
let app: Bellcast;

beforeEach(async () => {
  [price, asked] = [1, 0];
  upstream = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch() {
      asked++;
      return Response.json({ price });
    },
  });
  clock = new ManualClock();
  app = await start({
    clock,
    jobs: [
      {
        ...{ name: "price", every: "1s", topic: "price", fetch: upstream.url.href },
        ...{ select: "$.price", when: "changed", onlyIfListening: true, retain: true },
        allowPrivate: true,
      },
    ],
  });
});

afterEach(async () => {
  await app.close();
  await upstream.stop(true);
});

const watch = (sid: string) => Client.open(app.url, `/ws/${sid}?topics=price`);
const job = (): JobSummary => app.jobs.get("price");

/** Lets a second pass, and the run that it has begun, if any, come to its end. */
async function tick(): Promise<void> {
  await clock.advance(1_000);
  while (job().running) await Bun.sleep(1);
}

test("500 watchers cost one request upstream a tick, and nobody watching costs none", async () => {
  await tick();
  await tick();
  expect(asked).toBe(0);

  // The first one is answered at once.
  const first = await watch("first");
  await clock.advance(0);
  expect(await first.next()).toBe("1");
  expect(asked).toBe(1);

  // Those that come later are shown what is known, and nobody is asked for it.
  const others = await Promise.all(
    Array.from({ length: WATCHERS - 1 }, (_, index) => watch(`w${index}`)),
  );
  for (const other of others) expect(await other.next()).toBe("1");
  expect(asked).toBe(1);

  // What has not changed is asked for once a tick, and not published.
  const before = job().runs;
  for (let ticks = 0; ticks < 3; ticks++) await tick();
  expect([asked, job().runs - before]).toEqual([4, 3]);
  expect(job().lastRun).toMatchObject({ outcome: "unchanged" });

  // What has changed reaches all of them: it is the next that they get.
  price = 2;
  await tick();
  expect(asked).toBe(5);
  for (const watcher of [first, ...others]) expect(await watcher.next()).toBe("2");
  expect(job().lastRun).toMatchObject({ outcome: "published", recipients: WATCHERS });

  await Promise.all([first, ...others].map((watcher) => watcher.close()));
  await tick();
  await tick();
  expect(asked).toBe(5);
});
