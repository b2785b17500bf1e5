import { describe, expect } from "bun:test";
import { join } from "node:path";

import { type Bellcast, bellcast, type BellcastOptions } from "../../src/index.ts";
import { Relay } from "../support/relay.ts";
import { browserTest, Page } from "./browser.ts";
import { CountingRelay } from "./compare-relay.ts";
import { temporaryFolder } from "./executable.ts";

const NAMES = ["poll5", "poll1", "longPoll", "sse", "ws"] as const;
const PUSH = ["longPoll", "sse", "ws"] as const;
type Name = (typeof NAMES)[number];

const start = (options: BellcastOptions = {}): Promise<Bellcast> =>
  bellcast({
    ...{ port: 0, store: ":memory:", jobs: [], log: { level: "silent" } },
    topics: { "compare.*": { history: 100, ageMs: 600_000 } },
    ...options,
  });

const figure = (name: Name, which: string) =>
  `document.querySelector('[data-column="${name}"] [data-figure="${which}"]').textContent`;
const state = (name: Name) => `document.querySelector('[data-column="${name}"]').dataset.state`;
/** That a column has received at least so many, and all that there are. */
const hasAll = (name: Name, least: number) =>
  `(([n, all]) => n >= ${least} && n === all)(${figure(name, "received")}.split(" of ").map(Number))`;
const all = (names: readonly Name[], condition: (name: Name) => string) =>
  names.map(condition).join(" && ");
const pace = (ms: number) => `input[name="pace"][value="${ms}"]`;
const chosen = (ms: number) => `document.querySelector('${pace(ms)}').click()`;

/** Has the browser say that the page is, or is not, shown. */
const turn = (visibility: "hidden" | "visible") => `(
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "${visibility}" }),
  document.dispatchEvent(new Event("visibilitychange"))
)`;

const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6 };

/** The bytes that a column shows: three digits of them. */
async function shownBytes(page: Page, name: Name): Promise<number> {
  const text = String(await page.evaluate(figure(name, "bytesTotal")));
  const [value = "", unit = ""] = text.split("\u00a0");
  return Number(value) * (UNITS[unit] ?? Number.NaN);
}

async function expectNoFault(page: Page): Promise<void> {
  for (const name of NAMES) {
    expect([name, await page.evaluate(figure(name, "missing"))]).toEqual([name, "0"]);
    expect([name, await page.evaluate(figure(name, "twice"))]).toEqual([name, "0"]);
  }
  expect(page.complaints).toEqual([]);
}

/** What takes five seconds takes one. */
const FASTER = `const later = setTimeout;
  window.setTimeout = (task, ms, ...more) => later(task, ms / 5, ...more);`;

/** Whose request it is: the publisher's socket is the first. */
function owners(): (path: string) => string {
  let publisher: string | undefined;
  return (path) => {
    if (path.startsWith("/ws/")) return (publisher ??= path) === path ? "publisher" : "ws";
    if (/^\/t\/compare\.\w+\/sse/.test(path)) return "sse";
    if (/^\/t\/compare\.\w+(\/poll|\?limit=1$)/.test(path)) return "longPoll";
    if (/^\/t\/compare\.\w+\?.*limit=500$/.test(path)) return "poll5";
    if (/^\/t\/compare\.\w+\?.*limit=100$/.test(path)) return "poll1";
    return "page";
  };
}

