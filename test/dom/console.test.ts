import { describe, expect, mock, test } from "bun:test";

import { byId } from "../../public/shared/element.ts";
import { FakeSocket } from "../client/fakes.ts";
import {
  answer,
  click,
  comesBack,
  lets,
  page,
  said,
  says,
  settle,
  socket,
  submit,
  useConsole,
} from "./console-page.ts";
import { textsOf } from "./dom.ts";

const { open, lines } = useConsole();

const OPEN = ["open", "Connected as me by WebSocket"];

function asks(topics: string): void {
  byId("more-topics", HTMLInputElement).value = topics;
  submit("topics-form");
}

describe("the connection", () => {
  test("is made as the sid of the query, and asks for its topics", async () => {
    await open("?sid=me&topics=orders,kitchen,all&lang=en");
    expect(socket().url).toBe("ws://127.0.0.1:8080/ws/me");
    lets();
    expect(said()).toMatchObject([{ type: "subscribe", topics: ["orders", "kitchen"], since: {} }]);
    expect(textsOf("#sid")).toEqual(["me"]);
    expect(textsOf("#topics li")).toEqual(["all", "@me", "orders", "kitchen"]);
    expect(textsOf("#status-text, #transport")).toEqual(["Live", "WebSocket"]);
  });

  test("keeps a sid of its own as long as the tab", async () => {
    await open("");
    const first = socket().url;
    await open("");
    expect(first).toMatch(/^ws:\/\/127\.0\.0\.1:8080\/ws\/[2-9a-z]{8}$/);
    expect(socket().url).toBe(first);
  });

  test("takes and leaves topics as it goes, which a reload keeps", async () => {
    await open("?sid=me&topics=orders&lang=en");
    lets();
    asks("订单，厨房");
    expect(said().slice(1)).toMatchObject([
      { type: "unsubscribe", topics: ["orders"] },
      { type: "subscribe", topics: ["订单"] },
      { type: "subscribe", topics: ["厨房"] },
    ]);
    expect(new URLSearchParams(location.search).get("topics")).toBe("订单,厨房");
    expect(textsOf("#topics li")).toEqual(["all", "@me", "订单", "厨房"]);
    asks(" 订单 ,厨房, all");
    expect(said()).toHaveLength(4);
    expect(FakeSocket.made).toHaveLength(1);
  });

  test("says which topic it did not get, in the language of the page", async () => {
    await open("?sid=me&topics=x!y&lang=en");
    socket().opens();
    says({ type: "welcome", sid: "me", time: 1, log: "log", head: 10 });
    const ref = said()[0]?.["ref"];
    says({ type: "ok", ref, topics: {}, refused: { "x!y": "invalid_topic" } });
    expect(lines()).toEqual([
      OPEN,
      ["error", "invalid_topic: a topic is made of letters, digits and . _ ~ -"],
    ]);
  });

  test("is closed for good by the button, which then connects again", async () => {
    await open();
    lets();
    expect(textsOf("#toggle")).toEqual(["Close connection"]);
    click("toggle");
    expect(socket().closedWith).toEqual([1000]);
    expect(textsOf("#status-text, #toggle")).toEqual(["Closed", "Connect"]);
    expect(lines()).toEqual([OPEN, ["close", "Connection closed"]]);
    click("toggle");
    await settle();
    expect(FakeSocket.made).toHaveLength(2);
    expect(textsOf("#status-text, #toggle")).toEqual(["Connecting…", "Close connection"]);
  });

  test("says why it was refused, and offers to connect", async () => {
    await open();
    lets();
    socket().ends(4403, "removed");
    expect(textsOf("#status-text, #toggle")).toEqual(["Refused: 4403 removed", "Connect"]);
    expect(lines().at(-1)).toEqual(["error", "The server refused the connection (4403 removed)"]);
    click("toggle");
    await settle();
    lets();
    expect(textsOf("#status-text, #toggle")).toEqual(["Live", "Close connection"]);
  });

  test("says in words what is wrong with its sid", async () => {
    answer(() => Response.json({ code: "invalid_sid", detail: "No." }, { status: 400 }));
    await open("?sid=x!y&lang=zh");
    socket().ends(1006);
    await settle();
    expect(textsOf("#status-text")).toEqual(["已被拒绝：400 invalid_sid"]);
    expect(lines()).toEqual([["error", "服务器拒绝了连接（400 invalid_sid）"]]);
    expect(textsOf("#lines .note")).toEqual([
      "invalid_sid：会话 id 只能用文字、数字和 . _ ~ -，最多 64 个",
    ]);
  });

  test("says once that it is lost and once that it cannot be made, however often it tries", async () => {
    await open();
    lets();
    answer(() => Promise.reject(new TypeError("no network")));
    await comesBack(1012);
    for (let attempt = 0; attempt < 4; attempt++) {
      socket().ends(1006);
      await settle();
      click("retry");
      await settle();
    }
    expect(FakeSocket.made).toHaveLength(6);
    expect(lines()).toEqual([
      OPEN,
      ["close", "Connection lost (1012)"],
      ["error", "Could not connect; trying again"],
    ]);
  });

  test("can be cut for a while, to see how it comes back", async () => {
    await open();
    expect(byId("drop", HTMLButtonElement).getAttribute("aria-disabled")).toBe("true");
    click("drop");
    expect(socket().closedWith).toEqual([]);
    lets();
    expect(byId("drop", HTMLButtonElement).getAttribute("aria-disabled")).toBe("false");
    click("drop");
    expect(socket().closedWith).toEqual([1000]);
    expect(textsOf("#status-text")).toEqual(["Reconnecting in 5 s"]);
    expect(byId("drop", HTMLButtonElement).getAttribute("aria-disabled")).toBe("true");
  });
});

