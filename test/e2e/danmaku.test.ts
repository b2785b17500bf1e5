import { afterAll, beforeAll, describe, expect } from "bun:test";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Bellcast, bellcast } from "../../src/index.ts";
import { Relay } from "../support/relay.ts";
import { browserTest, Page, type PageOptions } from "./browser.ts";

const state = (kind: string) => `document.querySelector("#status").dataset.state === "${kind}"`;
const PLAYS = `(document.querySelector("#stage").dataset.state === "playing")`;
/** What the debug line says is on the stage. */
const PLACED = `JSON.parse(document.querySelector("#stage").dataset.placed ?? "[]")`;
const flies = (text: string) => `${PLACED}.some((one) => one.text === ${JSON.stringify(text)})`;
const LISTED = `[...document.querySelectorAll("#lines li:not([hidden]) .body")].map((e) => e.textContent)`;
const lists = (text: string) => `${LISTED}.includes(${JSON.stringify(text)})`;
const textIn = (selector: string, text: string) =>
  `document.querySelector("${selector}").textContent === ${JSON.stringify(text)}`;

let app: Bellcast;
let count = 0;

beforeAll(async () => {
  app = await open(0);
});
afterAll(() => app.close());

const TOPICS = { "danmaku.*": { history: 5_000, presence: true, overload: "queue" } } as const;
const open = (port: number, topics: Parameters<typeof bellcast>[0] & object = { topics: TOPICS }) =>
  bellcast({ port, store: ":memory:", jobs: [], ...topics });

/** A text that no other test has. */
const fresh = (text: string) => `${text} ${++count}`;

type Options = PageOptions & { readonly at?: number; readonly origin?: string };

/** Opens the page and waits until it is live and plays, at a place of the video if one is said. */
async function watch({ at, origin = app.url, ...options }: Options = {}): Promise<Page> {
  const url = new URL("/danmaku?lang=en&debug", origin).href;
  const page = await Page.open(url, { before: ALONE, ...options });
  await page.until(state("open"));
  await page.until(PLAYS);
  await page.until(`document.querySelector("#video").readyState > 2`);
  if (at !== undefined) await seek(page, at);
  return page;
}

/** Pages of one browser have one storage: the settings of one test are not those of another. */
const ALONE = `localStorage.clear()`;

async function seek(page: Page, at: number): Promise<void> {
  const video = `document.querySelector("#video")`;
  await page.evaluate(`${video}.currentTime = ${at}`);
  await page.until(`!${video}.seeking`);
}

/** Waits until the debug line has been written so many times. */
async function readings(page: Page, times: number): Promise<void> {
  await page.evaluate(`new Promise((done) => {
    let left = ${times};
    new MutationObserver(() => --left === 0 && done()).observe(
      document.querySelector("#stage"),
      { attributeFilter: ["data-placed"] },
    );
  })`);
}

async function send(page: Page, text: string): Promise<void> {
  await page.fill("#text", text);
  await page.press("Enter");
}

const publish = (text: string, at: number, rest = {}) =>
  app.publish("danmaku.harbour", { text, at, ...rest });

