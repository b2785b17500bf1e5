/**
 * Makes the pictures of the documents in `docs/pictures`: `bun run screenshots`, or with names of some
 * of them behind it. Each is of a page in Chromium, on a server of its own that has something to show.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { connect } from "../../src/client/index.ts";
import { type Bellcast, bellcast } from "../../src/index.ts";
import { Page, type PageOptions } from "../e2e/browser.ts";
import { WORDS } from "./words.ts";

const FOLDER = join(import.meta.dir, "../../docs/pictures");

const LANGUAGES = ["en", "zh"] as const;
type Words = (typeof WORDS)[(typeof LANGUAGES)[number]];

const OPEN = `document.querySelector("#status")?.dataset.state === "open"`;

const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 780 };

interface Picture {
  readonly path: string;
  readonly options: PageOptions;
  /** Puts something there before the page is opened. */
  readonly prepare?: (app: Bellcast, words: Words) => Promise<void>;
  /** Brings the page to where it is worth a picture. */
  readonly show: (page: Page, app: Bellcast, words: Words) => Promise<void>;
}

const chat: Omit<Picture, "options"> = {
  path: "/chat",
  async show(page, app, { reader, talk }) {
    await page.until(`document.querySelector("#nick")?.checkVisibility()`);
    await page.fill("#nick", reader);
    await page.press("Enter");
    await page.until(OPEN);
    const sids = [...new Set(talk.map(([from]) => `${from}~demo`))];
    const others = sids.map((sid) => connect(app.url, { sid, topics: ["chat.lobby"] }));
    for (const [from, text] of talk) {
      await app.publish("chat.lobby", text, { from: `${from}~demo` });
    }
    await others[0]?.publish("chat.lobby.typing", "1");
    await page.until(`document.body.textContent.includes(${JSON.stringify(talk.at(-1)?.[1])})`);
  },
};

const danmaku: Omit<Picture, "options"> = {
  path: "/danmaku",
  async prepare(app, { comments }) {
    const colors = ["#ffffff", "#ffffff", "#7fe3d4", "#ffd166"];
    for (const [index, text] of comments.entries()) {
      const at = 1 + index * 0.45;
      const color = colors[index % colors.length];
      const mode = index === 4 ? "top" : "scroll";
      // The topic lets so many through, and no more.
      await app.publish("danmaku.harbour", { text, at, mode, color, size: "normal" });
      await Bun.sleep(60);
    }
  },
  async show(page) {
    await page.until(OPEN);
    // It begins where the time of day has put it.
    await page.until(`document.querySelector("video").readyState >= 2`);
    await page.evaluate(`document.querySelector("video").currentTime = 0.2`);
    await page.until(`Math.abs(document.querySelector("video").currentTime - 6.8) < 0.3`, 60_000);
  },
};

const PICTURES: Readonly<Record<string, Picture>> = {
  console: {
    path: "/?sid=anna&topics=orders,kitchen",
    options: WIDE,
    async show(page, app, { kitchen }) {
      await page.until(OPEN);
      for (const [topic, text] of kitchen) await app.publish(topic, text);
      await app.jobs.run("clock");
      await page.until(`document.querySelectorAll("#lines [data-kind=message]").length >= 4`);
    },
  },
  chat: { ...chat, options: WIDE },
  "chat-phone": { ...chat, options: { ...PHONE, scheme: "dark" } },
  danmaku: { ...danmaku, options: { width: 1280, height: 900, scheme: "dark" } },
  "danmaku-phone": { ...danmaku, options: PHONE },
  compare: {
    path: "/compare",
    options: { width: 1440, height: 1000 },
    async show(page) {
      await page.until(OPEN);
      // As long as the slowest of its columns takes to have something to say.
      await Bun.sleep(22_000);
    },
  },
};

async function take(name: string, lang: (typeof LANGUAGES)[number]): Promise<void> {
  const picture = PICTURES[name];
  if (picture === undefined) throw new Error(`There is no picture ${name}.`);
  const words = WORDS[lang];
  await using app = await bellcast({
    port: 0,
    store: ":memory:",
    jobs: [{ name: "clock", cron: "0 0 0 1 1 ?", template: "{{time 'HH:mm:ss'}}" }],
  });
  await picture.prepare?.(app, words);
  const query = picture.path.includes("?") ? "&" : "?";
  await using page = await Page.open(
    `${app.url}${picture.path}${query}lang=${lang}`,
    picture.options,
  );
  await picture.show(page, app, words);
  // What has just come is drawn with the next frames.
  await Bun.sleep(400);
  const { data } = (await page.view.cdp("Page.captureScreenshot", {
    format: "webp",
    quality: 90,
  })) as { data: string };
  const file = join(FOLDER, `${name}-${lang}.webp`);
  await Bun.write(file, Buffer.from(data, "base64"));
  console.log(`${file}  ${(Bun.file(file).size / 1000).toFixed(0)} kB`);
}

await mkdir(FOLDER, { recursive: true });
const asked = Bun.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(PICTURES)) {
  for (const lang of LANGUAGES) await take(name, lang);
}
process.exit();
