import { afterAll, beforeAll, describe, expect } from "bun:test";

import { type Bellcast, bellcast } from "../../src/index.ts";
import { browserTest, Page, type PageOptions } from "./browser.ts";

const LIVE = `document.querySelector("#status").dataset.state === "open"`;
const state = (kind: string) => LIVE.replace('"open"', JSON.stringify(kind));
/** An expression that is true when a line shows exactly this. */
const shows = (text: string) =>
  `[...document.querySelectorAll("#lines .body")].some((e) => e.textContent === ${JSON.stringify(text)})`;

let app: Bellcast;
const received: { sid: string; data: string | Uint8Array }[] = [];

const start = (port: number) =>
  bellcast({
    port,
    store: ":memory:",
    jobs: [],
    // What one test publishes must not come to the next, but for what is there to come back.
    topics: { "**": { history: 0 }, "kept.*": { history: 1_000 } },
    onMessage: (message) => void received.push(message),
  });

beforeAll(async () => {
  app = await start(0);
});
afterAll(() => app.close());

/** Opens the console as `sid` and waits until it is live. */
async function open(sid: string, options: PageOptions & { query?: string } = {}): Promise<Page> {
  const page = await Page.open(`${app.url}/?lang=en&sid=${sid}${options.query ?? ""}`, options);
  await page.until(LIVE);
  return page;
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `n${from + index}`);

/** Waits until `look` resolves to true. */
async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function sids(): Promise<string[]> {
  const response = await fetch(`${app.url}/v1/sessions`);
  const { sessions } = (await response.json()) as { sessions: { sid: string }[] };
  return sessions.map((session) => session.sid);
}

describe("what is published", () => {
  browserTest("to all is shown, and the page has nothing to complain of", async () => {
    await using page = await open("reader");
    await app.publish("all", "这是来自服务端的消息");
    await page.until(shows("这是来自服务端的消息"));
    expect(await page.evaluate("document.title")).toBe("Bellcast");
    expect(page.complaints).toEqual([]);
  });

  browserTest("to an extra topic and to the inbox is shown, and to no other", async () => {
    await using page = await open("reader", { query: "&topics=orders" });
    await app.publish("kitchen", "not for this page");
    await app.publish("orders", "one");
    await app.publish("@reader", "two");
    await page.until(shows("two"));
    expect(await page.texts("#lines .body")).toEqual([
      "Connected as reader by WebSocket",
      "one",
      "two",
    ]);
  });

  browserTest("as bytes is shown in hexadecimal", async () => {
    await using page = await open("reader");
    await app.publish("all", new Uint8Array([0, 1, 254, 255]));
    await page.until(shows("‹4 bytes› 00 01 fe ff"));
  });

  browserTest("as markup is text, wherever it comes from, and runs nothing", async () => {
    const hostile = `<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>`;
    await using page = await open("reader");
    await app.publish("all", hostile);
    await page.until(shows(hostile));
    await page.fill("#topic", hostile);
    await page.fill("#text", hostile);
    await page.press("Enter");
    await page.until(`!document.querySelector("#notice").hidden`);
    await page.fill("#more-topics", `<img/src=x/onerror=window.hacked=3>`);
    await page.press("Enter");
    await page.until(`document.querySelectorAll("#topics li").length === 3`);
    expect(await page.evaluate("window.hacked")).toBeUndefined();
    expect(await page.evaluate(`document.querySelectorAll("main img, body script").length`)).toBe(
      0,
    );
  });

  browserTest("five thousand times leaves the last five hundred, at the end", async () => {
    await using page = await open("reader");
    for (let n = 1; n <= 5000; n++) await app.publish("all", `m${n}`);
    await page.until(shows("m5000"));
    const lines = (await page.texts("#lines .body")) as string[];
    expect(lines).toEqual(Array.from({ length: 500 }, (_, n) => `m${4501 + n}`));
    expect(
      await page.evaluate(
        `(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)(document.querySelector("#log"))`,
      ),
    ).toBeLessThanOrEqual(1);
  });

  browserTest("while the reader is further up is counted, and a click away", async () => {
    await using page = await open("reader");
    for (let n = 1; n <= 100; n++) await app.publish("all", `m${n}`);
    await page.until(shows("m100"));
    await page.evaluate(`document.querySelector("#log").scrollTop = 0`);
    // the scroll event comes with the next frame
    await page.evaluate(`new Promise((done) => requestAnimationFrame(() => setTimeout(done)))`);
    await app.publish("all", "below");
    await page.until(`document.querySelector("#jump").textContent === "1 new"`);
    expect(await page.evaluate(`document.querySelector("#log").scrollTop`)).toBe(0);
    await page.click("#jump");
    await page.until(`document.querySelector("#jump").hidden`);
    expect(await page.evaluate(`document.querySelector("#log").scrollTop`)).toBeGreaterThan(0);
  });
});