describe("a comment", () => {
  browserTest("that is sent in one tab flies in the other, and only once in its own", async () => {
    await using writer = await watch({ at: 20 });
    await using reader = await watch({ at: 20 });
    const text = fresh("from the other tab");
    await send(writer, text);
    await reader.until(flies(text));
    await reader.until(lists(text));
    await writer.until(flies(text));
    // The echo has been there when the server has confirmed it and the other tab shows it.
    await writer.until(`document.querySelector("#lines [data-own]")?.dataset.fate === "sent"`);
    const own = `${PLACED}.filter((one) => one.text === ${JSON.stringify(text)})`;
    expect(await writer.evaluate(`${own}.map((one) => one.isOwn)`)).toEqual([true]);
    expect(await reader.evaluate(`${own}.map((one) => one.isOwn)`)).toEqual([false]);
    expect(
      await writer.evaluate(`${LISTED}.filter((one) => one === ${JSON.stringify(text)}).length`),
    ).toBe(1);
    expect([...writer.complaints, ...reader.complaints]).toEqual([]);
  });

  browserTest("is shown to a late viewer when the video passes its place", async () => {
    const [early, late] = [fresh("early"), fresh("late")];
    await publish(early, 5);
    await publish(late, 31);
    await using page = await watch({ at: 29.5 });
    await page.until(lists(late));
    await page.until(flies(late));
    expect(await page.evaluate(`${PLACED}.map((one) => one.text)`)).not.toContain(early);
    // Its line leads there, and it is under way.
    await page.evaluate(
      `[...document.querySelectorAll("#lines li")].find((e) => e.textContent.includes(${JSON.stringify(early)})).querySelector("button").click()`,
    );
    await page.until(flies(early));
    await page.until(`!${flies(late)}`);
  });

  browserTest("that belongs elsewhere is put there, and does not fly now", async () => {
    await using page = await watch({ at: 10 });
    const [elsewhere, here] = [fresh("elsewhere"), fresh("here")];
    await publish(elsewhere, 50);
    await app.publish("danmaku.harbour", here);
    await page.until(flies(here));
    expect(await page.evaluate(flies(elsewhere))).toBe(false);
    await seek(page, 51);
    await page.until(flies(elsewhere));
  });

  browserTest("comes from a terminal as plain text, and what is none is ignored", async () => {
    await using page = await watch({ at: 10 });
    const post = (body: string, type = "application/x-www-form-urlencoded") =>
      fetch(new URL("/t/danmaku.harbour", app.url), {
        method: "POST",
        body,
        headers: { "Content-Type": type },
      });
    await post(`{"text":"hi","at":-5}`, "application/json");
    await post("字".repeat(101));
    await post("two\nlines");
    const text = fresh("666");
    await post(text);
    await page.until(flies(text));
    await page.until(lists(text));
    const listed = (await page.evaluate(LISTED)) as string[];
    expect(listed).not.toContain("hi");
    expect(listed.filter((one) => one.length > 100 || one.includes("two"))).toEqual([]);
  });

  browserTest("goes where its author wants it, in the size that they want", async () => {
    await using writer = await watch({ at: 20 });
    const text = fresh("at the top");
    await writer.evaluate(`document.querySelector("[name=mode][value=top]").click()`);
    await writer.evaluate(`document.querySelector("[name=size][value=large]").click()`);
    await send(writer, text);
    await writer.until(flies(text));
    const [placed] = (await writer.evaluate(
      `${PLACED}.filter((one) => one.text === ${JSON.stringify(text)})`,
    )) as { kind: string; left: number; width: number }[];
    const middle = (await writer.evaluate(
      `document.querySelector("#stage").clientWidth / 2`,
    )) as number;
    expect(placed?.kind).toBe("top");
    expect((placed?.left ?? 0) + (placed?.width ?? 0) / 2).toBeCloseTo(middle, 0);
  });

  browserTest("with a blocked word is neither shown nor listed", async () => {
    await using page = await watch({ at: 10 });
    const [bad, good] = [fresh("a SPOILER"), fresh("harmless")];
    await page.click("#settings");
    await page.fill("#blocked", "spoiler");
    await page.click("#settings-close");
    await publish(bad, 10);
    await app.publish("danmaku.harbour", good);
    await page.until(flies(good));
    await page.until(lists(good));
    expect(await page.evaluate(flies(bad))).toBe(false);
    expect(await page.evaluate(lists(bad))).toBe(false);
  });

  browserTest("flies no more when the video stands still or comments are off", async () => {
    await using page = await watch({ at: 10 });
    const text = fresh("held");
    await app.publish("danmaku.harbour", text);
    await page.until(flies(text));
    await page.evaluate(`document.querySelector("#video").click()`);
    await page.until(`!${PLAYS}`);
    const where = `${PLACED}.find((one) => one.text === ${JSON.stringify(text)})?.left`;
    await readings(page, 2);
    const left = await page.evaluate(where);
    await readings(page, 2);
    expect(await page.evaluate(where)).toBe(left);
    await page.press("d");
    await page.until(`${PLACED}.length === 0`);
    expect(await page.evaluate(`document.querySelector("#toggle").ariaPressed`)).toBe("false");
  });
});

