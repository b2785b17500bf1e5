import { afterEach, beforeEach, describe, expect } from "bun:test";
import { join, resolve } from "node:path";

import { type Bellcast, bellcast } from "../../src/index.ts";
import { Relay } from "../support/relay.ts";
import { browserTest, Page } from "./browser.ts";
import { temporaryFolder } from "./executable.ts";

/** The page of the documentation, as it stands there. */
const guide = await Bun.file(resolve(import.meta.dir, "../../docs/client.md")).text();
const [, page = ""] = /```html\n([\s\S]*?)```/.exec(guide) ?? [];

const connection = (text: string) =>
  `document.querySelector("#connection").value === ${JSON.stringify(text)}`;
const listed = (count: number) => `document.querySelectorAll("#orders li").length >= ${count}`;

/** After so many milliseconds without a word a client is gone. */
const SILENCE_MS = 4_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let app: Bellcast;
let relay: Relay;

beforeEach(async () => {
  folder = await temporaryFolder();
  await Bun.write(join(folder.path, "index.html"), page);
  const own = page.replace("connect()", "connect(undefined, { share: false })");
  await Bun.write(join(folder.path, "own.html"), own);
  await Bun.write(join(folder.path, "hello.txt"), "hello");
  app = await bellcast({
    port: 0,
    store: ":memory:",
    jobs: [],
    public: folder.path,
    topics: { hall: { presence: true } },
    limits: { silenceMs: SILENCE_MS },
  });
  relay = new Relay(app.url);
});
afterEach(async () => {
  await relay[Symbol.asyncDispose]();
  await app.close();
  await folder[Symbol.asyncDispose]();
});

async function sessions(): Promise<number> {
  const response = await fetch(`${app.url}/v1/sessions`);
  return ((await response.json()) as { total: number }).total;
}

/** Publishes fifty messages, and waits until the page has as many more. */
async function fifty(page: Page, from: number, between = () => {}): Promise<string[]> {
  const texts = Array.from({ length: 50 }, (_, index) => `m${from + index}`);
  for (const text of texts) {
    await app.publish("orders", text);
    between();
  }
  await page.until(listed(from + 49), 60_000);
  return texts;
}

/** Shows the fifty that are published while something is done, each once and in order. */
async function shownWhile(open: Page, between: (published: number) => void): Promise<void> {
  await open.until(connection("open, ws"));
  let published = 0;
  const texts = await fifty(open, 1, () => between(++published));
  expect(await open.texts("#orders li")).toEqual(texts);
  await open.until(connection("open, ws"), 30_000);
}

/** Shows what is published over the transport that is left, and after the return to WebSocket. */
async function shownBy(open: Page, transport: string): Promise<void> {
  await open.until(connection(`open, ${transport}`), 60_000);
  const texts = await fifty(open, 1);
  relay.mode = "pass";
  await open.until(connection("open, ws"), 60_000);
  texts.push(...(await fifty(open, 51)));
  expect(await open.texts("#orders li")).toEqual(texts);
}

const CASES = [
  ["refuseUpgrade", "sse"],
  ["refuseStreams", "poll"],
  ["muteUpgrade", "sse"],
] as const;

describe("the page of the guide, which shares its connection", () => {
  browserTest("shows what is published while nothing comes through for ten seconds", async () => {
    await using open = await Page.open(relay.url);
    await shownWhile(open, (published) => {
      if (published !== 1) return;
      relay.stall();
      setTimeout(() => relay.resume(), 10_000);
    });
  });

  browserTest("shows what is published while its connections are cut", async () => {
    await using open = await Page.open(relay.url);
    await shownWhile(open, (published) => {
      if (published % 10 === 0) relay.cut();
    });
  });

  browserTest("uses sse where a network refuses the upgrade, and returns", async () => {
    relay.mode = "refuseUpgrade";
    await using open = await Page.open(relay.url);
    await shownBy(open, "sse");
  });
});

describe("more tabs than a browser has connections for", () => {
  browserTest("all get what is published over one stream", async () => {
    relay.mode = "refuseUpgrade";
    await using stack = new AsyncDisposableStack();
    const tabs = await Promise.all(
      Array.from({ length: 8 }, async () => stack.use(await Page.open(relay.url))),
    );
    for (const tab of tabs) await tab.until(connection("open, sse"), 60_000);
    expect(await sessions()).toBe(1);
    await app.publish("orders", "to all eight");
    for (const tab of tabs) {
      await tab.until(listed(1));
      expect(await tab.texts("#orders li")).toEqual(["to all eight"]);
    }
  });
});

