import { describe, expect, mock, test } from "bun:test";

import { byId } from "../../public/element.ts";
import { FakeSocket } from "../client/fakes.ts";
import { answer, click, settle, socket, submit, useConsole } from "./console-page.ts";
import { textsOf } from "./dom.ts";

const { open, lines } = useConsole();

const INVALID_TOPIC = {
  code: "invalid_topic",
  detail: '"x!y" is not a topic name.',
  hint: "Letters.",
};

describe("the connection", () => {
  test("is made to the sid and the topics of the query", () => {
    open("?sid=me&topics=orders,kitchen,all");
    expect(socket().url).toBe("ws://127.0.0.1:8080/ws/me?topics=orders,kitchen");
    expect(socket().protocols).toEqual([]);
    expect(textsOf("#sid")).toEqual(["me"]);
    expect(textsOf("#topics li")).toEqual(["all", "@me", "orders", "kitchen"]);
  });

  test("keeps a sid of its own as long as the tab", () => {
    open("");
    const first = socket().url;
    open("");
    expect(first).toMatch(/^ws:\/\/127\.0\.0\.1:8080\/ws\/[2-9a-z]{8}$/);
    expect(socket().url).toBe(first);
  });

  test("is made anew with other topics, which a reload keeps", () => {
    open("?sid=me");
    const before = socket();
    byId("more-topics", HTMLInputElement).value = "orders，厨房";
    submit("topics-form");
    expect(before.closedWith).toEqual([1000]);
    expect(socket().url).toBe("ws://127.0.0.1:8080/ws/me?topics=orders,%E5%8E%A8%E6%88%BF");
    expect(new URLSearchParams(location.search).get("topics")).toBe("orders,厨房");
    expect(textsOf("#topics li")).toEqual(["all", "@me", "orders", "厨房"]);
  });

  test("is left alone when the topics are the same", () => {
    open("?sid=me&topics=orders");
    byId("more-topics", HTMLInputElement).value = " orders ,all";
    submit("topics-form");
    expect(FakeSocket.made.length).toBe(1);
  });

  test("is closed for good by the button, which then connects again", () => {
    open();
    socket().opens();
    expect(textsOf("#toggle")).toEqual(["Close connection"]);
    click("toggle");
    expect(socket().closedWith).toEqual([1000]);
    expect(textsOf("#status-text, #toggle")).toEqual(["Closed", "Connect"]);
    expect(lines()).toEqual([
      ["open", "Connected as me"],
      ["close", "Connection closed"],
    ]);
    click("toggle");
    expect(FakeSocket.made.length).toBe(2);
    expect(textsOf("#status-text, #toggle")).toEqual(["Connecting…", "Close connection"]);
  });

  test("says why it was refused, and offers to connect", () => {
    open();
    socket().opens();
    socket().ends(4403, "forbidden");
    expect(textsOf("#status-text, #toggle")).toEqual(["Refused: 4403 forbidden", "Connect"]);
    expect(lines().at(-1)).toEqual(["error", "The server refused the connection (4403 forbidden)"]);
  });

  test("says once that it is lost and once that it cannot be made, however often it tries", () => {
    answer(() => Promise.reject(new TypeError("no network")));
    open();
    socket().opens();
    socket().ends(1012, "restart");
    for (let attempt = 0; attempt < 5; attempt++) {
      click("retry");
      socket().ends(1006);
    }
    expect(FakeSocket.made.length).toBe(6);
    expect(lines()).toEqual([
      ["open", "Connected as me"],
      ["close", "Connection lost (1012 restart)"],
      ["error", "Could not connect; trying again"],
    ]);
  });

  test("asks over HTTP why it cannot be made, says it, and is not tried again", async () => {
    const asked = answer(() => Response.json(INVALID_TOPIC, { status: 400 }));
    open("?sid=me&topics=x!y&lang=en");
    socket().ends(1006);
    await settle();
    expect(asked.mock.calls.map(([path]) => path)).toEqual(["/ws/me?topics=x%21y"]);
    expect(textsOf("#status-text, #toggle")).toEqual(["Refused: 400 invalid_topic", "Connect"]);
    expect(lines()).toEqual([
      ["error", "Could not connect; trying again"],
      ["error", "The server refused the connection (400 invalid_topic)"],
    ]);
    expect(textsOf("#lines .note")).toEqual(['"x!y" is not a topic name. Letters.']);
    dispatchEvent(new Event("online"));
    expect(FakeSocket.made.length).toBe(1);
  });

  test.each([400, 401, 403, 404, 421, 499])("is over after %d", async (status) => {
    answer(() => new Response("", { status }));
    open();
    socket().ends(1006);
    await settle();
    expect(textsOf("#status-text, #toggle")).toEqual([`Refused: ${status}`, "Connect"]);
  });

  test.each([408, 425, 429, 500, 503])("is tried again after %d, told once", async (status) => {
    answer(() => new Response("", { status }));
    open();
    for (let attempt = 0; attempt < 3; attempt++) {
      socket().ends(1006);
      await settle();
      click("retry");
    }
    expect(FakeSocket.made.length).toBe(4);
    expect(lines()).toEqual([
      ["error", "Could not connect; trying again"],
      ["error", `The server does not accept it (${status}).`],
    ]);
  });

  test("is over when the server comes back with an objection", async () => {
    answer(() => Promise.reject(new TypeError("no network")));
    open();
    socket().ends(1006);
    await settle();
    answer(() => Response.json({ code: "wrong_host" }, { status: 421 }));
    click("retry");
    socket().ends(1006);
    await settle();
    expect(textsOf("#status-text")).toEqual(["Refused: 421 wrong_host"]);
  });

  test("that was refused is made anew by the button, and by other topics", async () => {
    answer(() => Response.json(INVALID_TOPIC, { status: 400 }));
    open("?sid=me&topics=x!y&lang=en");
    socket().ends(1006);
    await settle();
    click("toggle");
    expect(socket().url).toBe("ws://127.0.0.1:8080/ws/me?topics=x%21y");
    expect(FakeSocket.made.length).toBe(2);
    socket().ends(1006);
    await settle();
    byId("more-topics", HTMLInputElement).value = "orders";
    submit("topics-form");
    expect(socket().url).toBe("ws://127.0.0.1:8080/ws/me?topics=orders");
    socket().opens();
    expect(textsOf("#status-text, #toggle")).toEqual(["Live", "Close connection"]);
    expect(lines()).toEqual([
      ["error", "Could not connect; trying again"],
      ["error", "The server refused the connection (400 invalid_topic)"],
      ["error", "Could not connect; trying again"],
      ["error", "The server refused the connection (400 invalid_topic)"],
      ["open", "Connected as me"],
    ]);
  });

  test("with other topics does not suffer from what was asked about the former", async () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    answer(() => promise);
    open("?sid=me&topics=x!y&lang=en");
    socket().ends(1006);
    byId("more-topics", HTMLInputElement).value = "orders";
    submit("topics-form");
    resolve(Response.json(INVALID_TOPIC, { status: 400 }));
    await settle();
    expect(textsOf("#status-text")).toEqual(["Connecting…"]);
  });

  test.each(["en", "zh"])("asks in the language of the page: %s", async (lang) => {
    const asked = answer(() => Response.json({}, { status: 426 }));
    open(`?sid=me&lang=${lang}`);
    socket().ends(1006);
    await settle();
    expect(asked.mock.calls.map(([, init]) => init?.headers)).toEqual([
      { "Accept-Language": lang },
    ]);
  });

  test("says no more when the server only answers that it wants a WebSocket", async () => {
    const asked = answer(() => Response.json({}, { status: 426 }));
    open("?sid=me&topics=a&lang=en");
    socket().ends(1006);
    await settle();
    expect(asked.mock.calls.map(([path]) => path)).toEqual(["/ws/me?topics=a"]);
    expect(lines()).toEqual([["error", "Could not connect; trying again"]]);
  });

  test.each([
    ["online", () => dispatchEvent(new Event("online"))],
    ["pageshow", () => dispatchEvent(new Event("pageshow"))],
    ["visibilitychange", () => document.dispatchEvent(new Event("visibilitychange"))],
  ])("is tried at once on %s while it waits, and only then", (_, happen) => {
    open();
    happen();
    socket().opens();
    happen();
    expect(FakeSocket.made.length).toBe(1);
    socket().ends(1006);
    happen();
    expect(FakeSocket.made.length).toBe(2);
  });
});

