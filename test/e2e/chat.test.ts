import { afterEach, beforeEach, describe, expect } from "bun:test";

import { type Bellcast, bellcast } from "../../src/index.ts";
import { Relay } from "../support/relay.ts";
import { browserTest } from "./browser.ts";
import { ChatPage } from "./chat-page.ts";

/** As the built-in pages have them. */
const TOPICS = {
  "chat.*": { history: 1_000, presence: true },
  "chat.*.typing": { history: 0 },
  // What is forgotten while somebody is away
  "chat.short": { history: 3, presence: true },
  "chat.quiet": { presence: false },
} as const;

let app: Bellcast;
let relay: Relay;

const start = (limits = {}) =>
  bellcast({ port: 0, store: ":memory:", jobs: [], topics: TOPICS, limits });

beforeEach(async () => {
  app = await start();
  relay = new Relay(app.url);
});
afterEach(async () => {
  await relay[Symbol.asyncDispose]();
  await app.close();
});

const others = (text: string, from = "Bo~abcd", room = "lobby") =>
  app.publish(`chat.${room}`, text, { from });
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `m${from + index}`);

/** Cuts every connection through the relay, and keeps new ones from saying anything. */
async function cutOff(chat: ChatPage): Promise<void> {
  relay.stall();
  relay.cut();
  await chat.page.until(`!document.querySelector("#waits").hidden`);
}

/** Lets connections through again. What was dialled meanwhile is given up, as it got no answer. */
async function letBack(chat: ChatPage): Promise<void> {
  relay.resume();
  relay.cut();
  await chat.page.evaluate(`document.querySelector("#retry").click()`);
  await chat.page.until(`document.querySelector("#status").dataset.state === "open"`, 30_000);
}

