import { afterAll, beforeAll, describe, expect } from "bun:test";

import { type Bellcast, bellcast } from "../../src/index.ts";
import { browserTest, Page } from "./browser.ts";

const OPEN = `document.querySelector("#status")?.dataset.state === "open"`;

/** What the pages cannot show before somebody has done something. */
const PAGES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  "/": (page) => page.until(OPEN),
  "/chat": async (page) => {
    await page.until(`document.querySelector("#nick")?.checkVisibility()`);
    await page.fill("#nick", "Anna");
    await page.press("Enter");
    await page.until(OPEN);
    await page.until(`document.body.textContent.includes("kept for whoever comes later")`);
  },
  "/danmaku": async (page) => {
    await page.until(OPEN);
    await page.until(`document.body.textContent.includes("a comment of before")`);
  },
  "/compare": (page) => page.until(OPEN),
};

const axe = Bun.file(new URL(import.meta.resolve("axe-core/axe.min.js")));
const FAULTS = `axe.run().then(({ violations }) =>
  violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))`;

/** How far what is on the page stands out of it, and what does. */
const OVERFLOW = `(() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const isOut = (element) => element.getBoundingClientRect().right > clientWidth + 0.5;
  return [...document.querySelectorAll("body *")].filter(isOut).map((element) => element.outerHTML.slice(0, 120));
})()`;

let app: Bellcast;

beforeAll(async () => {
  app = await bellcast({ port: 0, store: ":memory:", jobs: [] });
  await app.publish("chat.lobby", "kept for whoever comes later", { from: "Bo~test" });
  await app.publish("chat.lobby", "w".repeat(400), { from: `${"W".repeat(40)}~test` });
  await app.publish("danmaku.harbour", {
    ...{ text: "a comment of before", at: 2, mode: "scroll", color: "#ffffff", size: "normal" },
  });
});
afterAll(() => app.close());

for (const [path, enter] of Object.entries(PAGES)) {
  describe(`the page ${path}`, () => {
    for (const scheme of ["light", "dark"] as const) {
      for (const lang of ["en", "zh"] as const) {
        browserTest(
          `is in order at 360 pixels, ${scheme} and in ${lang}: nothing stands out of it, axe finds nothing, nothing is loaded from elsewhere, nothing complained of`,
          async () => {
            await using page = await Page.open(`${app.url}${path}?lang=${lang}`, {
              ...{ width: 360, height: 740, scheme },
            });
            await enter(page);
            expect(await page.evaluate(OVERFLOW)).toEqual([]);
            await page.view.cdp("Runtime.evaluate", { expression: await axe.text() });
            expect(await page.evaluate(FAULTS)).toEqual([]);
            const { host } = new URL(app.url);
            const isElsewhere = (url: string) =>
              !/^(?:blob|data|about):/.test(url) && new URL(url).host !== host;
            expect(page.requests.filter(isElsewhere)).toEqual([]);
            expect(page.complaints).toEqual([]);
          },
        );
      }
    }

    browserTest("is in order at 1440 pixels for axe, and can be installed", async () => {
      await using page = await Page.open(`${app.url}${path}?lang=en`, { width: 1440, height: 900 });
      await enter(page);
      await page.view.cdp("Runtime.evaluate", { expression: await axe.text() });
      expect(await page.evaluate(FAULTS)).toEqual([]);
      const { installabilityErrors } = (await page.view.cdp("Page.getInstallabilityErrors")) as {
        installabilityErrors: { errorId: string }[];
      };
      expect(installabilityErrors).toEqual([]);
    });
  });
}

describe("every page", () => {
  browserTest("shows the way to a phone, and takes the theme along", async () => {
    await using page = await Page.open(`${app.url}/?lang=en&sid=anna`);
    await page.until(OPEN);
    await page.click("#phone");
    await page.until(`document.querySelector("#phone-dialog").open`);
    expect(await page.evaluate(`document.querySelector("#phone-dialog pre").textContent`)).toBe(
      "BELLCAST_AUTH_MODE=open bellcast --lan",
    );
    await page.press("Escape");
    const ground = `getComputedStyle(document.documentElement).backgroundColor`;
    const light = await page.evaluate(ground);
    await page.click("#theme");
    await page.click("#theme");
    expect(await page.evaluate(`document.documentElement.dataset.theme`)).toBe("dark");
    expect(await page.evaluate(ground)).not.toBe(light);
    await page.view.navigate(`${app.url}/compare?lang=en`);
    await page.until(OPEN);
    expect(await page.evaluate(`document.documentElement.dataset.theme`)).toBe("dark");
    await page.click("#theme");
  });

  browserTest("is never seen in another theme than the chosen one", async () => {
    // What the page looks like in each of its frames, from the first on.
    const before = `{
      localStorage.setItem("bellcast.theme", "dark");
      window.seen = new Set();
      const look = () => {
        window.seen.add(getComputedStyle(document.documentElement).backgroundColor);
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }`;
    for (const path of Object.keys(PAGES)) {
      await using page = await Page.open(`${app.url}${path}`, { before, scheme: "light" });
      await page.until("window.seen.size > 0");
      expect([path, await page.evaluate("[...window.seen].join()")]).toEqual([
        path,
        "rgb(14, 20, 19)",
      ]);
    }
  });

  for (const lang of ["en", "zh"]) {
    for (const width of [320, 360, 540, 768, 900, 1024, 1280]) {
      browserTest(
        `has room in its header for whatever the connection does, at ${width} pixels in ${lang}`,
        async () => {
          await using page = await Page.open(`${app.url}/?lang=${lang}`, { width, height: 740 });
          await page.until(OPEN);
          await page.click("#drop");
          await page.until(`document.querySelector("#status").dataset.state === "waiting"`);
          const height = (selector: string) =>
            page.evaluate(`document.querySelector("${selector}").offsetHeight`);
          // Two lines of words at the most, and nothing beside them is pushed aside.
          expect(await height("#status")).toBeLessThan(48);
          expect(await height(".top")).toBeLessThan(150);
          expect(await page.evaluate(OVERFLOW)).toEqual([]);
        },
      );
    }
  }

  browserTest(
    "shows a code for each address in the network, without what is this tab's own",
    async () => {
      const url = "http://192.0.2.7:8080";
      const before = `{
      const real = fetch;
      window.fetch = (path, init) =>
        path === "/v1/stats" ? Promise.resolve(Response.json({ urls: [${JSON.stringify(url)}] })) : real(path, init);
    }`;
      await using page = await Page.open(`${app.url}/?lang=zh&sid=anna&topics=orders`, { before });
      await page.until(OPEN);
      await page.click("#phone");
      const code = `document.querySelector("#phone-dialog[open] svg")`;
      await page.until(`${code} !== null`);
      const address = `${url}/?lang=zh&topics=orders`;
      expect(await page.evaluate(`${code}.getAttribute("aria-label")`)).toBe(`${address} 的二维码`);
      expect(await page.texts("#phone-dialog a")).toEqual([address]);
      expect(await page.evaluate(`${code}.getBoundingClientRect().width > 200`)).toBe(true);
      expect(page.complaints).toEqual([]);
    },
  );
});
