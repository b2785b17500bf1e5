import { describe, expect, test } from "bun:test";

import { byId } from "../../public/shared/element.ts";
import {
  click,
  comesBack,
  lets,
  said,
  says,
  settle,
  socket,
  submit,
  useConsole,
} from "./console-page.ts";
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
const published = () => said().filter(({ type }) => type === "publish");

/** The server answers the last publish. */
async function answers(facts: object): Promise<void> {
  says({ ref: published().at(-1)?.["ref"], ...facts });
  await settle();
}

const TAKEN = { type: "ok", id: 11, log: "log", topic: "all", time: 0, sessions: 1 };

describe("sending", () => {
  test("publishes to all, and shows the text as it comes back", async () => {
    await open();
    lets();
    await send("你好");
    expect(published()).toMatchObject([{ topic: "all", data: "你好", key: expect.any(String) }]);
    expect(typed()).toBe("你好");
    says({ type: "message", id: 11, topic: "all", time: 0, from: "me", data: "你好" });
    await answers(TAKEN);
    expect(typed()).toBe("");
    expect(lines().slice(1)).toEqual([["sent", "你好"]]);
  });

  test("to a topic that the page does not listen to lists it itself", async () => {
    await open();
    lets();
    await send("<two>", "订单");
    await answers({ ...TAKEN, topic: "订单" });
    expect(lines().at(-1)).toEqual(["sent", "<two>"]);
    expect(textsOf("#lines .note")).toEqual(["to 订单"]);
  });

  test("without a connection waits for one, and says so", async () => {
    await open();
    await send("kept");
    expect(published()).toEqual([]);
    expect(typed()).toBe("kept");
    expect(notice()).toBe("No connection at the moment: it will be sent as soon as there is one.");
    lets();
    await settle();
    expect(published()).toMatchObject([{ data: "kept" }]);
    await answers(TAKEN);
    expect([typed(), notice()]).toEqual(["", ""]);
  });

  test("goes on when the connection comes back before the answer, as the same message", async () => {
    await open();
    lets();
    await send("once");
    const [first] = published();
    await comesBack();
    lets();
    await settle();
    expect(published()).toMatchObject([{ data: "once", key: first?.["key"] }]);
    await answers({ ...TAKEN, repeat: true });
    expect(typed()).toBe("");
  });

  test.each([
    ["invalid_topic", "invalid_topic: a topic is made of letters, digits and . _ ~ -"],
    [
      "message_too_large",
      "message_too_large: the server takes no message that long. Your text is kept.",
    ],
    ["something_new", "The server does not accept it (something_new)."],
  ])("that is refused with %s keeps the text and says why", async (code, words) => {
    await open();
    lets();
    await send("precious");
    await answers({ type: "error", code, message: "No.", retry: false });
    expect([typed(), notice()]).toEqual(["precious", words]);
  });

  test("is told in Chinese as well", async () => {
    await open("?sid=me&lang=zh");
    lets();
    await send("x");
    await answers({ type: "error", code: "store_full", message: "No.", retry: false });
    expect(notice()).toBe("store_full：服务器磁盘已满，内容已保留。");
  });

  test("over a closed connection is refused, and the text kept", async () => {
    await open();
    lets();
    click("toggle");
    await send("kept");
    expect(socket().closedWith).toEqual([1000]);
    expect([typed(), notice()]).toEqual([
      "kept",
      "The connection is closed, so nothing was sent. Your text is kept.",
    ]);
  });
});