describe("two people", () => {
  browserTest("chat, and see who comes and goes and who types", async () => {
    await using anna = await ChatPage.open(app.url, "Anna Maria");
    await anna.says("#people-count", "1 here");
    expect(await anna.page.texts("#lines .words")).toEqual([]);
    expect(await anna.page.evaluate(`document.querySelector("#empty").hidden`)).toBe(false);
    {
      await using bo = await ChatPage.open(app.url, "小波");
      await anna.says("#people-count", "2 here");
      await bo.page.until(`document.querySelectorAll("#people li").length === 2`);
      expect(await bo.page.texts("#people .entry-name")).toEqual(["小波 (you)", "Anna Maria"]);
      await anna.page.fill("#text", "Hello");
      await bo.says("#typing", "Anna Maria is typing…");
      await anna.page.press("Enter");
      await bo.shows("Hello");
      await bo.says("#typing", "");
      expect(await bo.page.texts("#lines .name")).toEqual(["Anna Maria"]);
      await bo.write("你好！");
      await anna.shows("你好！");
      expect(await anna.lines()).toEqual(["Hello", "你好！"]);
      expect(await anna.page.texts(`#lines [data-kind="mine"] .words`)).toEqual(["Hello"]);
      expect([...anna.page.complaints, ...bo.page.complaints]).toEqual([]);
    }
    await anna.says("#people-count", "1 here");
  });

  browserTest("miss nothing when one is cut off, and read on where they were", async () => {
    await using anna = await ChatPage.open(relay.url, "Anna");
    await using bo = await ChatPage.open(app.url, "Bo");
    await bo.write("before");
    await anna.shows("before");
    await cutOff(anna);
    await bo.write("missed 1");
    await bo.shows("missed 1");
    await anna.write("written while away");
    await anna.shows("written while away");
    await anna.says("#lines .fate", "Waiting for a connection");
    await bo.write("missed 2");
    await bo.shows("missed 2");
    expect(await bo.page.texts("#lines .words")).not.toContain("written while away");
    await letBack(anna);
    await anna.page.until(`document.querySelectorAll("#lines .fate").length === 0`);
    await bo.shows("written while away");
    await anna.shows("missed 2");
    const said = ["before", "missed 1", "missed 2", "written while away"];
    expect(await bo.page.texts("#lines .words")).toEqual(said);
    const [before = "", ...rest] = said;
    await anna.says("#lines .quiet-line", "2 messages restored");
    expect(
      ((await anna.lines()) as string[]).filter((text) => text !== "2 messages restored"),
    ).toEqual([before, "New messages", ...rest]);
    await bo.write("after");
    await anna.shows("after");
    expect(((await anna.lines()) as string[]).at(-1)).toBe("after");
    expect(await anna.page.texts("#lines .divider")).toEqual(["New messages"]);
  });

  browserTest("write to each other alone, and are told when nobody got it", async () => {
    await using anna = await ChatPage.open(app.url, "Anna");
    const sid = await anna.sid();
    {
      await using bo = await ChatPage.open(app.url, "Bo");
      await bo.page.click(`#people [data-sid="${sid}"]`);
      await bo.says("#title", "Anna");
      await bo.write("psst");
      await bo.shows("psst");
      await bo.page.until(`document.querySelector("#lines .tick") !== null`);
      await anna.says("#directs .count", "1");
      expect(await anna.page.evaluate("document.title")).toBe("(1) Chat · Bellcast");
      await anna.page.click("#directs .entry");
      await anna.shows("psst");
      expect(await anna.lines()).toEqual(["New messages", "psst"]);
      await anna.page.until(`document.title === "Chat · Bellcast"`);
      await anna.write("what is it?");
      await bo.shows("what is it?");
      expect(await bo.lines()).toEqual(["psst", "what is it?"]);
      await anna.page.view.reload();
      await anna.live();
      await anna.page.click("#directs .entry");
      await anna.shows("what is it?");
      expect(await anna.lines()).toEqual(["psst", "what is it?"]);
    }
    await anna.says("#people-count", "1 here");
    await anna.write("gone?");
    await anna.says("#lines .fate", "Not delivered: they are not here");
    await anna.page.click("#lines .fate-acts button:last-child");
    await anna.page.until(`document.querySelector("#lines .fate") === null`);
    expect(await anna.lines()).toEqual(["psst", "what is it?"]);
  });
});

browserTest("a direct message that nobody has signed can be read, and not answered", async () => {
  await using anna = await ChatPage.open(app.url, "Anna");
  await app.publish(`@${await anna.sid()}`, "from a terminal");
  await anna.says("#directs .entry-name", "Unsigned");
  await anna.page.click("#directs .entry");
  await anna.shows("from a terminal");
  await anna.says("#waits", "These came without a sender: there is nobody to answer.");
  expect(await anna.page.evaluate(`document.querySelector("#text").disabled`)).toBe(true);
});

describe("a reload", () => {
  browserTest("keeps who one is, what waits to be sent, and what was not finished", async () => {
    await using anna = await ChatPage.open(relay.url, "Anna");
    const sid = await anna.sid();
    relay.mode = "refuseStreams";
    relay.cut();
    await anna.page.until(`document.querySelector("#status").dataset.state !== "open"`);
    // Refused for as long as the page is open: it is the next one that sends
    await anna.page.evaluate(`fetch = () => Promise.reject(new TypeError())`);
    await anna.write("kept across the reload");
    await anna.shows("kept across the reload");
    await anna.page.fill("#text", "not finished");
    relay.mode = "pass";
    await anna.page.view.reload();
    await anna.live();
    expect(await anna.sid()).toBe(sid);
    await anna.page.until(`document.querySelector("#lines .tick") !== null`);
    await anna.page.until(`document.querySelector("#lines .fate") === null`);
    expect(await anna.page.texts("#lines .words")).toEqual(["kept across the reload"]);
    expect(await anna.page.evaluate(`document.querySelector("#text").value`)).toBe("not finished");
    const page = await fetch(`${app.url}/t/chat.lobby`);
    expect(((await page.json()) as { messages: unknown[] }).messages).toHaveLength(1);
  });

  browserTest("shows what came meanwhile below the line, and none at the next visit", async () => {
    await using anna = await ChatPage.open(app.url, "Anna");
    await others("seen");
    await anna.shows("seen");
    await anna.page.view.navigate("about:blank");
    await others("unseen 1");
    await others("unseen 2");
    await anna.page.view.navigate(`${app.url}/chat?lang=en`);
    await anna.shows("unseen 2");
    await anna.shows("seen");
    await anna.says("#lines .divider", "New messages");
    expect(await anna.lines()).toEqual(["seen", "New messages", "unseen 1", "unseen 2"]);
    await anna.page.until(`document.title === "Chat · Bellcast"`);
    await anna.page.view.reload();
    await anna.shows("unseen 2");
    expect(await anna.lines()).toEqual(["seen", "unseen 1", "unseen 2"]);
  });
});

