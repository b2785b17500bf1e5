import { describe, expect, test } from "bun:test";

import { MessageList } from "../../public/console/message-list.ts";
import { byId } from "../../public/shared/element.ts";
import { consoleLanguage, layOut, textsOf, useDom, useFrames } from "./dom.ts";

useDom();
const { draw, asked } = useFrames();

const LINE_PX = 20;

/** A list in a window of 100 px, on lines of 20 px. */
function fixture({ limit = 500 } = {}) {
  const viewport = byId("log", HTMLElement);
  const lines = byId("lines", HTMLElement);
  const jump = byId("jump", HTMLButtonElement);
  const language = consoleLanguage();
  const list = new MessageList({ viewport, lines, jump, language, limit });
  layOut(viewport, { scrollHeight: () => lines.childElementCount * LINE_PX, clientHeight: 100 });
  const scrollTo = (top: number) => {
    viewport.scrollTop = top;
    viewport.dispatchEvent(new Event("scroll"));
  };
  const add = (count: number) => {
    for (let n = 1; n <= count; n++) list.add("message", `m${n}`);
  };
  return { list, viewport, lines, jump, language, scrollTo, add };
}

describe("lines", () => {
  test("are written once a frame, however many there are", () => {
    const { add, lines } = fixture();
    add(300);
    expect(lines.childElementCount).toBe(0);
    expect(asked()).toBe(1);
    draw();
    expect(lines.childElementCount).toBe(300);
    expect(asked()).toBe(0);
  });

  test("carry kind, local time and text, and where they went", () => {
    const { list } = fixture();
    const before = new Date();
    list.add("sent", "hello", { note: "to orders" });
    draw();
    const line = document.querySelector("#lines li");
    expect(line?.getAttribute("data-kind")).toBe("sent");
    expect(line?.querySelector(".kind")?.textContent).toBe("sent");
    expect(line?.querySelector(".body")?.textContent).toBe("hello");
    expect(line?.querySelector(".note")?.textContent).toBe("to orders");
    const time = line?.querySelector("time");
    const shown = new Date(time?.dateTime ?? "");
    expect(shown.getTime() - before.getTime()).toBeWithin(0, 1000);
    expect(time?.textContent).toBe(shown.toTimeString().slice(0, 8));
  });

  test("are text, whatever they contain", () => {
    const { list } = fixture();
    const hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>&amp;\n  spaces";
    list.add("message", hostile, { note: hostile });
    draw();
    expect(textsOf("#lines .body, #lines .note")).toEqual([hostile, hostile]);
    expect(document.querySelectorAll("#lines img, #lines script").length).toBe(0);
  });

  test("beyond the limit push out the oldest", () => {
    const { add, lines } = fixture({ limit: 5 });
    add(5);
    draw();
    add(2);
    draw();
    expect(textsOf("#lines .body")).toEqual(["m3", "m4", "m5", "m1", "m2"]);
    add(12);
    draw();
    expect(textsOf("#lines .body")).toEqual(["m8", "m9", "m10", "m11", "m12"]);
    expect(lines.childElementCount).toBe(5);
  });

  test("keep the newest when a million arrive on a page that draws nothing", () => {
    const { list } = fixture({ limit: 3 });
    for (let n = 1; n <= 1_000_000; n++) list.add("message", String(n));
    draw();
    expect(textsOf("#lines .body")).toEqual(["999998", "999999", "1000000"]);
  });

  test("never stand beside others with a hole between them, though the reader is further up", () => {
    const { add, scrollTo } = fixture({ limit: 10 });
    add(10);
    draw();
    scrollTo(0);
    // more than a page waits that draws nothing
    add(25);
    draw();
    const expected = Array.from({ length: 10 }, (_, index) => `m${index + 16}`);
    expect(textsOf("#lines .body")).toEqual(expected);
  });

  test("are gone after clear, those that wait for a frame too", () => {
    const { list, add, lines } = fixture();
    add(3);
    draw();
    add(3);
    list.clear();
    draw();
    expect(lines.childElementCount).toBe(0);
  });

  test("change the words for their kinds with the language", () => {
    const { list, language } = fixture();
    list.add("error", "why");
    draw();
    language.use("zh");
    language.label(document.body);
    expect(textsOf("#lines .kind")).toEqual(["错误"]);
    expect(textsOf("#lines .body")).toEqual(["why"]);
  });
});