describe("a reader who wants no movement", () => {
  browserTest("has lines that stay where they are, over a video that waits", async () => {
    await using page = await Page.open("about:blank", {
      before: `try { localStorage.clear() } catch {}`,
    });
    await page.view.cdp("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-reduced-motion", value: "reduce" }],
    });
    await page.view.navigate(new URL("/danmaku?lang=en&debug", app.url).href);
    await page.until(state("open"));
    expect(await page.evaluate(PLAYS)).toBe(false);
    await page.click("#play");
    await page.until(PLAYS);
    const texts = Array.from({ length: 6 }, () => fresh("still"));
    for (const text of texts) await app.publish("danmaku.harbour", text);
    await page.until(`${PLACED}.filter((one) => one.kind === "fading").length === 4`);
    const before = await page.evaluate(PLACED);
    await page.until(lists(texts[5] ?? ""));
    expect(await page.evaluate(PLACED)).toEqual(before);
  });
});

describe("a file of one's own", () => {
  browserTest("has a topic of its own, and its comments stay with it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bellcast-film-"));
    const film = join(folder, "my film.webm");
    await copyFile(new URL("../../public/danmaku/harbour.webm", import.meta.url), film);
    await using page = await watch({ at: 10 });
    const [clip, own] = [fresh("about the clip"), fresh("about the film")];
    await app.publish("danmaku.harbour", clip);
    await page.until(lists(clip));
    // A film with sound is played to those who have touched the page.
    await page.click("#text");
    await choose(page, film);
    await page.until(textIn("#film", "my film.webm"));
    await page.until(`document.querySelector("#lines").childElementCount === 0`);
    await page.until(PLAYS);
    await send(page, own);
    await page.until(flies(own));
    const topic = `document.querySelector("#curl").textContent.match(/danmaku\\.[0-9a-f]{16}$/)?.[0]`;
    const name = String(await page.evaluate(topic));
    await page.until(`document.querySelector("#lines [data-own]")?.dataset.fate === "sent"`);
    const history = await fetch(new URL(`/t/${name}`, app.url));
    expect(await history.json()).toMatchObject({ messages: [{ data: { text: own } }] });
    await page.click("#back");
    await page.until(lists(clip));
    expect(await page.evaluate(lists(own))).toBe(false);
    expect(page.complaints).toEqual([]);
    await rm(folder, { recursive: true });
  });

  browserTest("that cannot be played is said to be so, and leads back to the clip", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bellcast-film-"));
    const film = join(folder, "broken.mp4");
    await Bun.write(film, "no film at all");
    await using page = await watch();
    await choose(page, film);
    await page.until(`!document.querySelector("#failure").hidden`);
    expect(await page.texts("#failure-text")).toEqual([
      "This browser cannot play “broken.mp4”. MP4 (H.264) and WebM play nearly everywhere.",
    ]);
    expect(await page.evaluate(`document.querySelector("#text").disabled`)).toBe(true);
    await page.click("#failure-back");
    await page.until(`document.querySelector("#failure").hidden && ${PLAYS}`);
    expect(await page.evaluate(`document.querySelector("#text").disabled`)).toBe(false);
    await rm(folder, { recursive: true });
  });

  async function choose(page: Page, path: string): Promise<void> {
    const { root } = (await page.view.cdp("DOM.getDocument")) as { root: { nodeId: number } };
    const { nodeId } = (await page.view.cdp("DOM.querySelector", {
      nodeId: root.nodeId,
      selector: "#file",
    })) as { nodeId: number };
    await page.view.cdp("DOM.setFileInputFiles", { nodeId, files: [path] });
  }
});

describe("the clip", () => {
  browserTest("is at the same place for everyone who comes, by the time of day", async () => {
    await using page = await watch();
    const apart = `Math.abs(document.querySelector("#video").currentTime - (Date.now() / 1000) % 60)`;
    // Within the seconds in which a comment is shown at once; around the turn of the minute, the other way.
    await page.until(`${apart} < 5 || ${apart} > 55`);
  });
});