describe("the history", () => {
  browserTest("of hundreds is read as the reader goes up, each message once", async () => {
    for (const text of numbered(1, 400)) await others(text);
    await using anna = await ChatPage.open(app.url, "Anna");
    await anna.shows("m400");
    await anna.page.until(`(() => {
      const log = document.querySelector("#log");
      log.scrollTop = 0;
      return document.querySelector("#lines .words").textContent === "m1";
    })()`);
    const texts = (await anna.page.texts("#lines .words")) as string[];
    expect(texts).toEqual(numbered(1, texts.length));
    expect(texts.length).toBeLessThanOrEqual(300);
    await anna.says("#past", "This is where it begins");
    await others("news");
    await anna.says("#jump", "1 new");
    await anna.page.click("#jump");
    await anna.shows("news");
    await anna.page.until(`document.querySelector("#jump").hidden`);
    const latest = (await anna.page.texts("#lines .words")) as string[];
    expect(latest.slice(-3)).toEqual(["m399", "m400", "news"]);
  });

  browserTest("leaves what is read where it is when older messages come above", async () => {
    for (const text of numbered(1, 200)) await others(text);
    await using anna = await ChatPage.open(app.url, "Anna");
    await anna.shows("m200");
    const place = await anna.page.evaluate(`new Promise((resolve) => {
      const log = document.querySelector("#log");
      log.scrollTop = 100;
      const found = [...document.querySelectorAll("#lines .words")]
        .filter((words) => words.getBoundingClientRect().top > log.getBoundingClientRect().top)[2];
      const { top } = found.getBoundingClientRect();
      const count = document.querySelectorAll("#lines li").length;
      const look = () => document.querySelectorAll("#lines li").length > count
        ? resolve(Math.abs(found.getBoundingClientRect().top - top))
        : requestAnimationFrame(look);
      look();
    })`);
    expect(place).toBeLessThanOrEqual(1);
  });

  browserTest("that cannot be read on coming in is read when the server is back", async () => {
    for (const text of numbered(1, 3)) await others(text);
    await using anna = await ChatPage.open(relay.url, "");
    relay.mode = "refuseStreams";
    await anna.page.evaluate(
      `(window.real = fetch, fetch = () => Promise.reject(new TypeError()))`,
    );
    await anna.page.fill("#nick", "Anna");
    await anna.page.press("Enter");
    await anna.page.until(`!document.querySelector("#waits").hidden`);
    await others("m4");
    relay.mode = "pass";
    await anna.page.evaluate(`fetch = real, document.querySelector("#retry").click()`);
    await anna.shows("m4");
    await anna.says("#past", "This is where it begins");
    await others("m5");
    await anna.shows("m5");
    expect(await anna.lines()).toEqual(numbered(1, 5));
  });

  browserTest("that is not all there is told of", async () => {
    await using anna = await ChatPage.open(relay.url, "Anna", { query: "&room=short" });
    await others("first", "Bo~abcd", "short");
    await anna.shows("first");
    await cutOff(anna);
    for (const text of numbered(1, 6)) await others(text, "Bo~abcd", "short");
    await letBack(anna);
    await anna.shows("m6");
    await anna.page.until(`document.querySelectorAll("#lines .quiet-line").length === 2`);
    expect(await anna.lines()).toEqual([
      "first",
      "Some messages are no longer kept",
      "New messages",
      ...numbered(4, 6),
      "3 messages restored",
    ]);
  });
});

