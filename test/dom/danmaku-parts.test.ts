import { beforeEach, describe, expect, mock, test } from "bun:test";

import { CommentList } from "../../public/danmaku/comment-list.ts";
import type { Comment, Entry } from "../../public/danmaku/comment.ts";
import { Composer, type Draft } from "../../public/danmaku/composer.ts";
import { useKeys } from "../../public/danmaku/keys.ts";
import { LeftOut } from "../../public/danmaku/left-out.ts";
import { Load } from "../../public/danmaku/load.ts";
import { News } from "../../public/danmaku/news.ts";
import { PALETTE } from "../../public/danmaku/palette.ts";
import { clockTime, hillOf, SeekBar } from "../../public/danmaku/seek-bar.ts";
import { SettingsPanel } from "../../public/danmaku/settings-panel.ts";
import { Settings, wordsOf } from "../../public/danmaku/settings.ts";
import { DANMAKU_TEXTS, type DanmakuKey } from "../../public/danmaku/texts.ts";
import { byId } from "../../public/shared/element.ts";
import { Language } from "../../public/shared/language.ts";
import { shelf } from "../../public/shared/storage.ts";
import { SHARED_TEXTS, type SharedKey } from "../../public/shared/texts.ts";
import { ManualClock } from "../clock.ts";
import { settle } from "./console-page.ts";
import { bodyOf, textsOf, useDom, useFrames } from "./dom.ts";

useDom();
const { draw, asked } = useFrames();
const markup = await Bun.file(new URL("../../public/danmaku.html", import.meta.url)).text();
beforeEach(() => {
  document.body.innerHTML = bodyOf(markup);
  localStorage.clear();
});

const languageOf = () =>
  new Language<DanmakuKey | SharedKey>("en", { ...SHARED_TEXTS, ...DANMAKU_TEXTS });
const entry = (text: string, rest: Partial<Entry> = {}): Entry => ({
  ...{ text, at: 0, mode: "scroll", color: "#ffffff", size: "normal" },
  ...rest,
});
const device = shelf(() => localStorage);

describe("settings", () => {
  test("are kept on the device", () => {
    new Settings(device).change({ opacity: 0.5, area: 0.25, isOn: false, blocked: ["x"] });
    expect(new Settings(device).look).toEqual({
      ...{ isOn: false, opacity: 0.5, scale: 1, speed: 1, area: 0.25, blocked: ["x"] },
      hasKeys: true,
    });
  });

  test.each([
    ["{"],
    ["null"],
    ["7"],
    [`{"blocked":[null,{},7,""]}`],
    [`{"opacity":7,"scale":"1","speed":null,"area":0.3,"blocked":7,"isOn":1}`],
  ])("are the usual where what is kept is not understood: %s", (kept) => {
    const usual = new Settings(device).look;
    localStorage.setItem("bellcast.danmaku", kept);
    expect(new Settings(device).look).toEqual(usual);
  });

  test("block words whatever their case and width", () => {
    const settings = new Settings(device);
    settings.change({ blocked: wordsOf("Spoiler，剧透\n ") });
    const texts = ["a spoiler!", "ＳＰＯＩＬＥＲ", "不要剧透", "spoil", "fine"];
    expect(texts.map((text) => settings.allows(text))).toEqual([false, false, false, true, true]);
  });

  test("take words one on each line or with commas between them, a hundred at most", () => {
    expect(wordsOf("a\n b ,c、d，a\n\n")).toEqual(["a", "b", "c", "d"]);
    expect(wordsOf(Array.from({ length: 101 }, (_, n) => n).join())).toHaveLength(100);
  });
});