describe("what was missed", () => {
  test("is shown with its own time, and counted when all of it is here", async () => {
    await open("?sid=me&topics=orders&lang=zh");
    lets();
    says({ type: "message", id: 11, topic: "orders", time: 0, data: "seen" });
    await comesBack();
    socket().opens();
    says({ type: "welcome", sid: "me", time: 1, log: "log", head: 13 });
    expect(said()).toMatchObject([
      {
        type: "subscribe",
        topics: ["all", "@me", "orders"],
        since: { all: "log:11", "@me": "log:11", orders: "log:11" },
      },
    ]);
    says({ type: "ok", ref: said()[0]?.["ref"], topics: { orders: { head: 13 } }, refused: {} });
    for (const id of [12, 13]) {
      says({ type: "message", id, topic: "orders", time: 0, data: `${id}`, replay: true });
      says({ type: "message", id, topic: "orders", time: 0, data: `${id}`, replay: true });
    }
    says({ type: "live", topic: "orders", id: 13 });
    while (lines().at(-1)?.[0] !== "restored") await settle();
    expect(lines().slice(-4)).toEqual([
      ["open", "已通过 WebSocket 连接，身份为 me"],
      ["message", "12"],
      ["message", "13"],
      ["restored", "已补发 2 条"],
    ]);
    expect(document.querySelectorAll("[data-restored]")).toHaveLength(2);
  });

  test("and is no longer kept is told", async () => {
    await open("?sid=me&topics=orders&lang=en");
    lets();
    const gap = { type: "gap", topic: "orders", oldest: 8, head: 10, log: "log" };
    says({ ...gap, since: "log:3" });
    says({ ...gap, since: "other:3" });
    expect(lines().slice(1)).toEqual([
      ["gap", "Up to 4 messages of orders have expired"],
      ["gap", "The server has begun anew: what orders missed before is gone"],
    ]);
  });
});

describe("what was published before", () => {
  const past = (from: number, to: number) =>
    page(
      ...Array.from({ length: to - from + 1 }, (_, index) => ({
        ...{ id: from + index, topic: "all", time: 0, data: `m${from + index}` },
      })),
    );

  test("is shown when the page opens, and what came meanwhile but once", async () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    const requests = answer(() => promise);
    await open("?sid=me&topics=orders&lang=en");
    lets();
    says({ type: "message", id: 11, topic: "all", time: 0, data: "m11" });
    resolve(Response.json(past(9, 11)));
    await settle();
    expect(requests.mock.calls.map(([url]) => url)).toEqual([
      "http://127.0.0.1:8080/t/all,@me,orders?limit=50",
    ]);
    expect(lines()).toEqual([["message", "m9"], ["message", "m10"], OPEN, ["message", "m11"]]);
  });

  test("is read on when the reader comes to the top, until there is no more", async () => {
    answer(() => Response.json(past(9, 10)));
    await open();
    const requests = answer(() => Response.json(past(7, 8)));
    const log = byId("log", HTMLElement);
    Object.defineProperty(log, "scrollHeight", { value: 1_000 });
    Object.defineProperty(log, "clientHeight", { value: 100 });
    const scroll = async () => {
      log.scrollTop = 0;
      log.dispatchEvent(new Event("scroll"));
      await settle();
    };
    await scroll();
    expect(requests.mock.calls.map(([url]) => new URL(url).search)).toEqual(["?before=9&limit=50"]);
    expect(lines().map(([, text]) => text)).toEqual(["m7", "m8", "m9", "m10"]);
    const last = answer(() => Response.json(page()));
    await scroll();
    await scroll();
    expect(last).toHaveBeenCalledTimes(1);
  });
});