describe("a room", () => {
  browserTest(
    "that is not shown counts what is unread, and is led to where that begins",
    async () => {
      await using anna = await ChatPage.open(app.url, "Anna", { height: 500 });
      await anna.room("kitchen");
      expect(await anna.page.evaluate("location.search")).toBe("?lang=en&room=kitchen");
      for (const text of numbered(1, 40)) await others(text);
      await anna.says(`[data-topic="chat.lobby"] .count`, "40");
      await anna.page.click(`[data-topic="chat.lobby"]`);
      await anna.shows("m40");
      await anna.says("#jump", "40 new");
      await anna.page.until(`(() => {
      const { top } = document.querySelector(".divider").getBoundingClientRect();
      const log = document.querySelector("#log").getBoundingClientRect();
      return top >= log.top && top < log.bottom;
    })()`);
      await anna.page.click("#jump");
      await anna.page.until(`document.title === "Chat · Bellcast"`);
      expect(await anna.page.texts("#lines .divider")).toEqual(["New messages"]);
      await anna.page.click(`[data-topic="chat.kitchen"]`);
      await anna.page.click(`[data-topic="chat.lobby"]`);
      await anna.shows("m40");
      expect(await anna.page.texts("#lines .divider")).toEqual([]);
      await anna.page.click(`[data-topic="chat.kitchen"]`);
      await anna.page.click("#leave");
      await anna.page.until(`document.querySelectorAll("#rooms li").length === 1`);
      expect(await anna.page.texts("#title")).toEqual(["Lobby"]);
    },
  );

  browserTest("of any name can be asked for by a link", async () => {
    await using anna = await ChatPage.open(app.url, "Anna", { query: "&room=constructor" });
    await anna.says("#title", "constructor");
    await anna.write("hello");
    await anna.shows("hello");
    expect(anna.page.complaints).toEqual([]);
    await anna.page.fill("#room", "LOBBY");
    await anna.page.press("Enter");
    await anna.says("#title", "Lobby");
    expect(await anna.page.texts("#rooms .entry-name")).toEqual(["Lobby", "constructor"]);
  });

  browserTest("that is refused says why, and takes no messages", async () => {
    // All, the inbox, and one room with who types in it
    await using narrow = await start({ subscriptions: 4 });
    await using anna = await ChatPage.open(narrow.url, "Anna");
    await anna.page.fill("#room", "kitchen");
    await anna.page.press("Enter");
    await anna.page.until(`document.querySelector("#title").textContent === "kitchen"`);
    await anna.page.fill("#room", "garden");
    await anna.page.press("Enter");
    await anna.page.until(`!document.querySelector("#notice").hidden`);
    await anna.says(
      "#notice-text",
      "The server allows no more rooms at a time. Leave one, and come back.",
    );
    expect(await anna.page.evaluate(`document.querySelector("#text").disabled`)).toBe(true);
    await anna.page.click(`[data-topic="chat.lobby"]`);
    await anna.page.until(`document.querySelector("#notice").hidden`);
    await anna.write("still here");
    await anna.shows("still here");
  });

  browserTest("that shows nobody says so, and goes on", async () => {
    await using anna = await ChatPage.open(app.url, "", { query: "&room=quiet" });
    await anna.page.fill("#nick", "Anna");
    await anna.page.press("Enter");
    await anna.says("#people-hint", "This room does not show who is here.");
    await anna.write("hello");
    await anna.shows("hello");
    await anna.page.until(`document.querySelector("#lines .tick") !== null`);
  });
});