describe("the panel of settings", () => {
  function fixture() {
    const settings = new Settings(device);
    const dialog = byId("settings-dialog", HTMLDialogElement);
    new SettingsPanel({
      dialog,
      form: byId("settings-form", HTMLFormElement),
      button: byId("settings", HTMLButtonElement),
      close: byId("settings-close", HTMLButtonElement),
      toggle: byId("toggle", HTMLButtonElement),
      settings,
      language: languageOf(),
    });
    const put = (id: string, value: string) => {
      const field = document.getElementById(id) as HTMLInputElement;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    return { settings, put };
  }

  test("changes each of them at once", () => {
    const { settings, put } = fixture();
    put("opacity", "0.4");
    put("scale", "1.5");
    put("speed", "0.5");
    put("area", "0.25");
    put("blocked", "one\ntwo");
    expect(settings.look).toEqual({
      ...{ isOn: true, opacity: 0.4, scale: 1.5, speed: 0.5, area: 0.25, hasKeys: true },
      blocked: ["one", "two"],
    });
    expect(textsOf("output")).toEqual(["40%", "150%", "50%"]);
  });

  test("has a button that turns comments off and on", () => {
    const { settings } = fixture();
    const toggle = byId("toggle", HTMLButtonElement);
    expect(toggle.getAttribute("aria-pressed")).toBe("true");
    toggle.click();
    expect([toggle.getAttribute("aria-pressed"), settings.look.isOn]).toEqual(["false", false]);
  });
});

describe("the composer", () => {
  function fixture(
    send: (draft: Draft) => Promise<(() => string) | undefined> = () => Promise.resolve(undefined),
  ) {
    const sent = mock(send);
    const language = languageOf();
    const text = byId("text", HTMLInputElement);
    const form = byId("composer", HTMLFormElement);
    const left = byId("left", HTMLElement);
    const notice = byId("notice", HTMLElement);
    const composer = new Composer({
      ...{ form, text, left, notice, send: sent, language },
      swatches: byId("swatches", HTMLElement),
    });
    const write = (value: string) => {
      text.value = value;
      text.dispatchEvent(new Event("input"));
    };
    const submit = async (value: string) => {
      write(value);
      form.requestSubmit();
      await settle();
    };
    const choose = (name: string, value: string) => {
      for (const input of form.querySelectorAll<HTMLInputElement>(`[name="${name}"]`)) {
        input.checked = input.value === value;
      }
    };
    return { composer, language, sent, text, left, notice, write, submit, choose };
  }

  test("sends the text as it is chosen to look, and is ready for the next", async () => {
    const { sent, text, submit, choose } = fixture();
    await submit(" first ");
    choose("mode", "top");
    choose("size", "large");
    choose("color", PALETTE[2].color);
    await submit("second");
    expect(sent.mock.calls).toEqual([
      [{ text: "first", mode: "scroll", size: "normal", color: "#ffffff" }],
      [{ text: "second", mode: "top", size: "large", color: PALETTE[2].color }],
    ]);
    expect(text.value).toBe("");
  });

  test("names each colour", () => {
    fixture();
    const names = [...document.querySelectorAll("#swatches input")].map((input) =>
      input.getAttribute("aria-label"),
    );
    expect(names).toEqual(["White", "Red", "Orange", "Yellow", "Green", "Cyan", "Blue", "Pink"]);
  });

  test("says how many characters are left when there are few, and sends none that is too long", async () => {
    const { sent, left, text, notice, write, submit } = fixture();
    write("字".repeat(69));
    expect(left.hidden).toBe(true);
    write("😀".repeat(70));
    expect([left.hidden, left.textContent]).toEqual([false, "30"]);
    await submit("字".repeat(101));
    expect(left.textContent).toBe("-1");
    expect(text.getAttribute("aria-invalid")).toBe("true");
    expect(sent).not.toHaveBeenCalled();
    expect(notice.textContent).toBe("A comment is one line of at most 100 characters.");
    await submit("字".repeat(100));
    expect(sent).toHaveBeenCalledTimes(1);
    expect([notice.hidden, text.hasAttribute("aria-invalid")]).toEqual([true, false]);
  });

  test("sends nothing that is empty", async () => {
    const { sent, submit } = fixture();
    await submit("   ");
    expect(sent).not.toHaveBeenCalled();
  });

  test("says why something was not sent, and gives the text back", async () => {
    const { submit, text, notice } = fixture(() => Promise.resolve(() => "no"));
    await submit("precious");
    expect([text.value, notice.textContent, notice.hidden]).toEqual(["precious", "no", false]);
  });

  test("says it in the language of the page, also when that is changed", async () => {
    const { submit, language, notice } = fixture();
    await submit("字".repeat(101));
    language.use("zh");
    expect(notice.textContent).toBe("弹幕只能有一行，最多 100 个字。");
    await submit("fine");
    language.use("en");
    expect([notice.textContent, notice.hidden]).toEqual(["", true]);
  });

  test("leaves what was typed meanwhile", async () => {
    const { promise, resolve } = Promise.withResolvers<() => string>();
    const { submit, text, write } = fixture(() => promise);
    await submit("precious");
    write("next");
    resolve(() => "no");
    await settle();
    expect(text.value).toBe("next");
  });

  test("can be closed and opened", () => {
    const { composer, text } = fixture();
    composer.allow(false);
    expect(text.disabled).toBe(true);
    composer.allow(true);
    expect(text.disabled).toBe(false);
  });
});

describe("the list", () => {
  function fixture() {
    const language = languageOf();
    const settings = new Settings(device);
    const onSeek = mock((seconds: number) => void seconds);
    const list = new CommentList({
      viewport: byId("log", HTMLElement),
      lines: byId("lines", HTMLElement),
      jump: byId("jump", HTMLButtonElement),
      ...{ language, onSeek, allows: (text: string) => settings.allows(text), limit: 1_000 },
    });
    return { list, language, settings, onSeek };
  }
  const shown = () => textsOf("#lines li:not([hidden]) .body");
  const drawAll = () => {
    while (asked() > 0) draw();
  };

  test("has each comment with its place, which leads there", () => {
    const { list, onSeek } = fixture();
    list.add(entry("hello", { at: 65.2 }));
    draw();
    const [button] = document.querySelectorAll<HTMLElement>("#lines button");
    expect([button?.textContent, button?.getAttribute("aria-label")]).toEqual([
      "1:05",
      "Go to 1:05",
    ]);
    button?.click();
    expect(onSeek.mock.calls).toEqual([[65.2]]);
  });

  test("has text, whatever it looks like", () => {
    const { list } = fixture();
    const hostile = "<img src=x onerror=alert(1)>&amp;";
    list.add(entry(hostile));
    draw();
    expect(shown()).toEqual([hostile]);
    expect(document.querySelector("#lines img")).toBeNull();
  });

  test("hides what is blocked, before and after", () => {
    const { list, settings } = fixture();
    list.add(entry("a spoiler"));
    list.add(entry("fine"));
    draw();
    settings.change({ blocked: ["spoiler"] });
    list.filter();
    list.add(entry("another spoiler"));
    draw();
    expect(shown()).toEqual(["fine"]);
    settings.change({ blocked: [] });
    list.filter();
    expect(shown()).toEqual(["a spoiler", "fine", "another spoiler"]);
  });

  test("says what has become of one's own, in the language of the page", () => {
    const { list, language } = fixture();
    const tell = list.add(entry("mine", { isOwn: true }), "sending");
    draw();
    expect(textsOf(".fate")).toEqual(["being sent"]);
    tell("unseen");
    expect(textsOf(".fate")).toEqual(["seen by you alone"]);
    language.use("zh");
    expect(textsOf(".fate")).toEqual(["仅自己可见"]);
    tell("sent");
    expect(textsOf(".fate")).toEqual([""]);
  });

  test("may be told before it was shown", () => {
    const { list } = fixture();
    list.add(entry("mine", { isOwn: true }), "sending")("sent");
    draw();
    expect(textsOf(".fate")).toEqual([""]);
  });

  test("shows a hundred older ones, and the others when the reader comes to the top", () => {
    const { list } = fixture();
    const older = Array.from({ length: 250 }, (_, n) => entry(`n${n}`));
    list.addOlder(older.slice(100));
    list.addOlder(older.slice(0, 100));
    expect(shown().slice(0, 2)).toEqual(["n150", "n151"]);
    expect(shown()).toHaveLength(100);
    const log = byId("log", HTMLElement);
    Object.defineProperty(log, "scrollHeight", { configurable: true, value: 2_000 });
    log.scrollTop = 0;
    log.dispatchEvent(new Event("scroll"));
    expect(shown()).toHaveLength(200);
    expect(shown()[0]).toBe("n50");
  });

  test("has two hundred at most: the oldest make room", () => {
    const { list } = fixture();
    for (let n = 0; n < 201; n++) list.add(entry(`n${n}`));
    drawAll();
    expect([shown().length, shown()[0]]).toEqual([200, "n1"]);
  });

  test("has again what has made room, when the reader comes to the top", () => {
    const { list } = fixture();
    list.addOlder([entry("oldest")]);
    for (let n = 0; n < 250; n++) list.add(entry(`n${n}`));
    drawAll();
    expect([shown().length, shown()[0]]).toEqual([200, "n50"]);
    const log = byId("log", HTMLElement);
    Object.defineProperty(log, "scrollHeight", { configurable: true, value: 2_000 });
    log.scrollTop = 0;
    log.dispatchEvent(new Event("scroll"));
    expect(shown()).toEqual(["oldest", ...Array.from({ length: 250 }, (_, n) => `n${n}`)]);
  });

  test("knows no more than it is to", () => {
    const { list } = fixture();
    for (let n = 0; n < 1_001; n++) list.add(entry(`n${n}`));
    drawAll();
    const log = byId("log", HTMLElement);
    Object.defineProperty(log, "scrollHeight", { configurable: true, value: 2_000 });
    for (let times = 0; times < 12; times++) log.dispatchEvent(new Event("scroll"));
    expect([shown().length, shown()[0]]).toEqual([1_000, "n1"]);
  });

  test("takes in what is older while the first that came wait for a frame", () => {
    const { list } = fixture();
    list.add(entry("now"));
    list.addOlder([entry("before")]);
    draw();
    list.addOlder([entry("long ago")]);
    expect(shown()).toEqual(["long ago", "before", "now"]);
  });

  test("writes a few in a frame, and the others in the next ones", () => {
    const { list } = fixture();
    for (let n = 0; n < 20; n++) list.add(entry(`n${n}`));
    draw();
    expect(shown()).toHaveLength(12);
    draw();
    expect(shown()).toHaveLength(20);
    expect(asked()).toBe(0);
  });

  test("is empty when it is cleared", () => {
    const { list } = fixture();
    list.addOlder([entry("old")]);
    list.clear();
    expect(shown()).toEqual([]);
  });
});

describe("the seek bar", () => {
  test("writes times as players do", () => {
    expect([0, 9.99, 60, 3599, 3600, 86_400, -1].map(clockTime)).toEqual([
      ...["0:00", "0:09", "1:00", "59:59", "1:00:00", "24:00:00", "0:00"],
    ]);
  });

  test("shows the time, and is told where to go", async () => {
    const onSeek = mock((seconds: number) => void seconds);
    const range = byId("seek", HTMLInputElement);
    const clock = new ManualClock();
    let counts = [0, 0, 0];
    const bar = new SeekBar({
      ...{ range, onSeek, clock, language: languageOf(), density: () => counts },
      hill: byId("hill", HTMLElement),
      time: byId("time", HTMLElement),
    });
    bar.show(65, 130);
    expect(textsOf("#time")).toEqual(["1:05 / 2:10"]);
    expect(range.getAttribute("aria-valuetext")).toBe("1:05 of 2:10");
    range.value = "20";
    range.dispatchEvent(new Event("input"));
    expect(onSeek.mock.calls).toEqual([[20]]);
    // Where it is held counts, until it is let go.
    bar.show(66, 130);
    expect(range.value).toBe("20");
    range.dispatchEvent(new Event("change"));
    bar.show(66, 130);
    expect(range.value).toBe("66");
    // There is no change where it is let go where it was taken.
    range.dispatchEvent(new Event("input"));
    range.dispatchEvent(new Event("pointerup"));
    bar.show(67, 130);
    expect(range.value).toBe("67");
    await clock.advance(1_000);
    expect(document.querySelector("#hill svg")).toBeNull();
    counts = [1, 0, 4];
    bar.showDensity();
    await clock.advance(1_000);
    expect(document.querySelectorAll("#hill path")).toHaveLength(1);
  });

  test("has a hill that is highest where most was said", () => {
    expect(hillOf([0, 0, 0, 4, 0, 0, 0])).toBe(
      "M0 20L0 20.0L1 8.5L2 3.7L3 0.0L4 3.7L5 8.5L6 20.0L6 20Z",
    );
  });
});

describe("what was left out", () => {
  test("is added up while more comes, and goes when nothing does", async () => {
    const clock = new ManualClock();
    const pill = byId("left-out", HTMLElement);
    const told: string[] = [];
    const leftOut = new LeftOut(pill, languageOf(), (text) => told.push(text), clock);
    expect(pill.hidden).toBe(true);
    leftOut.add(100);
    await clock.advance(3_999);
    leftOut.add(28);
    expect([pill.hidden, pill.textContent]).toEqual([false, "+128 left out"]);
    await clock.advance(3_999);
    expect(pill.hidden).toBe(false);
    await clock.advance(1);
    expect(pill.hidden).toBe(true);
    leftOut.add(1);
    expect(pill.textContent).toBe("+1 left out");
    // Aloud it is said once each time.
    expect(told).toEqual(["+100 left out", "+1 left out"]);
  });
});

describe("the news", () => {
  function fixture() {
    const clock = new ManualClock();
    const language = languageOf();
    const line = byId("news", HTMLElement);
    return { clock, language, line, news: new News(line, language, clock) };
  }

  test("are said for a while, or as long as they are true", async () => {
    const { news, line, clock } = fixture();
    news.say(() => "for a while");
    await clock.advance(7_999);
    expect([line.hidden, line.textContent]).toEqual([false, "for a while"]);
    await clock.advance(1);
    expect(line.hidden).toBe(true);
    const takeBack = news.stay(() => "as long as it is true");
    await clock.advance(60_000);
    expect(line.hidden).toBe(false);
    takeBack();
    expect(line.hidden).toBe(true);
  });

  test("that are taken back leave others alone", async () => {
    const { news, line, clock } = fixture();
    const takeBack = news.stay(() => "it waits");
    news.say(() => "three were restored");
    takeBack();
    expect([line.hidden, line.textContent]).toEqual([false, "three were restored"]);
    await clock.advance(8_000);
    expect(line.hidden).toBe(true);
  });

  test("are in the language of the page, also when that is changed", () => {
    const { news, line, language } = fixture();
    news.stay(() => language.say("gap"));
    language.use("zh");
    expect(line.textContent).toBe(DANMAKU_TEXTS.gap.zh);
  });
});

describe("the load", () => {
  test("is as many comments a second as it is told, until it is told none", async () => {
    const clock = new ManualClock();
    const made: Omit<Comment, "at">[] = [];
    const load = new Load((comment) => made.push(comment), clock);
    load.use(200);
    await clock.advance(1_000);
    expect(made).toHaveLength(200);
    load.use(20);
    await clock.advance(1_000);
    expect(made).toHaveLength(220);
    load.use(0);
    await clock.advance(1_000);
    expect(made).toHaveLength(220);
    expect(clock.pending).toBe(0);
    expect(new Set(made.map(({ text }) => text)).size).toBe(220);
  });
});

describe("the keys", () => {
  function fixture() {
    const range = byId("seek", HTMLInputElement);
    const state = { isOn: true };
    const actions = {
      toggle: mock(() => {}),
      step: mock((seconds: number) => void seconds),
      fullscreen: mock(() => {}),
      comments: mock(() => {}),
    };
    useKeys({ range, isOn: () => state.isOn, actions });
    const press = (key: string, target: Element = document.body, rest: KeyboardEventInit = {}) =>
      target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...rest }));
    const calls = () => Object.values(actions).map(({ mock: { calls: all } }) => all.length);
    return { range, state, actions, press, calls };
  }

  test("steer the player, except where they mean something else", () => {
    const { range, state, actions, press, calls } = fixture();
    for (const key of [" ", "ArrowLeft", "ArrowRight", "f", "D"]) press(key);
    expect(calls()).toEqual([1, 2, 1, 1]);
    expect(actions.step.mock.calls).toEqual([[-5], [5]]);
    for (const key of [" ", "ArrowLeft", "f", "d"]) press(key, byId("text", HTMLInputElement));
    press(" ", byId("play", HTMLButtonElement));
    press(" ", byId("log", HTMLElement));
    press("f", document.body, { ctrlKey: true });
    press("x");
    expect(calls()).toEqual([1, 2, 1, 1]);
    press("ArrowRight", range);
    press("f", byId("play", HTMLButtonElement));
    state.isOn = false;
    press("f");
    press("ArrowRight", range);
    expect(calls()).toEqual([1, 4, 2, 1]);
  });

  test("steer it where a click has left the focus: on the picture and on the seek bar", () => {
    const { range, press, calls } = fixture();
    press(" ", byId("video", HTMLVideoElement));
    for (const key of [" ", "f", "d"]) press(key, range);
    expect(calls()).toEqual([2, 0, 1, 1]);
  });

  test("do once what they do when they are held, but for steps", () => {
    const { press, calls } = fixture();
    for (const key of [" ", "f", "d", "ArrowRight"]) press(key, document.body, { repeat: true });
    expect(calls()).toEqual([0, 1, 0, 0]);
  });
});
