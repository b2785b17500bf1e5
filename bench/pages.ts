/**
 * What opening a built-in page costs, in Chromium on loopback, with an empty cache and the executable
 * `dist/bellcast` (made by `bun run build`): the bytes of everything that its first load brings, as they
 * are in the answers' bodies, the milliseconds until it can be used (all of its scripts have run), and
 * until it is connected. The clip of the danmaku page is loaded beside, and not counted.
 */
import { resolve } from "node:path";

import { Page } from "../test/e2e/browser.ts";
import { ServerProcess, temporaryFolder } from "../test/e2e/executable.ts";
import { machine, show, type Spread, spread } from "./measure.ts";
import { CommandLine } from "./options.ts";

const USAGE = `usage: bun bench/pages.ts [--rounds 9] [--json]

  --rounds  how often each page is opened
  --json    every single result, as JSON`;

const PAGES = ["/", "/chat", "/danmaku", "/compare"];

interface Opened {
  readonly bytes: number;
  readonly usableMs: number;
  readonly connectedMs: number;
}

const line = new CommandLine(USAGE, ["rounds"]);
const rounds = line.number("rounds", 9, { min: 1, max: 1000 });

/** Keeps the instant at which the header first says that the page is connected. */
const WATCH = `{
  const look = () => {
    if (document.querySelector("#status")?.dataset.state !== "open") return requestAnimationFrame(look);
    window.connectedMs = performance.now();
  };
  look();
}`;

/** The entries of Resource Timing (https://www.w3.org/TR/resource-timing/), the document among them. */
const MEASURE = `(() => {
  const [page] = performance.getEntriesByType("navigation");
  const loads = [page, ...performance.getEntriesByType("resource")].filter(({ name, initiatorType }) =>
    !/harbour|\\/t\\/|\\/v1\\//.test(name) && initiatorType !== "fetch");
  return {
    bytes: loads.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    usableMs: page.domContentLoadedEventEnd,
    connectedMs: window.connectedMs,
  };
})()`;

async function open(url: string): Promise<Opened> {
  await using page = await Page.open(url, {
    before: `sessionStorage.setItem("bellcast.chat.sid", "Anna~test");${WATCH}`,
  });
  await page.until("window.connectedMs > 0");
  // Whatever was loaded before is loaded anew.
  await page.view.cdp("Network.setCacheDisabled", { cacheDisabled: true });
  await page.view.navigate(url);
  await page.until("window.connectedMs > 0");
  return (await page.evaluate(MEASURE)) as Opened;
}

await using folder = await temporaryFolder();
await using server = await ServerProcess.start([resolve("dist/bellcast")], { cwd: folder.path });
const results: Record<string, Opened[]> = {};
for (let round = 0; round < rounds; round++) {
  for (const path of PAGES) (results[path] ??= []).push(await open(`${server.url}${path}`));
}
if (line.json) console.log(JSON.stringify(results));
else {
  console.log(machine());
  for (const [path, opened] of Object.entries(results)) {
    const of = (part: keyof Opened): Spread => spread(opened.map((one) => one[part]));
    const ms = (value: number) => value.toFixed(0);
    console.log(
      `${path.padEnd(9)} ${(of("bytes").median / 1000).toFixed(1)} kB, usable after ${show(of("usableMs"), ms)} ms, connected after ${show(of("connectedMs"), ms)} ms`,
    );
  }
}