describe("a window", () => {
  const look = (state: string) => `(() => {
    Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  })()`;

  browserTest("that is not looked at has what came counted, and the line before it", async () => {
    await using anna = await ChatPage.open(app.url, "Anna");
    await others("seen");
    await anna.shows("seen");
    await anna.page.evaluate(look("hidden"));
    await others("unseen");
    await anna.page.until(`document.title === "(1) Chat · Bellcast"`);
    await anna.page.evaluate(look("visible"));
    await anna.page.until(`document.title === "Chat · Bellcast"`);
    expect(await anna.lines()).toEqual(["seen", "New messages", "unseen"]);
    await anna.page.evaluate(look("hidden"));
    await anna.page.evaluate(look("visible"));
    await anna.page.until(`document.querySelector("#lines .divider") === null`);
  });

  browserTest("in which much has come begins where that does", async () => {
    await using anna = await ChatPage.open(app.url, "Anna");
    await others("seen");
    await anna.shows("seen");
    await anna.page.evaluate(look("hidden"));
    for (const text of numbered(1, 400)) await others(text);
    await anna.page.until(`document.title === "(400) Chat · Bellcast"`);
    // An event of what was scrolled before may still come: it says nothing of what somebody has seen.
    const scrolled = `document.querySelector("#log").dispatchEvent(new Event("scroll"))`;
    await anna.page.evaluate(`(${look("visible")}, ${scrolled})`);
    await anna.page.until(`document.querySelector("#lines .divider") !== null`);
    expect(((await anna.lines()) as string[]).slice(0, 3)).toEqual(["seen", "New messages", "m1"]);
    await anna.says("#jump", "400 new");
    await anna.page.until(`(() => {
      const log = document.querySelector("#log");
      log.scrollTop += 3000;
      return document.querySelector("#jump").hidden;
    })()`);
    await anna.page.until(`document.title === "Chat · Bellcast"`);
    expect(((await anna.lines()) as string[]).at(-1)).toBe("m400");
  });

  browserTest("whose session is ended says so, and connects again when it is told to", async () => {
    await using anna = await ChatPage.open(app.url, "Anna");
    await fetch(`${app.url}/v1/sessions/${await anna.sid()}`, { method: "DELETE" });
    await anna.says("#notice-text", "The server has ended the connection.");
    await anna.write("not yet");
    await anna.page.until(`document.querySelector("#lines [data-state=failed]") !== null`);
    await anna.page.click("#notice-act");
    await anna.live();
    await anna.page.until(`document.querySelector("#lines .tick") !== null`);
    expect(await anna.lines()).toEqual(["not yet"]);
    expect(await anna.page.evaluate(`document.querySelector("#notice").hidden`)).toBe(true);
  });

  browserTest(
    "without WebSocket chats over Server-Sent Events, in one room and another",
    async () => {
      relay.mode = "refuseUpgrade";
      await using anna = await ChatPage.open(relay.url, "Anna");
      await anna.room("kitchen");
      await anna.write("by sse");
      await anna.page.until(`document.querySelector("#lines .tick") !== null`);
      await others("in the lobby");
      await anna.says(`[data-topic="chat.lobby"] .count`, "1");
      await anna.page.click(`[data-topic="chat.lobby"]`);
      await anna.shows("in the lobby");
      expect(await anna.lines()).toEqual(["New messages", "in the lobby"]);
    },
  );
});