describe("the state", () => {
  browserTest("of a film about which nothing was said is an invitation", async () => {
    await using empty = await open(0);
    await using page = await watch({ origin: empty.url });
    expect(await page.evaluate(`document.querySelector(".empty").offsetHeight > 0`)).toBe(true);
    await page.until(textIn("#watching", "1 watching"));
    await using other = await watch({ origin: empty.url });
    await page.until(textIn("#watching", "2 watching"));
    await other.until(textIn("#watching", "2 watching"));
  });

  browserTest("of a topic that lets a part through says how many it left out", async () => {
    await using crowded = await open(0, {
      topics: { "danmaku.*": { history: 5_000, presence: true, overload: "sample:1/s" } },
    });
    await using page = await watch({ at: 10, origin: crowded.url });
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => crowded.publish("danmaku.harbour", `many ${n}`)),
    );
    const leftOut = answers.filter((answer) => "skipped" in answer && answer.skipped).length;
    expect(leftOut).toBeGreaterThan(0);
    await page.until(textIn("#left-out", `+${leftOut} left out`));
    expect(await page.evaluate(`document.querySelector("#left-out").hidden`)).toBe(false);
    await page.until(
      `document.querySelector("#measured").textContent.includes("left out ${leftOut}")`,
    );
  });

  browserTest("of one's own comment that was left out is said quietly", async () => {
    await using crowded = await open(0, {
      topics: { "danmaku.*": { history: 5_000, overload: "sample:1/s" } },
    });
    await using page = await watch({ at: 10, origin: crowded.url });
    for (let n = 0; n < 8; n++) await send(page, `mine ${n}`);
    await page.until(
      `document.querySelectorAll("#lines [data-fate=unseen]").length > 0 && document.querySelectorAll("#lines [data-fate=sending]").length === 0`,
    );
    expect(await page.texts("#news")).toEqual([
      "Only you have seen it: too much came at that moment.",
    ]);
    await page.until(flies("mine 7"));
  });

  browserTest(
    "of a connection that is away goes on from what is known, and catches up",
    async () => {
      const known = fresh("known");
      await publish(known, 31);
      await using relay = new Relay(app.url);
      await using page = await watch({ origin: relay.url });
      await page.until(lists(known));
      await page.until(`document.querySelector("#video").buffered.end(0) > 59`);
      relay.stall();
      relay.cut();
      await page.until(`!(${state("open")})`);
      await seek(page, 30.5);
      await page.until(flies(known));
      const [missed, own] = [fresh("missed"), fresh("mine")];
      await publish(missed, 32);
      await send(page, own);
      await page.until(flies(own));
      await page.until(`document.querySelector("#lines [data-own]")?.dataset.fate === "sending"`);
      await page.evaluate(`document.querySelector("#video").pause()`);
      relay.resume();
      await page.until(state("open"));
      await page.until(lists(missed));
      await page.until(`document.querySelector("#lines [data-own]")?.dataset.fate === "sent"`);
      // It was missed: it has its place, and does not come as a burst.
      expect(await page.evaluate(flies(missed))).toBe(false);
    },
  );

  browserTest("of a server that has lost what was said is told, and read anew", async () => {
    const first = await open(0);
    const [lost, kept, own] = [fresh("lost"), fresh("kept"), fresh("mine")];
    await first.publish("danmaku.harbour", lost);
    await using page = await watch({ origin: first.url });
    await page.until(lists(lost));
    await first.close();
    await page.until(`!(${state("open")})`);
    await send(page, own);
    await using second = await open(Number(new URL(first.url).port));
    await second.publish("danmaku.harbour", kept);
    await page.until(
      `document.querySelector("#retry").hidden || document.querySelector("#retry").click()`,
    );
    await page.until(lists(kept));
    await page.until(`!${lists(lost)}`);
    await page.until(lists(own));
    expect(await page.evaluate(LISTED)).toEqual([kept, own]);
    expect(await page.texts("#news")).toEqual([
      "Some of what was said while you were away is not kept any more.",
    ]);
  });

  browserTest("of a topic that keeps nothing and hides who is there is good enough", async () => {
    await using plain = await open(0, {
      topics: { "danmaku.*": { history: 0, presence: false, overload: "queue" } },
    });
    await using page = await watch({ at: 10, origin: plain.url });
    await send(page, "mine");
    await page.until(flies("mine"));
    await plain.publish("danmaku.harbour", { text: "theirs" });
    await page.until(flies("theirs"));
    await page.until(`document.querySelector("#lines [data-own]").dataset.fate === "sent"`);
    expect(await page.evaluate(`document.querySelector("#watching").hidden`)).toBe(true);
    expect(await page.evaluate(`${PLACED}.length`)).toBe(2);
  });

  browserTest("of a topic that is closed is said, and nothing can be sent", async () => {
    await using page = await Page.open(new URL("/danmaku?lang=en", app.url).href, {
      before: `${ALONE};(${refuseTopics})()`,
    });
    await page.until(`!document.querySelector("#news").hidden`);
    expect(await page.texts("#news")).toEqual([
      "This server does not let you take part here (forbidden).",
    ]);
    expect(await page.evaluate(`document.querySelector("#text").disabled`)).toBe(true);
  });

  browserTest("of a clip that cannot be played is a picture over which comments fly", async () => {
    await using page = await Page.open("about:blank", { before: `try { ${ALONE} } catch {}` });
    await page.view.cdp("Network.setBlockedURLs", { urls: ["*.webm*", "*.mp4*"] });
    await page.view.navigate(new URL("/danmaku?lang=en&debug", app.url).href);
    await page.until(state("open"));
    await page.until(`!document.querySelector("#failure").hidden`);
    const text = fresh("all the same");
    await app.publish("danmaku.harbour", text);
    await page.until(flies(text));
  });

  browserTest(
    "of a clip whose sources nobody has looked at yet is not taken for that",
    async () => {
      // As a browser is before it has begun to load, and after it has failed.
      await using page = await watch({
        before: `${ALONE}; {
        const { prototype } = HTMLMediaElement;
        const { get } = Object.getOwnPropertyDescriptor(prototype, "networkState");
        let isFirst = true;
        Object.defineProperty(prototype, "networkState", {
          configurable: true,
          get() {
            if (!isFirst) return get.call(this);
            isFirst = false;
            return 3;
          },
        });
      }`,
      });
      expect(await page.evaluate(`document.querySelector("#failure").hidden`)).toBe(true);
      expect(page.complaints).toEqual([]);
    },
  );
});

