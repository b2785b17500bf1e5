import { describe, expect, test } from "bun:test";

import { byId } from "../../public/element.ts";
import { answer, settle, socket, submit, useConsole } from "./console-page.ts";
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
    expect(init?.headers).toEqual({ "Content-Type": "text/plain;charset=UTF-8" });
    expect(init?.body).toBe("<two>");
    expect(typed()).toBe("");
    expect(lines().at(-1)).toEqual(["sent", "<two>"]);
    expect(textsOf("#lines .note")).toEqual(["to 订单"]);
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
