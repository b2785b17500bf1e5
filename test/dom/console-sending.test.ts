import { describe, expect, test } from "bun:test";

import { byId } from "../../public/element.ts";
import { answer, click, settle, socket, submit, useConsole } from "./console-page.ts";
import { textsOf } from "./dom.ts";

const { open, lines } = useConsole();

async function send(text: string, topic = ""): Promise<void> {
  byId("topic", HTMLInputElement).value = topic;
  byId("text", HTMLTextAreaElement).value = text;
  submit("composer");
  await settle();
}

const typed = () => byId("text", HTMLTextAreaElement).value;
const notice = () => byId("notice", HTMLElement).textContent;

describe("sending", () => {
  test("goes over the socket, and is listed", async () => {
    open();
    socket().opens();
    await send("你好");
    expect(socket().sent).toEqual(["你好"]);
    expect(typed()).toBe("");
    expect(lines().at(-1)).toEqual(["sent", "你好"]);
  });

  test("without a connection keeps the text and says so, until there is one", async () => {
    open();
    await send("kept");
    expect(socket().sent).toEqual([]);
    expect(typed()).toBe("kept");
    expect(notice()).toBe("Not connected, so nothing was sent. Your text is kept.");
    socket().opens();
    expect(notice()).toBe("");
    expect(typed()).toBe("kept");
  });

  test("to a topic publishes over HTTP, with or without a connection", async () => {
    const requests = answer(() => Response.json({ topic: "订单", sessions: 2 }));
    open();
    await send("<two>", "订单");
    const [path, init] = requests.mock.calls[0] ?? [];
    expect(path).toBe("/t/%E8%AE%A2%E5%8D%95");
    expect(init?.method).toBe("POST");
    expect(init?.headers).toEqual({
      "Accept-Language": "en",
      "Content-Type": "text/plain;charset=UTF-8",
    });
    expect(init?.body).toBe("<two>");
    expect(typed()).toBe("");
    expect(lines().at(-1)).toEqual(["sent", "<two>"]);
    expect(textsOf("#lines .note")).toEqual(["to 订单"]);
  });

  test("asks for the answer in the language that the page has now", async () => {
    const requests = answer(() => Response.json({ topic: "orders" }));
    open();
    click("language");
    await send("text", "orders");
    expect(requests.mock.calls.map(([, init]) => init?.headers)).toEqual([
      { "Accept-Language": "zh", "Content-Type": "text/plain;charset=UTF-8" },
    ]);
  });

  test("that the server does not accept keeps the text and says all it was told", async () => {
    answer(() =>
      Response.json(
        { code: "message_too_large", detail: "70000 bytes.", hint: "Send less." },
        { status: 413 },
      ),
    );
    open();
    await send("kept", "orders");
    expect(typed()).toBe("kept");
    expect(notice()).toBe(
      "The server does not accept it (413 message_too_large). 70000 bytes. Send less.",
    );
  });

  test("that a proxy answers in its own words is told by the status", async () => {
    answer(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    open();
    await send("kept", "orders");
    expect(typed()).toBe("kept");
    expect(notice()).toBe("The server does not accept it (502).");
  });

  test("that reaches nobody keeps the text and does not claim to know", async () => {
    answer(() => Promise.reject(new TypeError("no network")));
    open();
    await send("kept", "orders");
    expect(typed()).toBe("kept");
    expect(notice()).toBe(
      "The server could not be reached. Your text is kept; it may not have been published.",
    );
  });
});

describe("a text over the limit of the server", () => {
  /** Opens the page, connected to a server with this limit in bytes. */
  async function connect(limit: number, query?: string): Promise<void> {
    answer(() => Response.json({ limits: { message: limit } }));
    open(query);
    socket().opens();
    await settle();
  }

  test("is measured in bytes of UTF-8: kept with the reason, and sent when it just fits", async () => {
    await connect(6);
    await send("你好!");
    expect(socket().sent).toEqual([]);
    expect(typed()).toBe("你好!");
    expect(notice()).toBe(
      "Not sent: this text is 7 bytes, and the server takes 6 at most. It is kept.",
    );
    expect(lines()).toEqual([["open", "Connected as me"]]);
    await send("你好");
    expect(socket().sent).toEqual(["你好"]);
    expect(typed()).toBe("");
    expect(notice()).toBe("");
  });

  test("is told in Chinese as well", async () => {
    await connect(6, "?sid=me&lang=zh");
    await send("你好!");
    expect(notice()).toBe("没有发出：内容共 7 字节，服务器最多接受 6 字节，内容已保留。");
  });

  test("is still told when the connection has come back", async () => {
    await connect(6);
    await send("你好!");
    socket().ends(1006);
    click("retry");
    socket().opens();
    expect(notice()).toBe(
      "Not sent: this text is 7 bytes, and the server takes 6 at most. It is kept.",
    );
  });

  test("follows the limit of a server that was started anew with another", async () => {
    await connect(6);
    answer(() => Response.json({ limits: { message: 7 } }));
    socket().ends(1012);
    click("retry");
    socket().opens();
    await settle();
    await send("你好!");
    expect(socket().sent).toEqual(["你好!"]);
  });

  test.each([
    ["does not answer", () => Promise.reject(new TypeError("no network"))],
    ["answers no JSON", () => new Response("<h1>Bad gateway</h1>", { status: 502 })],
    ["names no limits", () => Response.json({ version: "0.1.0" })],
    ["names no number", () => Response.json({ limits: { message: "64KiB" } })],
    ["answers null", () => Response.json(null)],
  ])("is not held back when the server %s", async (_, make) => {
    const requests = answer(make);
    open();
    socket().opens();
    await settle();
    expect(requests.mock.calls.map(([path]) => path)).toEqual(["/v1/stats"]);
    await send("x".repeat(100_000));
    expect(socket().sent).toEqual(["x".repeat(100_000)]);
  });

  const RETURNED =
    "The server closed the connection: your last text was too long, and was not received.";

  test("comes back when the server closes for it, and the reason outlasts the return", async () => {
    open();
    socket().opens();
    await send("short");
    await send("long");
    socket().ends(1009, "Received too big message");
    expect(typed()).toBe("long");
    expect(notice()).toBe(RETURNED);
    expect(lines().at(-1)).toEqual(["close", "Connection lost (1009 Received too big message)"]);
    click("retry");
    socket().opens();
    expect(typed()).toBe("long");
    expect(notice()).toBe(RETURNED);
  });

  test("does not replace the one that is being written", async () => {
    open();
    socket().opens();
    await send("long");
    byId("text", HTMLTextAreaElement).value = "next";
    socket().ends(1009);
    expect(typed()).toBe("next");
    expect(notice()).toBe(RETURNED);
  });

  test.each([
    ["for another reason", 1006],
    ["for a text of an earlier connection", 1009],
  ])("is not brought back by a connection that ends %s", async (_, code) => {
    open();
    socket().opens();
    await send("received");
    socket().ends(1006);
    click("retry");
    socket().opens();
    socket().ends(code);
    expect(typed()).toBe("");
    expect(notice()).toBe("");
  });
});