/** Runs in the page: the server refuses every topic, as one does that wants a key. */
const refuseTopics = `() => {
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    send(text) {
      const { type, ref, topics = [] } = JSON.parse(text);
      if (type !== "subscribe") return super.send(text);
      const refused = Object.fromEntries(topics.map((topic) => [topic, "forbidden"]));
      const data = JSON.stringify({ type: "ok", ref, topics: {}, refused });
      this.dispatchEvent(new MessageEvent("message", { data }));
    }
  };
}`;

describe("two hundred comments a second", () => {
  browserTest("never touch, and are counted", async () => {
    await using page = await watch({ at: 5 });
    await page.evaluate(`(() => {
      const load = document.querySelector("#load");
      load.value = "200";
      load.dispatchEvent(new Event("change"));
    })()`);
    await page.until(`${PLACED}.length >= 15`);
    // Several readings of the debug line, which differ.
    const touching = `(() => {
      const placed = ${PLACED};
      const meet = (a, b) => a.left < b.left + b.width && b.left < a.left + a.width
        && a.top < b.top + b.height - 1 && b.top < a.top + a.height - 1;
      return placed.flatMap((a, n) => placed.slice(n + 1).filter((b) => meet(a, b)).map((b) => [a, b]));
    })()`;
    for (let reading = 0; reading < 6; reading++) {
      const before = JSON.stringify(await page.evaluate(PLACED));
      expect(await page.evaluate(touching)).toEqual([]);
      await page.until(`JSON.stringify(${PLACED}) !== ${JSON.stringify(before)}`);
    }
    const [line] = (await page.texts("#measured")) as string[];
    expect(line).toMatch(
      /^\d+ fps · frame \d+\.\d ms, worst \d+\.\d ms · on stage \d+ · arrived \d+\/s · drawn \d+ · no lane \d+ · left out 0$/,
    );
    expect(page.complaints).toEqual([]);
  });
});