describe("the page of the guide, with a connection of its own", () => {
  // What takes fifteen seconds takes three.
  const before = `const later = setTimeout;
    window.setTimeout = (task, ms, ...more) => later(task, ms / 5, ...more);`;

  browserTest("shows what is published while its connections are cut", async () => {
    await using open = await Page.open(`${relay.url}/own.html`);
    await shownWhile(open, (published) => {
      if (published % 10 === 0) relay.cut();
    });
  });

  for (const [mode, transport] of CASES) {
    browserTest(`uses ${transport} where a network does ${mode}, and returns`, async () => {
      relay.mode = mode;
      await using open = await Page.open(`${relay.url}/own.html`, { before });
      await shownBy(open, transport);
    });
  }
});

describe("the page of the guide", () => {
  for (const path of ["/", "/own.html"]) {
    browserTest(`is kept aside when its reader goes on, and goes on itself: ${path}`, async () => {
      await using open = await Page.open(app.url + path);
      await open.until(connection("open, ws"));
      await open.evaluate("window.mark = 1");
      await open.view.navigate(`${app.url}/hello.txt`);
      while ((await sessions()) > 0) await Bun.sleep(10);
      await app.publish("orders", "while it was away");
      const { entries } = (await open.view.cdp("Page.getNavigationHistory")) as {
        entries: { id: number }[];
      };
      await open.view.cdp("Page.navigateToHistoryEntry", { entryId: entries.at(-2)?.id });
      // The same page, not one that was loaded anew.
      const mark = () => open.evaluate("window.mark").catch(() => undefined);
      while ((await mark()) !== 1) await Bun.sleep(10);
      await open.until(connection("open, ws"));
      await open.until(listed(1));
      expect(await open.texts("#orders li")).toEqual(["while it was away"]);
    });
  }
});

browserTest("the client runs in a worker", async () => {
  const script = `import { connect } from "/client.js";
    connect().on("message", ({ data }) => postMessage(data));
    postMessage("ready");`;
  await Bun.write(join(folder.path, "worker.js"), script);
  await using open = await Page.open(`${app.url}/hello.txt`);
  await open.evaluate(`(() => {
    window.heard = [];
    new Worker("/worker.js", { type: "module" }).onmessage = ({ data }) => heard.push(data);
  })()`);
  await open.until(`heard.includes("ready")`);
  while ((await sessions()) === 0) await Bun.sleep(10);
  await app.publish("all", "hello");
  await open.until(`heard.includes("hello")`);
});

describe("without the client, an example of the guide", () => {
  const examples = async () => {
    const text = await Bun.file(resolve(import.meta.dir, "../../docs/http.md")).text();
    return [...text.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
  };

  for (const [place, name] of ["EventSource", "fetch", "polling"].entries()) {
    browserTest(`shows what is published: ${name}`, async () => {
      const [code = ""] = (await examples()).slice(place);
      await using open = await Page.open(`${app.url}/hello.txt`);
      // It runs for ever, and says what it gets.
      await open.evaluate(`void (async () => { ${code} })()`);
      while ((await sessions()) === 0) await Bun.sleep(10);
      await app.publish("orders", "noodles");
      while (!open.complaints.some((said) => said.includes("noodles"))) await Bun.sleep(10);
      expect(open.complaints.join("\n")).not.toContain("Error");
    });
  }
});

describe("two tabs with one sid", () => {
  const members = async () => {
    const response = await fetch(`${app.url}/v1/topics/hall/presence`);
    return ((await response.json()) as { members: { sid: string }[] }).members.map(
      ({ sid }) => sid,
    );
  };
  const until = async (sids: string[]) => {
    while (!Bun.deepEquals(await members(), sids)) await Bun.sleep(20);
  };

  for (const share of [true, false]) {
    browserTest(`are one member until both have gone: share is ${share}`, async () => {
      const options = `connect(undefined, { sid: "anna", topics: ["hall"], share: ${share} })`;
      await Bun.write(join(folder.path, "hall.html"), page.replace("connect()", options));
      await using one = await Page.open(`${relay.url}/hall.html`);
      await one.until(connection("open, ws"));
      await using two = await Page.open(`${relay.url}/hall.html`);
      await two.until(connection("open, ws"));
      await until(["anna"]);
      await one[Symbol.asyncDispose]();
      await app.publish("orders", "to the other");
      await two.until(listed(1));
      expect(await members()).toEqual(["anna"]);
      // Nobody tells the server that the last one goes.
      relay.stall();
      await two[Symbol.asyncDispose]();
      const start = performance.now();
      await until([]);
      expect(performance.now() - start).toBeLessThan(2 * SILENCE_MS);
    });
  }
});