describe("the comparison", () => {
  browserTest("shows what is on the wire, and nothing is missing after a cut", async () => {
    await using app = await start();
    await using relay = new CountingRelay(app.url, owners());
    await using page = await Page.open(`${relay.url}/compare?lang=en`);
    await page.until(all(NAMES, (name) => `${state(name)} === "open"`));
    await page.evaluate(chosen(200));
    await page.until(
      all(NAMES, (name) => `parseInt(${figure(name, "received")}) > 20`),
      20_000,
    );
    await page.click("#cut-all");
    await page.until(all(NAMES, (name) => `${state(name)} === "waiting"`));
    const back = (name: Name) =>
      `document.querySelector('[data-column="${name}"] .recovery').textContent`;
    await page.until(
      all(NAMES, (name) => `${back(name)}.startsWith("Heard again")`),
      20_000,
    );
    await page.evaluate(chosen(0));
    await page.until(
      all(NAMES, (name) => hasAll(name, 20)),
      20_000,
    );
    for (const name of NAMES) {
      const [, restored, missed] =
        /: (\d+) of (\d+) that were missed/.exec(String(await page.evaluate(back(name)))) ?? [];
      expect([name, restored]).toEqual([name, missed]);
      expect(Number(missed)).toBeGreaterThan(5);
    }
    await expectNoFault(page);

    // Nobody sends any more, and what was said last is written.
    await page.evaluate(turn("hidden"));
    await page.until(all(NAMES, (name) => `${state(name)} === "waiting"`));
    await page.evaluate(`new Promise((resolve) => setTimeout(resolve, 600))`);
    const errors: Record<string, string> = {};
    for (const name of NAMES) {
      const { sent = 0, received = 0 } = relay.tally.get(name) ?? {};
      const error = (await shownBytes(page, name)) / (sent + received) - 1;
      errors[name] = `${(error * 100).toFixed(2)} %`;
      expect([name, Math.abs(error) < 0.05]).toEqual([name, true]);
    }
    if (process.env["COMPARE_ERRORS"]) console.log(errors);
  });

  browserTest("asks on where it polls, though nothing comes, and elsewhere does not", async () => {
    // What is broadcast meanwhile is no part of the feed, and comes to nobody.
    await using app = await start({ jobs: [{ name: "clock", every: "1s", message: "12:00" }] });
    await using page = await Page.open(`${app.url}/compare?lang=en`);
    await page.evaluate(chosen(0));
    await page.until(all(NAMES, (name) => `${state(name)} === "open"`));
    await page.until(`Number(${figure("poll1", "requests")}) >= 3`);
    const quiet = `[${PUSH.flatMap((name) => ["requests", "bytesTotal"].map((which) => figure(name, which)))}].join()`;
    const before = await page.evaluate(quiet);
    await page.until(`Number(${figure("poll1", "requests")}) >= 5`);
    expect(await page.evaluate(quiet)).toBe(before);
    expect(await page.evaluate(figure("poll1", "received"))).toBe("0 of 0");
  });

  browserTest("goes on after the server has gone away and returned", async () => {
    await using folder = await temporaryFolder();
    const store = join(folder.path, "bellcast.db");
    const first = await start({ store });
    const { port } = new URL(first.url);
    await using page = await Page.open(`${first.url}/compare?lang=en`, { before: FASTER });
    await page.evaluate(chosen(200));
    await page.until(
      all(NAMES, (name) => `parseInt(${figure(name, "received")}) > 3`),
      20_000,
    );
    await first.close();
    await page.until(
      all(NAMES, (name) => `${state(name)} === "waiting"`),
      20_000,
    );
    await page.until(`document.querySelector("#published").textContent === "Waits for the server"`);
    const heard = Number(await page.evaluate(`parseInt(${figure("ws", "received")})`));
    await using _second = await start({ store, port: Number(port) });
    const more = (name: Name) => `parseInt(${figure(name, "received")}) > ${heard + 5}`;
    await page.until(all(NAMES, more), 40_000);
    await page.evaluate(chosen(0));
    await page.until(
      all(NAMES, (name) => hasAll(name, heard)),
      20_000,
    );
    await expectNoFault(page);
  });

  browserTest("says which column is refused and why, and compares the others", async () => {
    await using app = await start({
      onConnect: ({ transport }) => transport !== "sse",
    });
    await using page = await Page.open(`${app.url}/compare?lang=en`, { before: FASTER });
    await page.until(`${state("sse")} === "refused"`);
    await page.until(all(["longPoll", "ws"], (name) => hasAll(name, 2)));
    expect(await page.texts('[data-column="sse"] .notice')).toEqual([
      "The server refuses: hook_refused",
    ]);
    expect(await page.evaluate(figure("sse", "received"))).toBe("0 of 0");
  });

  browserTest("compares what is left where a network refuses WebSocket", async () => {
    await using app = await start();
    await using relay = new Relay(app.url);
    relay.mode = "refuseUpgrade";
    await using page = await Page.open(`${relay.url}/compare?lang=en`, { before: FASTER });
    const others = NAMES.filter((name) => name !== "ws");
    await page.until(
      all(others, (name) => hasAll(name, 3)),
      30_000,
    );
    expect(await page.evaluate(state("ws"))).not.toBe("open");
    await page.until(
      `document.querySelector('[data-column="ws"] .cutting').innerText.includes("Cannot connect; keeps trying.")`,
    );
    await page.until(
      `document.querySelector("#lead").textContent.startsWith("Server-Sent Events:")`,
    );
  });

  browserTest("says that nobody may publish its feed, until it is started afresh", async () => {
    let isRefusing = true;
    await using app = await start({ onConnect: () => !isRefusing });
    await using page = await Page.open(`${app.url}/compare?lang=en`, { before: FASTER });
    await page.until(`!document.querySelector("#trouble").hidden`);
    expect(await page.texts("#trouble, #lead-more")).toEqual([
      "",
      "The feed was refused, so that there is nothing to compare: hook_refused",
    ]);
    isRefusing = false;
    await page.click("#reset");
    await page.until(all(PUSH, (name) => hasAll(name, 1)));
    expect(await page.evaluate(`document.querySelector("#trouble").hidden`)).toBe(true);
  });

  browserTest("is started afresh once the server that was away is back", async () => {
    const first = await start();
    const { port } = new URL(first.url);
    await using page = await Page.open(`${first.url}/compare?lang=en`, { before: FASTER });
    await page.until(all(NAMES, (name) => `${state(name)} === "open"`));
    await first.close();
    await page.until(`document.querySelector("#published").textContent === "Waits for the server"`);
    await page.click("#reset");
    await page.until(`!document.querySelector("#trouble").hidden`);
    expect(await page.texts("#lead-more")).toEqual([
      "As soon as the server is there, messages are published.",
    ]);
    await using _second = await start({ port: Number(port) });
    await page.until(`document.querySelector("#trouble").hidden`, 40_000);
    await page.until(
      all(PUSH, (name) => hasAll(name, 1)),
      20_000,
    );
    // With what the server says of a request's size, none is as short as without.
    expect(await shownBytes(page, "poll1")).toBeGreaterThan(500);
  });

  browserTest("compares what is left where a browser has no WebSocket", async () => {
    await using app = await start();
    await using page = await Page.open(`${app.url}/compare?lang=en`, {
      before: `${FASTER} delete window.WebSocket;`,
    });
    await page.until(
      all(["poll1", "longPoll", "sse"], (name) => hasAll(name, 2)),
      20_000,
    );
    expect(await page.evaluate(state("ws"))).not.toBe("open");
    expect(page.complaints).toEqual([]);
  });

  browserTest("names the protocol to whom it comes from the cache", async () => {
    await using app = await start();
    for (const visit of [1, 2, 3]) {
      await using page = await Page.open(`${app.url}/compare?lang=en`);
      await page.until(all(NAMES, (name) => `${state(name)} === "open"`));
      expect([visit, await page.texts(".spoken dt")]).toEqual([visit, ["Protocol HTTP/1.1"]]);
    }
  });

  browserTest("says that its feed is refused", async () => {
    await using app = await start({ onPublish: () => ({ refuse: "not today" }) });
    await using page = await Page.open(`${app.url}/compare?lang=en`, { before: FASTER });
    await page.until(`!document.querySelector("#trouble").hidden`);
    expect(await page.texts("#trouble")).toEqual([
      expect.stringMatching(/^The feed was refused, so that there is nothing to compare: /),
    ]);
    await page.until(all(NAMES, (name) => `${figure(name, "received")} === "0 of 0"`));
  });

  browserTest("lets go of everything while the page is hidden, and goes on", async () => {
    await using app = await start();
    await using page = await Page.open(`${app.url}/compare?lang=en`, { before: FASTER });
    await page.until(all(["longPoll", "sse", "ws"], (name) => hasAll(name, 2)));
    await page.evaluate(turn("hidden"));
    await page.until(all(NAMES, (name) => `${state(name)} === "waiting"`));
    const published = await page.texts("#published");
    await page.evaluate(turn("visible"));
    await page.until(all(NAMES, (name) => `${state(name)} === "open"`));
    await page.until(`document.querySelector("#published").textContent !== "${published}"`);
    await page.evaluate(chosen(0));
    await page.until(
      all(NAMES, (name) => hasAll(name, 2)),
      20_000,
    );
    await expectNoFault(page);
  });

  browserTest("cuts one column alone, and starts all of them afresh", async () => {
    await using app = await start();
    await using page = await Page.open(`${app.url}/compare?lang=en`, { before: FASTER });
    await page.until(all(PUSH, (name) => hasAll(name, 1)));
    await page.evaluate(`document.querySelector('[data-column="ws"] .cutting button').focus()`);
    await page.press("Enter");
    await page.until(`${state("ws")} === "waiting"`);
    // Whoever goes by the keyboard stays where they were.
    expect(await page.evaluate(`document.activeElement.textContent`)).toBe("Cut for 3 s");
    expect(await page.evaluate(state("sse"))).toBe("open");
    await page.click("#reset");
    await page.until(all(NAMES, (name) => `${state(name)} === "open"`));
    await page.until(
      `document.querySelector('[data-column="ws"] .recovery').textContent.startsWith("Cut it")`,
    );
    expect(Number(await page.evaluate(figure("ws", "requests")))).toBe(1);
  });
});