describe("what arrives", () => {
  test("is shown as text, JSON as it is written, and bytes in hexadecimal", async () => {
    await open("?sid=me&topics=orders&lang=en");
    lets();
    const message = { type: "message", topic: "all", time: 0 };
    says({ ...message, data: "<b>bold</b>" });
    says({ ...message, data: { table: 4 }, topic: "orders", from: "bob" });
    says({ ...message, data: "AP8=", encoding: "base64" });
    expect(lines()).toEqual([
      OPEN,
      ["message", "<b>bold</b>"],
      ["message", '{"table":4}'],
      ["message", "‹2 bytes› 00 ff"],
    ]);
    expect(textsOf("#lines .note")).toEqual(["orders · bob"]);
  });
});

describe("the raw frames", () => {
  test("are shown newest first, while the drawer is open", async () => {
    await open();
    lets();
    expect(textsOf("#frames li")).toEqual([]);
    const drawer = byId("wire", HTMLDetailsElement);
    drawer.open = true;
    drawer.dispatchEvent(new Event("toggle"));
    const directions = [...document.querySelectorAll<HTMLElement>("#frames li")].map(
      ({ dataset }) => dataset["direction"],
    );
    expect(directions).toEqual(["in", "out", "in"]);
    expect(textsOf("#frames li")[0]).toContain('{"type":"ok"');
  });
});

describe("the command", () => {
  test("follows the topic", async () => {
    await open();
    expect(textsOf("#curl")).toEqual(['curl -d "hello" http://127.0.0.1:8080/t/all']);
    const topic = byId("topic", HTMLInputElement);
    topic.value = "orders";
    topic.dispatchEvent(new Event("input"));
    expect(textsOf("#curl")).toEqual(['curl -d "hello" http://127.0.0.1:8080/t/orders']);
  });

  test("is copied", async () => {
    const writeText = mock(() => Promise.resolve());
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText } });
    await open();
    click("copy");
    await settle();
    expect(writeText).toHaveBeenCalledWith('curl -d "hello" http://127.0.0.1:8080/t/all');
    expect(textsOf("#copy, #announcer")).toEqual(["Copied", "Copied"]);
  });

  test("is selected where copying is not allowed", async () => {
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: undefined });
    await open();
    click("copy");
    await settle();
    expect(getSelection()?.toString()).toBe('curl -d "hello" http://127.0.0.1:8080/t/all');
    expect(textsOf("#copy")).toEqual(["Selected: copy it with your keyboard"]);
  });
});

describe("the language", () => {
  test("is switched, remembered, and no longer forced by the query", async () => {
    await open("?sid=me&lang=en");
    expect(textsOf("#language, #composer [type=submit]")).toEqual(["中文", "Send message"]);
    click("language");
    expect(document.documentElement.lang).toBe("zh-CN");
    expect(textsOf("#language, #status-text, #toggle, #composer [type=submit]")).toEqual([
      "连接中…",
      "English",
      "发送消息",
      "关闭连接",
    ]);
    expect(location.search).toBe("?sid=me");
    expect(localStorage.getItem("bellcast.language")).toBe("zh");
  });

  test("that is remembered is spoken", async () => {
    localStorage.setItem("bellcast.language", "zh");
    await open("?sid=me");
    expect(document.documentElement.lang).toBe("zh-CN");
  });

  test("of the query comes before the one that is remembered", async () => {
    localStorage.setItem("bellcast.language", "zh");
    await open("?lang=en");
    expect(document.documentElement.lang).toBe("en");
  });
});
