/**
 * What a frame of the danmaku page costs under a load that it makes up itself, in milliseconds of its
 * own code, and how many frames a second there are.
 *
 * Opens the page in Chromium at the sizes of a desktop and of a phone, with comments over all of the
 * picture. A frame is everything that the page does in its frame callbacks: who is next, the lanes, the
 * letters, the drawing, and the list beside it. It is measured from outside, around the callbacks; the
 * line that the page shows of itself, of the last second and of the stage alone, stands below.
 */
import { bellcast } from "../src/index.ts";
import { Page } from "../test/e2e/browser.ts";
import { CommandLine } from "./options.ts";

const USAGE = `usage: bun bench/danmaku.ts [--rate 200] [--seconds 10] [--json]

  --rate     comments a second: 20 or 200
  --seconds  how long each size is measured, once the stage is full
  --json     every single frame, as JSON`;

const SIZES = [
  { width: 1440, height: 900 },
  { width: 360, height: 740 },
] as const;

/** A comment takes eight seconds over the stage: then it is as full as it gets. */
const WARM_UP_MS = 9_000;

/** Half of what a screen of 60 pictures a second leaves for one. */
const LONG_MS = 8;

const line = new CommandLine(USAGE, ["rate", "seconds"]);
const rate = line.number("rate", 200, { min: 20, max: 200 });
const seconds = line.number("seconds", 10, { min: 1, max: 600 });

/** Runs in the page before its own scripts: keeps what the callbacks of each frame cost together. */
const PROBE = `(() => {
  localStorage.setItem("bellcast.danmaku", JSON.stringify({ area: 1 }));
  const real = window.requestAnimationFrame.bind(window);
  const frames = (window.frames_ = []);
  window.requestAnimationFrame = (task) => real((at) => {
    const start = performance.now();
    task(at);
    const cost = performance.now() - start;
    const last = frames.at(-1);
    if (last?.at === at) last.cost += cost;
    else frames.push({ at, cost });
  });
})()`;

interface Frame {
  readonly at: number;
  readonly cost: number;
}

async function measure(origin: URL | string, size: (typeof SIZES)[number]) {
  await using page = await Page.open(new URL("/danmaku?lang=en&debug", origin).href, {
    ...size,
    before: PROBE,
  });
  await page.until(`document.querySelector("#stage").dataset.state === "playing"`);
  await page.evaluate(`(() => {
    const load = document.querySelector("#load");
    load.value = "${rate}";
    load.dispatchEvent(new Event("change"));
  })()`);
  await Bun.sleep(WARM_UP_MS);
  await page.evaluate(`frames_.length = 0`);
  await Bun.sleep(seconds * 1_000);
  const frames = (await page.evaluate(`frames_`)) as readonly Frame[];
  const [said] = (await page.texts("#measured")) as readonly string[];
  return { ...size, frames, said };
}

const at = (sorted: readonly number[], part: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

await using app = await bellcast({ port: 0, store: ":memory:", jobs: [] });
for (const size of SIZES) {
  const { width, height, frames, said } = await measure(app.url, size);
  const costs = frames.map(({ cost }) => cost);
  if (line.json) {
    console.log(JSON.stringify({ width, height, rate, costs }));
    continue;
  }
  costs.sort((a, b) => a - b);
  const [median, p95, p99] = [at(costs, 0.5), at(costs, 0.95), at(costs, 0.99)];
  const long = costs.filter((cost) => cost >= LONG_MS).length;
  const fps = (frames.length - 1) / (((frames.at(-1)?.at ?? 0) - (frames[0]?.at ?? 0)) / 1_000);
  console.log(
    `${width}x${height}, ${rate}/s: frame ${median.toFixed(1)} ms median, ${p95.toFixed(1)} ms p95, ` +
      `${p99.toFixed(1)} ms p99, ${at(costs, 1).toFixed(1)} ms worst, ${long} of ${frames.length} ` +
      `over ${LONG_MS} ms, ${fps.toFixed(0)} fps\n  ${said}`,
  );
}