describe("writing", () => {
  browserTest("markup shows markup, in messages and names", async () => {
    const hostile = `<img src=x onerror="window.hacked=1">`;
    await using anna = await ChatPage.open(app.url, "");
    await anna.page.fill("#nick", hostile);
    await anna.page.press("Enter");
    await anna.page.until(`!document.querySelector("#nick-notice").hidden`);
    expect(await anna.page.texts("#nick-notice")).toEqual(["24 characters at most, please."]);
    await anna.page.fill("#nick", "<b>Anna</b>");
    await anna.page.press("Enter");
    await anna.says("#nick-notice", "A name is made of letters, digits, spaces and . _ -");
    await anna.join("Anna");
    await anna.write(hostile);
    await anna.page.until(`document.querySelector("#lines .tick") !== null`);
    await others(hostile);
    await others("see https://example.org/a_(b)。 and javascript:alert(1)");
    await anna.page.until(`document.querySelectorAll("#lines .words").length === 3`);
    expect(((await anna.page.texts("#lines .words")) as string[]).slice(0, 2)).toEqual([
      hostile,
      hostile,
    ]);
    expect(await anna.page.evaluate(`document.querySelectorAll("main img").length`)).toBe(0);
    expect(await anna.page.evaluate("window.hacked")).toBeUndefined();
    expect(
      await anna.page.evaluate(
        `[...document.querySelectorAll("#lines a")].map((a) => a.href + " " + a.rel).join()`,
      ),
    ).toBe("https://example.org/a_(b) noopener noreferrer nofollow");
  });

  browserTest("by an input method sends when it is told to, and not before", async () => {
    await using anna = await ChatPage.open(app.url, "Anna");
    await anna.page.evaluate(`document.querySelector("#text").focus()`);
    const { view } = anna.page;
    await view.cdp("Input.imeSetComposition", { text: "你好", selectionStart: 2, selectionEnd: 2 });
    await view.cdp("Input.dispatchKeyEvent", {
      type: "rawKeyDown",
      key: "Process",
      windowsVirtualKeyCode: 229,
    });
    await anna.page.evaluate(`document.querySelector("#text").dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }))`);
    await view.cdp("Input.insertText", { text: "你好" });
    expect(await anna.page.evaluate(`document.querySelector("#text").value`)).toBe("你好");
    expect(await anna.page.texts("#lines .words")).toEqual([]);
    await anna.page.press("Enter");
    await anna.shows("你好");
  });

  browserTest("too much fails, is kept, and can be given up", async () => {
    await using small = await bellcast({
      port: 0,
      store: ":memory:",
      jobs: [],
      topics: TOPICS,
      limits: { messageBytes: 1_000 },
    });
    await using anna = await ChatPage.open(small.url, "Anna");
    const long = "x".repeat(1_001);
    await anna.write(long);
    await anna.page.until(`document.querySelector("#lines [data-state=failed]") !== null`);
    expect(String(await anna.page.texts("#lines .fate"))).toContain("message_too_large");
    await anna.page.click("#lines .fate-acts button:first-child");
    await anna.page.until(`document.querySelector("#lines [data-state=failed]") !== null`);
    expect(await anna.page.texts("#lines .words")).toEqual([long]);
    await anna.page.click("#lines .fate-acts button:last-child");
    await anna.page.until(`document.querySelector("#lines .words") === null`);
  });

  browserTest("an emoji is chosen with the arrow keys, and shown large alone", async () => {
    await using anna = await ChatPage.open(app.url, "Anna");
    await anna.page.click("#emoji");
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight", "ArrowLeft", "Enter"]) {
      await anna.page.press(key);
    }
    await anna.page.until(`document.activeElement.id === "text"`);
    await anna.page.press("Enter");
    await anna.shows("👍");
    expect(await anna.page.evaluate(`document.querySelectorAll("[data-large]").length`)).toBe(1);
  });

  browserTest("what nobody could see is not sent, and the emoji close behind one", async () => {
    await using anna = await ChatPage.open(app.url, "Anna");
    for (const text of ["  ", "\u200b\u200d", "\u2800"]) await anna.write(text);
    await anna.page.click("#emoji");
    await anna.page.press("Tab");
    await anna.page.press("Tab");
    await anna.page.until(`document.querySelector("#emoji-panel").hidden`);
    await anna.write("seen");
    await anna.shows("seen");
    expect(await anna.page.texts("#lines .words")).toEqual(["seen"]);
  });

  browserTest("by people of one name is told apart", async () => {
    await using anna = await ChatPage.open(app.url, "Anna");
    await others("one", "Anna~qqqq");
    await others("other", "Anna~zzzz");
    await others("third", "Bo~abcd");
    await anna.shows("third");
    expect(await anna.page.texts("#lines .name")).toEqual(["Anna qqqq", "Anna zzzz", "Bo"]);
  });

  browserTest("under another name can be thought better of, and goes on from there", async () => {
    await using anna = await ChatPage.open(app.url, "Anna", { query: "&room=kitchen" });
    await using bo = await ChatPage.open(app.url, "Bo", { query: "&room=kitchen" });
    await anna.page.click("#change-nick");
    await bo.write("hello");
    await anna.page.until(`document.title === "(1) Chat · Bellcast"`);
    await anna.page.click("#join-cancel");
    await anna.page.until(`document.title === "Chat · Bellcast"`);
    expect(await anna.page.evaluate("document.activeElement.id")).toBe("text");
    await anna.page.click("#people button");
    await anna.says("#title", "Bo");
    await anna.page.click("#change-nick");
    await anna.page.fill("#nick", "Hanna");
    await anna.page.press("Enter");
    await anna.page.until(`document.querySelectorAll("#people li").length === 2`);
    await anna.says("#title", "Bo");
    await anna.page.click("#leave");
    await anna.says("#title", "kitchen");
  });

  browserTest(
    "under another name makes one somebody else, whose messages stay one's own",
    async () => {
      await using anna = await ChatPage.open(app.url, "Anna");
      await anna.write("as Anna");
      await anna.shows("as Anna");
      await anna.page.click("#change-nick");
      await anna.join("Hanna");
      await anna.says("#people .entry-name", "Hanna (you)");
      await anna.says("#people-count", "1 here");
      await anna.write("as Hanna");
      await anna.shows("as Hanna");
      await anna.page.until(`document.querySelectorAll("#lines .tick").length === 2`);
      expect(await anna.page.texts(`#lines [data-kind="mine"] .words`)).toEqual([
        "as Anna",
        "as Hanna",
      ]);
    },
  );
});