describe("sending", () => {
  browserTest("by Enter reaches the server", async () => {
    await using page = await open("writer");
    await page.fill("#text", "你好，server");
    await page.press("Enter");
    await until(() => received.some(({ sid }) => sid === "writer"));
    expect(received.filter(({ sid }) => sid === "writer")).toEqual([
      { sid: "writer", data: "你好，server" },
    ]);
    await page.until(shows("你好，server"));
    expect(await page.evaluate(`document.querySelector("#text").value`)).toBe("");
    expect(await page.texts("#lines .body")).toEqual([
      "Connected as writer by WebSocket",
      "你好，server",
    ]);
  });

  browserTest("waits for the Enter that is not the input method's", async () => {
    await using page = await open("composer");
    await page.evaluate(`document.querySelector("#text").focus()`);
    await page.view.cdp("Input.imeSetComposition", {
      text: "nihao",
      selectionStart: 5,
      selectionEnd: 5,
    });
    // as a browser reports a key that the input method has taken
    const enter = { key: "Process", code: "Enter", windowsVirtualKeyCode: 229 };
    await page.view.cdp("Input.dispatchKeyEvent", { type: "rawKeyDown", ...enter });
    // and one that it lets through while it still composes
    await page.view.cdp("Input.dispatchKeyEvent", {
      type: "rawKeyDown",
      key: "Enter",
      code: "Enter",
      windowsVirtualKeyCode: 13,
    });
    expect(await page.evaluate(`document.querySelector("#text").value`)).toBe("nihao");
    await page.view.cdp("Input.insertText", { text: "你好" });
    await page.press("Enter");
    await until(() => received.some(({ sid }) => sid === "composer"));
    expect(received.filter(({ sid }) => sid === "composer")).toEqual([
      { sid: "composer", data: "你好" },
    ]);
  });

  browserTest("a text over the limit keeps it, and the connection", async () => {
    await using page = await open("verbose");
    const text = "字".repeat(21_846);
    await page.evaluate(`document.querySelector("#text").value = ${JSON.stringify(text)}`);
    await page.evaluate(`document.querySelector("#text").focus()`);
    await page.press("Enter");
    await page.until(`!document.querySelector("#notice").hidden`);
    expect(await page.texts("#notice")).toEqual([
      "message_too_large: the server takes no message that long. Your text is kept.",
    ]);
    expect(await page.evaluate(`document.querySelector("#text").value`)).toBe(text);
    expect(await page.evaluate(LIVE)).toBe(true);
    expect(await page.texts("#lines .body")).toEqual(["Connected as verbose by WebSocket"]);
  });

  browserTest("a text that no frame can carry is kept as well", async () => {
    await using page = await open("verbose");
    await page.evaluate(`document.querySelector("#text").value = "字".repeat(300_000)`);
    await page.evaluate(`document.querySelector("#text").focus()`);
    await page.press("Enter");
    await page.until(`!document.querySelector("#notice").hidden`);
    expect(await page.texts("#notice")).toEqual([
      "message_too_large: the server takes no message that long. Your text is kept.",
    ]);
    expect(await page.texts("#lines .body")).toEqual(["Connected as verbose by WebSocket"]);
  });

  browserTest("to a topic reaches the other pages that listen to it", async () => {
    await using writer = await open("writer");
    await using reader = await open("reader", { query: "&topics=订单" });
    await writer.fill("#topic", "订单");
    await writer.fill("#text", "two\n  lines");
    await writer.press("Enter");
    await reader.until(shows("two\n  lines"));
    await writer.until(shows("two\n  lines"));
    expect(await writer.texts("#lines .note")).toEqual(["to 订单"]);
  });

  browserTest("to a topic that cannot be keeps the text and shows the server's hint", async () => {
    await using page = await open("writer");
    await page.fill("#topic", "not a topic!");
    await page.fill("#text", "precious");
    await page.press("Enter");
    await page.until(`document.querySelector("#notice").textContent.includes("invalid_topic")`);
    expect(await page.evaluate(`document.querySelector("#text").value`)).toBe("precious");
  });
});

