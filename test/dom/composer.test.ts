import { describe, expect, test } from "bun:test";

import { Composer } from "../../public/console/composer.ts";
import { byId } from "../../public/shared/element.ts";
import { consoleLanguage, useDom } from "./dom.ts";

useDom();

/** A composer whose sending ends when and how the test says. */
function fixture() {
  const sent: [text: string, topic: string][] = [];
  let end: (failure: string) => void = () => {};
  const text = byId("text", HTMLTextAreaElement);
  const topic = byId("topic", HTMLInputElement);
  const notice = byId("notice", HTMLElement);
  const language = consoleLanguage();
  const composer = new Composer({
    form: byId("composer", HTMLFormElement),
    text,
    topic,
    destination: byId("destination", HTMLElement),
    notice,
    language,
    send(what, where) {
      sent.push([what, where]);
      return new Promise((resolve) => (end = resolve));
    },
  });
  const press = (key: string, how: KeyboardEventInit & { keyCode?: number } = {}) => {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...how });
    // happy-dom ignores this part of the initializer
    Object.defineProperty(event, "keyCode", { value: how.keyCode ?? 13 });
    Object.defineProperty(event, "isComposing", { value: how.isComposing ?? false });
    text.dispatchEvent(event);
    return event;
  };
  const finish = async (failure: string) => {
    end(failure);
    await Promise.resolve();
    await Promise.resolve();
  };
  return { composer, sent, text, topic, notice, language, press, finish };
}

describe("Enter", () => {
  test("sends the text to the topic, and keeps it until it has been sent", async () => {
    const { sent, text, topic, press, finish } = fixture();
    text.value = "two lines\n of text ";
    topic.value = " orders ";
    expect(press("Enter").defaultPrevented).toBe(true);
    expect(sent).toEqual([["two lines\n of text ", "orders"]]);
    expect(text.value).toBe("two lines\n of text ");
    await finish("");
    expect(text.value).toBe("");
  });

  test.each([
    ["an input method composes", { isComposing: true }],
    ["an input method takes the key, as Safari says it", { keyCode: 229 }],
    ["Shift is held", { shiftKey: true }],
  ])("does not send while %s", (_, how) => {
    const { sent, text, press } = fixture();
    text.value = "ni hao";
    expect(press("Enter", how).defaultPrevented).toBe(false);
    expect(sent).toEqual([]);
  });

  test("sends nothing when there is nothing", () => {
    const { sent, press } = fixture();
    press("Enter");
    expect(sent).toEqual([]);
  });

  test("sends white space, which is a message like any other", () => {
    const { sent, text, press } = fixture();
    text.value = " ";
    press("Enter");
    expect(sent).toEqual([[" ", "all"]]);
  });
});

describe("a text", () => {
  test("stays, with the reason, when it could not be sent", async () => {
    const { text, notice, press, finish } = fixture();
    text.value = "precious";
    press("Enter");
    await finish("no network");
    expect(text.value).toBe("precious");
    expect(notice.hidden).toBe(false);
    expect(notice.textContent).toBe("no network");
  });

  test("takes the reason away when it is sent after all", async () => {
    const { text, notice, press, finish } = fixture();
    text.value = "precious";
    press("Enter");
    await finish("no network");
    press("Enter");
    await finish("");
    expect(text.value).toBe("");
    expect(notice.hidden).toBe(true);
  });

  test("is not sent twice by an impatient hand", async () => {
    const { sent, text, press, finish } = fixture();
    text.value = "once";
    press("Enter");
    press("Enter");
    await finish("");
    expect(sent).toEqual([["once", "all"]]);
  });

  test("that was changed on its way is kept as the next message", async () => {
    const { text, press, finish } = fixture();
    text.value = "first";
    press("Enter");
    text.value = "first and more";
    await finish("");
    expect(text.value).toBe("first and more");
  });
});

test("the destination follows the topic and the language", () => {
  const { composer, topic, language } = fixture();
  const destination = byId("destination", HTMLElement);
  expect(composer.topic).toBe("all");
  expect(destination.textContent).toBe("Published to everyone who listens to all.");
  topic.value = "orders";
  topic.dispatchEvent(new Event("input"));
  expect(destination.textContent).toBe("Published to everyone who listens to orders.");
  language.use("zh");
  expect(destination.textContent).toBe("发布给所有订阅 orders 的页面。");
});