describe("scrolling", () => {
  test("follows the end while the reader is there", () => {
    const { add, viewport, jump } = fixture();
    add(50);
    draw();
    expect(viewport.scrollTop).toBe(50 * LINE_PX);
    expect(jump.hidden).toBe(true);
  });

  test("holds still while the reader is further up, and counts what is new", () => {
    const { add, list, viewport, jump, scrollTo } = fixture();
    add(50);
    draw();
    scrollTo(300);
    add(3);
    list.add("open", "not a message");
    draw();
    expect(viewport.scrollTop).toBe(300);
    expect(jump.hidden).toBe(false);
    expect(jump.textContent).toBe("3 new");
  });

  test("24 pixels from the end still is the end, 25 are not", () => {
    const { add, jump, scrollTo } = fixture();
    add(50);
    draw();
    scrollTo(50 * LINE_PX - 100 - 24);
    add(1);
    draw();
    expect(jump.hidden).toBe(true);
    scrollTo(51 * LINE_PX - 100 - 25);
    add(1);
    draw();
    expect(jump.hidden).toBe(false);
  });

  test("the button leads to the end, follows again, and hands the focus to the list", () => {
    const { add, viewport, jump, scrollTo } = fixture();
    add(50);
    draw();
    scrollTo(0);
    add(1);
    draw();
    jump.focus();
    jump.click();
    expect(viewport.scrollTop).toBe(51 * LINE_PX);
    expect(jump.hidden).toBe(true);
    expect(document.activeElement).toBe(viewport);
    add(1);
    draw();
    expect(viewport.scrollTop).toBe(52 * LINE_PX);
  });

  test("scrolling down by hand takes the button away", () => {
    const { add, jump, scrollTo } = fixture();
    add(50);
    draw();
    scrollTo(0);
    add(1);
    draw();
    scrollTo(51 * LINE_PX - 100);
    expect(jump.hidden).toBe(true);
  });

  test("what is read stays in place when the oldest lines go", () => {
    const { add, lines, viewport, scrollTo } = fixture({ limit: 50 });
    add(50);
    draw();
    for (const line of lines.children) {
      Object.defineProperty(line, "offsetTop", {
        get: () => [...lines.children].indexOf(line) * LINE_PX,
        configurable: true,
      });
    }
    scrollTo(300);
    for (let frame = 0; frame < 3; frame++) {
      add(50);
      draw();
    }
    expect(viewport.scrollTop).toBe(300);
    expect(lines.childElementCount).toBe(200);
    for (const line of lines.children) {
      Object.defineProperty(line, "offsetTop", {
        get: () => [...lines.children].indexOf(line) * LINE_PX,
        configurable: true,
      });
    }
    add(4);
    draw();
    expect(lines.childElementCount).toBe(200);
    expect(viewport.scrollTop).toBe(300 - 4 * LINE_PX);
  });

  test("what is read stays in place when older lines are put above it", () => {
    const { add, list, lines, viewport, scrollTo } = fixture();
    add(50);
    draw();
    scrollTo(300);
    list.prepend([
      { kind: "message", text: "a" },
      { kind: "message", text: "b" },
    ]);
    expect(textsOf("#lines .body").slice(0, 3)).toEqual(["a", "b", "m1"]);
    expect(lines.childElementCount).toBe(52);
    expect(viewport.scrollTop).toBe(300 + 2 * LINE_PX);
  });
});