describe("the connection", () => {
  browserTest("is closed for good by the button, and made again by it", async () => {
    await using page = await open("leaver");
    expect(await sids()).toContain("leaver");
    await page.click("#toggle");
    await until(async () => !(await sids()).includes("leaver"));
    expect(await page.texts("#status-text, #toggle")).toEqual(["Closed", "Connect"]);
    await page.click("#toggle");
    await page.until(LIVE);
    expect(await sids()).toContain("leaver");
  });

  browserTest("says which topic it did not get, and keeps the others", async () => {
    await using page = await open("wrong", { query: "&topics=orders" });
    await page.fill("#more-topics", "news/today, orders");
    await page.press("Enter");
    await page.until(`document.querySelector("#lines").textContent.includes("invalid_topic")`);
    await app.publish("orders", "still here");
    await page.until(shows("still here"));
    expect(await page.texts("#status-text, #toggle")).toEqual(["Live", "Close connection"]);
  });

  browserTest("says that its sid is none, and asks no more", async () => {
    await using page = await Page.open(`${app.url}/?lang=en&sid=no%20sid`, {
      before: `window.attempts = 0;
        window.WebSocket = class extends WebSocket {
          constructor(...how) { super(...how); window.attempts += 1; }
        };`,
    });
    await page.until(state("refused"));
    expect(await page.texts("#status-text, #toggle")).toEqual([
      "Refused: 400 invalid_sid",
      "Connect",
    ]);
    await page.evaluate(`dispatchEvent(new Event("online"))`);
    expect(await page.evaluate("attempts")).toBe(1);
  });

  browserTest("comes back at once by the button when the server is back", async () => {
    // the longest waits, so that it is the button that ends them
    await using page = await open("stayer", { before: "Math.random = () => 0.999" });
    const port = Number(new URL(app.url).port);
    await app.close();
    await page.until(
      `${state("waiting")} && parseInt(document.querySelector("#status-text").textContent.match(/\\d+/)) >= 3`,
    );
    app = await start(port);
    await page.click("#retry");
    await page.until(LIVE);
    await app.publish("all", "after the restart");
    await page.until(shows("after the restart"));
    expect(await page.texts("#retry[hidden]")).toEqual(["Retry now"]);
  });

  browserTest("comes back by itself", async () => {
    await using page = await open("stayer");
    const port = Number(new URL(app.url).port);
    await app.close();
    await page.until(state("waiting"));
    app = await start(port);
    await page.until(LIVE);
    expect(await sids()).toContain("stayer");
  });
});