browserTest("on a phone, rooms and people are sheets that Escape closes", async () => {
  await using anna = await ChatPage.open(app.url, "Anna", { width: 360, height: 740 });
  await others("hello", "Bo~abcd", "lobby");
  await anna.shows("hello");
  await anna.page.click("#show-rooms");
  await anna.page.fill("#room", "kitchen");
  await anna.page.press("Enter");
  await anna.says("#title", "kitchen");
  expect(await anna.page.evaluate(`document.querySelector("dialog[open]")`)).toBeNull();
  await anna.page.click("#show-people");
  await anna.page.until(`document.querySelector("dialog[open] #people") !== null`);
  await anna.page.press("Escape");
  await anna.page.until(`document.querySelector("dialog[open]") === null`);
  expect(await anna.page.evaluate("document.activeElement.id")).toBe("show-people");
});

browserTest("a server that is gone, and one that begins anew, are told of", async () => {
  await using anna = await ChatPage.open(relay.url, "Anna");
  await others("of the old log");
  await anna.shows("of the old log");
  const { port } = new URL(app.url);
  await app.close();
  await anna.page.until(`!document.querySelector("#waits").hidden`);
  app = await bellcast({ port: Number(port), store: ":memory:", jobs: [], topics: TOPICS });
  await others("of the new log");
  await anna.page.evaluate(`document.querySelector("#retry").click()`);
  await anna.shows("of the new log");
  await anna.page.until(`document.querySelectorAll("#lines .quiet-line").length === 2`);
  expect(await anna.lines()).toEqual([
    "of the old log",
    "Some messages are no longer kept",
    "New messages",
    "of the new log",
    "1 message restored",
  ]);
});