describe("what arrives", () => {
  test("is shown as text, and bytes in hexadecimal", () => {
    open();
    socket().opens();
    socket().says("<b>bold</b>");
    socket().says(new Uint8Array([0, 255]).buffer);
    expect(lines()).toEqual([
      ["open", "Connected as me"],
      ["message", "<b>bold</b>"],
      ["message", "‹2 bytes› 00 ff"],
    ]);
  });
});

describe("the command", () => {
  test("follows the topic", () => {
    open();
    expect(textsOf("#curl")).toEqual(['curl -d "hello" http://127.0.0.1:8080/t/all']);
    const topic = byId("topic", HTMLInputElement);
    topic.value = "orders";
    topic.dispatchEvent(new Event("input"));
    expect(textsOf("#curl")).toEqual(['curl -d "hello" http://127.0.0.1:8080/t/orders']);
  });

  test("is copied", async () => {
    const writeText = mock(() => Promise.resolve());
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText } });
    open();
    click("copy");
    await settle();
    expect(writeText).toHaveBeenCalledWith('curl -d "hello" http://127.0.0.1:8080/t/all');
    expect(textsOf("#copy, #announcer")).toEqual(["Copied", "Copied"]);
  });

  test("is selected where copying is not allowed", async () => {
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: undefined });
    open();
    click("copy");
    await settle();
    expect(getSelection()?.toString()).toBe('curl -d "hello" http://127.0.0.1:8080/t/all');
    expect(textsOf("#copy")).toEqual(["Selected: copy it with your keyboard"]);
  });
});

describe("the language", () => {
  test("is switched, remembered, and no longer forced by the query", () => {
    open("?sid=me&lang=en");
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

  test("that is remembered is spoken", () => {
    localStorage.setItem("bellcast.language", "zh");
    open("?sid=me");
    expect(document.documentElement.lang).toBe("zh-CN");
  });

  test("of the query comes before the one that is remembered", () => {
    localStorage.setItem("bellcast.language", "zh");
    open("?lang=en");
    expect(document.documentElement.lang).toBe("en");
  });
});