describe("what was missed", () => {
  browserTest("while the connection was cut comes back, and is counted", async () => {
    await using page = await open("returner", { query: "&topics=kept.a" });
    await app.publish("kept.a", "before");
    await page.until(shows("before"));
    await page.click("#drop");
    await page.until(state("waiting"));
    for (const word of ["one", "two", "three", "four"]) await app.publish("kept.a", word);
    await page.click("#retry");
    await page.until(shows("4 messages restored"));
    expect(await page.texts("#lines .body")).toEqual([
      "Connected as returner by WebSocket",
      "before",
      "Connection lost (1006)",
      "Connected as returner by WebSocket",
      ...["one", "two", "three", "four"],
      "4 messages restored",
    ]);
    expect(await page.evaluate(`document.querySelectorAll("[data-restored]").length`)).toBe(4);
    expect(page.complaints).toEqual([]);
  });

  browserTest("before the page was opened is there, and further back on scrolling", async () => {
    for (let n = 1; n <= 180; n++) await app.publish("kept.b", `n${n}`);
    await using page = await open("historian", { query: "&topics=kept.b" });
    await page.until(shows("n131"));
    const shown = `[...document.querySelectorAll("#lines [data-kind=message] .body")].map((e) => e.textContent)`;
    expect(await page.evaluate(shown)).toEqual(numbered(131, 180));
    for (const first of [81, 31, 1]) {
      await page.evaluate(`document.querySelector("#log").scrollTop = 0`);
      await page.until(shows(`n${first}`));
    }
    expect(await page.evaluate(shown)).toEqual(numbered(1, 180));
    // What was looked at is still looked at.
    expect(await page.evaluate(`document.querySelector("#log").scrollTop > 0`)).toBe(true);
  });

  browserTest("that has made room for newer ones is there again on scrolling", async () => {
    for (let n = 1; n <= 60; n++) await app.publish("kept.c", `n${n}`);
    await using page = await open("returner", { query: "&topics=kept.c" });
    await page.until(shows("n11"));
    await page.evaluate(`document.querySelector("#log").scrollTop = 0`);
    await page.until(shows("n1"));
    await page.evaluate(`document.querySelector("#log").scrollTop = 1e9`);
    await page.evaluate(`new Promise((done) => requestAnimationFrame(() => setTimeout(done)))`);
    for (let n = 61; n <= 700; n++) await app.publish("kept.c", `n${n}`);
    await page.until(shows("n700"));
    const shown = `[...document.querySelectorAll("#lines [data-kind=message] .body")].map((e) => e.textContent)`;
    expect(await page.evaluate(shown)).toEqual(numbered(201, 700));
    for (const first of [151, 101, 51, 1]) {
      await page.evaluate(`document.querySelector("#log").scrollTop = 0`);
      await page.until(shows(`n${first}`));
    }
    expect(await page.evaluate(shown)).toEqual(numbered(1, 700));
  });

  browserTest("on the wire is shown in the drawer", async () => {
    await using page = await open("curious");
    await page.click("#wire-title");
    await app.publish("all", "<b>raw</b>");
    await page.until(`document.querySelector("#frames").textContent.includes("<b>raw</b>")`);
    expect(await page.evaluate(`document.querySelectorAll("#frames b").length`)).toBe(0);
  });
});

describe("the page", () => {
  browserTest("changes its language and remembers it", async () => {
    await using page = await open("linguist");
    await page.click("#language");
    expect(await page.evaluate("document.documentElement.lang")).toBe("zh-CN");
    expect(await page.texts("h2")).toEqual(["消息", "连接", "在终端里发布"]);
    await page.view.navigate(`${app.url}/?sid=linguist`);
    await page.until(LIVE);
    expect(await page.texts("#toggle")).toEqual(["关闭连接"]);
    await page.click("#language");
  });

  browserTest("has no horizontal scroll on a screen of 320 pixels", async () => {
    const sid = "s".repeat(64);
    await using page = await open(sid, {
      width: 320,
      height: 640,
      query: `&topics=${"t".repeat(128)}`,
    });
    await app.publish("all", "w".repeat(4000));
    await page.until(shows("w".repeat(4000)));
    // the scroll bar takes its part of the 320
    const hidden = `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.documentElement)`;
    expect(await page.evaluate(hidden)).toBe(0);
    await page.click("#language");
    expect(await page.evaluate(hidden)).toBe(0);
    await page.click("#language");
  });

  const axe = Bun.file(new URL(import.meta.resolve("axe-core/axe.min.js")));
  for (const scheme of ["light", "dark"] as const) {
    for (const width of [320, 1280]) {
      browserTest(`has no fault that axe finds, ${scheme} and ${width} wide`, async () => {
        await using page = await open("checker", { scheme, width, query: "&topics=orders" });
        for (let n = 1; n <= 60; n++) await app.publish("all", `message ${n}`);
        await page.until(shows("message 60"));
        await page.fill("#topic", "not a topic!");
        await page.fill("#text", "text");
        await page.press("Enter");
        await page.until(`!document.querySelector("#notice").hidden`);
        await page.evaluate(`document.querySelector("#log").scrollTop = 0`);
        await page.evaluate(`new Promise((done) => requestAnimationFrame(() => setTimeout(done)))`);
        await app.publish("all", "below");
        await page.until(`!document.querySelector("#jump").hidden`);
        await page.view.cdp("Runtime.evaluate", { expression: await axe.text() });
        const faults = `axe.run().then(({ violations }) =>
          violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))`;
        expect(await page.evaluate(faults)).toEqual([]);
        await page.click("#toggle");
        expect(await page.evaluate(faults)).toEqual([]);
      });
    }
  }
});
