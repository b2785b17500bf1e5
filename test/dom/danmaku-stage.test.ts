import { beforeEach, describe, expect, test } from "bun:test";

import type { Entry } from "../../public/danmaku/comment.ts";
import { fadeOf, FADING_MS } from "../../public/danmaku/fading-lines.ts";
import { Meter } from "../../public/danmaku/meter.ts";
import { Prompter } from "../../public/danmaku/prompter.ts";
import { type Look, Settings } from "../../public/danmaku/settings.ts";
import { Show } from "../../public/danmaku/show.ts";
import { Stage } from "../../public/danmaku/stage.ts";
import { Timeline } from "../../public/danmaku/timeline.ts";
import { shelf } from "../../public/shared/storage.ts";
import { ManualClock } from "../clock.ts";
import { useDom, useFrames } from "./dom.ts";

useDom();
beforeEach(() => localStorage.clear());

const LETTER_PX = 10;
const SIZE = { width: 840, height: 400, ratio: 3 };

const entry = (text: string, rest: Partial<Entry> = {}): Entry => ({
  ...{ text, at: 0, mode: "scroll", color: "#ffffff", size: "normal" },
  ...rest,
});

/** A stage of 840 by 400, on which letters of every size are 10 px wide. */
function stageFixture({
  isStill = false,
  look = {},
}: { isStill?: boolean; look?: Partial<Look> } = {}) {
  const settings = new Settings(shelf(() => localStorage));
  settings.change({ area: 1, ...look });
  const canvas = document.createElement("canvas");
  const drawn: { left: number; top: number; alpha: number }[] = [];
  const pen = {
    globalAlpha: 1,
    setTransform() {},
    clearRect: () => drawn.splice(0),
    drawImage: (_: unknown, left: number, top: number) =>
      drawn.push({ left, top, alpha: pen.globalAlpha }),
  };
  Object.assign(canvas, { getContext: () => pen });
  let written = 0;
  const widthOf = ({ text }: Entry) => text.length * LETTER_PX;
  const stage = new Stage({
    canvas,
    sprites: {
      widthOf,
      of(one) {
        written += 1;
        return { image: canvas, width: widthOf(one), height: 27 };
      },
    },
    look: () => settings.look,
    isStill: () => isStill,
  });
  stage.layOut(SIZE);
  return { stage, settings, canvas, drawn, written: () => written };
}

const texts = (stage: Stage) => stage.placed().map(({ text }) => text);

describe("a stage", () => {
  test("lets comments cross it while its time passes, and no longer", () => {
    const { stage, drawn } = stageFixture();
    stage.show(entry("hello"));
    stage.draw();
    expect(drawn).toMatchObject([{ left: 840 }]);
    stage.advance(4_000);
    stage.draw();
    expect(drawn).toMatchObject([{ left: 395, alpha: 1 }]);
    stage.draw();
    expect(drawn).toMatchObject([{ left: 395 }]);
    stage.advance(4_000);
    expect(stage.count).toBe(0);
  });

  test("writes each comment once, and not before it is drawn", () => {
    const { stage, written } = stageFixture();
    stage.show(entry("hello"));
    expect(written()).toBe(0);
    for (let frame = 0; frame < 60; frame++) stage.draw();
    expect(written()).toBe(1);
  });

  test("is as sharp as the screen, and twice as sharp as CSS at most", () => {
    const { canvas } = stageFixture();
    expect([canvas.width, canvas.height]).toEqual([1680, 800]);
  });

  test("has those of the top at the top, and those of the bottom at the bottom", () => {
    const { stage } = stageFixture();
    stage.show(entry("top", { mode: "top" }));
    stage.show(entry("bottom", { mode: "bottom" }));
    const [top, bottom] = stage.placed();
    expect(top).toMatchObject({ left: 405, top: 4 });
    expect(bottom?.left).toBe(390);
    expect((bottom?.top ?? 0) + 27).toBeWithin(380, 400);
  });

  test("keeps the one from the other, however much of the stage they may take", () => {
    const { stage } = stageFixture();
    for (let n = 0; n < 40; n++) {
      stage.show(entry(`top ${n}`, { mode: "top" }));
      stage.show(entry(`bottom ${n}`, { mode: "bottom" }));
    }
    const bottomOf = Math.max(
      ...stage.placed().flatMap(({ kind, top, height }) => (kind === "top" ? [top + height] : [])),
    );
    const topOf = Math.min(
      ...stage.placed().flatMap(({ kind, top }) => (kind === "bottom" ? [top] : [])),
    );
    expect(bottomOf).toBeLessThanOrEqual(topOf);
    expect(stage.count).toBe(14);
  });

  test("writes what stands so small that it fits, as far as that can be read", () => {
    const { stage } = stageFixture();
    const long = "a".repeat(100);
    stage.show(entry(long));
    stage.show(entry(long, { mode: "top" }));
    stage.show(entry("a".repeat(1_000), { mode: "bottom" }));
    expect(stage.placed().map(({ height }) => Math.round(height))).toEqual([27, 22, 16]);
  });

  test("has no more than fit, and says so", () => {
    const { stage } = stageFixture();
    const fitting = Array.from({ length: 40 }, (_, n) => stage.show(entry(`n${n}`)));
    expect(fitting.filter(Boolean)).toHaveLength(stage.count);
    // 396 px of lines of 27 px, of which one is kept for what stands.
    expect(stage.count).toBe(13);
    expect(stage.show(entry("top", { mode: "top" }))).toBe(true);
    expect(stage.show(entry("bottom", { mode: "bottom" }))).toBe(false);
  });

  test.each([
    [0.25, 3],
    [0.5, 7],
    [0.75, 10],
  ])("keeps to %p of the height", (area, count) => {
    const { stage } = stageFixture({ look: { area } });
    for (let n = 0; n < 40; n++) stage.show(entry(`n${n}`));
    expect(stage.count).toBe(count);
  });

  test("begins half-way what has begun before, and not at all what is over", () => {
    const { stage } = stageFixture();
    expect(stage.show(entry("hello"), 2_000)).toBe(true);
    expect(stage.show(entry("over"), 8_000)).toBe(true);
    expect(stage.placed()).toMatchObject([{ text: "hello", left: 617.5 }]);
  });

  test("of another size has everybody where they were on their way, as far as there is room", () => {
    const { stage } = stageFixture();
    for (let n = 0; n < 10; n++) stage.show(entry(`number ${n}`));
    stage.advance(4_000);
    stage.layOut({ width: 420, height: 100, ratio: 1 });
    expect(texts(stage)).toEqual(["number 0", "number 1", "number 2"]);
    expect(stage.placed()[0]?.left).toBe((420 - 80) / 2);
  });

  test("of another size is drawn at once: it has lost its picture", () => {
    const { stage, drawn } = stageFixture();
    stage.show(entry("hello"));
    stage.layOut({ width: 420, height: 100, ratio: 1 });
    expect(drawn).toMatchObject([{ left: 420 }]);
  });

  test.each([false, true])("always has room for one's own (still: %p)", (isStill) => {
    const { stage } = stageFixture({ isStill });
    for (let n = 0; n < 40; n++) stage.show(entry(`n${n}`));
    expect(stage.show(entry("mine", { isOwn: true }))).toBe(true);
    // There is none over which it could lie when all are one's own.
    for (let n = 0; n < 40; n++) stage.show(entry(`mine ${n}`, { isOwn: true }));
    expect(stage.show(entry("mine too", { isOwn: true }))).toBe(false);
  });

  test("takes what stands away where one's own needs the place", () => {
    const { stage } = stageFixture({ isStill: true });
    for (let n = 0; n < 4; n++) stage.show(entry(`n${n}`));
    stage.show(entry("mine", { isOwn: true }));
    expect(texts(stage)).toEqual(["n1", "n2", "n3", "mine"]);
  });

  test("lets what stands go further down before it lies over what passes", () => {
    const { stage } = stageFixture();
    for (let n = 0; n < 10; n++) stage.show(entry(`n${n}`));
    stage.show(entry("top", { mode: "top" }));
    expect(stage.placed().at(-1)).toMatchObject({ text: "top", top: 4 + 10 * 27 });
  });

  test("of a single line lets that be passed over", () => {
    const { stage } = stageFixture();
    stage.layOut({ width: 840, height: 40, ratio: 1 });
    expect(stage.show(entry("hello"))).toBe(true);
  });

  test("without a size has no room, and is none the worse for it", () => {
    const { stage } = stageFixture();
    stage.layOut({ width: 0, height: 0, ratio: 1 });
    expect(stage.show(entry("hello"))).toBe(false);
    stage.draw();
  });

  test("takes away what is not wanted any more, and gives its place to others", () => {
    const { stage } = stageFixture();
    stage.show(entry("good"));
    stage.show(entry("bad"));
    stage.remove(({ text }) => text === "good");
    stage.show(entry("next"));
    expect(stage.placed()).toMatchObject([
      { text: "bad", top: 31 },
      { text: "next", top: 4 },
    ]);
  });

  test("draws with the reader's opacity and speed", () => {
    const { stage, drawn } = stageFixture({ look: { opacity: 0.5, speed: 2 } });
    stage.show(entry("hello"));
    stage.advance(2_000);
    stage.draw();
    expect(drawn).toEqual([{ left: 395, top: 4, alpha: 0.5 }]);
  });
});

describe("a stage for readers who want no movement", () => {
  test("has four lines at most, one above the other, which stay where they are", () => {
    const { stage, drawn } = stageFixture({ isStill: true });
    const shown = Array.from({ length: 6 }, (_, n) =>
      stage.show(entry(`n${n}`, { mode: n % 2 === 0 ? "scroll" : "top", size: "large" })),
    );
    expect(shown).toEqual([true, true, true, true, false, false]);
    const before = stage.placed();
    const tops = before.map(({ top }) => top);
    expect(tops).toEqual(tops.toSorted((a, b) => b - a));
    stage.advance(2_000);
    expect(stage.placed()).toEqual(before);
    stage.draw();
    expect(drawn.map(({ alpha }) => alpha)).toEqual([1, 1, 1, 1]);
  });

  test("lets them come and go", () => {
    expect([0, 150, 300, FADING_MS - 700, FADING_MS - 350, FADING_MS].map(fadeOf)).toEqual([
      0, 0.5, 1, 1, 0.5, 0,
    ]);
  });
});

describe("a show", () => {
  const { draw, asked } = useFrames();
  function fixture({ isStill = false } = {}) {
    const { stage, settings } = stageFixture({ isStill });
    const player = { position: 0, round: 60, isMoving: true };
    const timeline = new Timeline({ limit: 100 });
    const prompter = new Prompter(timeline);
    const clock = new ManualClock();
    const meter = new Meter(() => clock.now());
    const show = new Show({ player, prompter, stage, settings, meter, clock });
    const live = (text: string, at: number) => {
      const one = entry(text, { at });
      timeline.add(one);
      show.arrived(one);
    };
    return { show, stage, player, timeline, prompter, clock, settings, meter, live };
  }

  test("shows a comment when the video passes its place", () => {
    const { show, stage, player, timeline } = fixture();
    timeline.add(entry("later", { at: 1 }));
    show.wake();
    draw();
    expect(texts(stage)).toEqual([]);
    player.position = 1.01;
    show.wake();
    draw();
    expect(texts(stage)).toEqual(["later"]);
  });

  test("asks for frames while something is on the stage, and looks now and then while nothing is", async () => {
    const { show, stage, clock, timeline, player } = fixture();
    show.wake();
    draw();
    expect(asked()).toBe(0);
    timeline.add(entry("soon", { at: 0.05 }));
    player.position = 0.1;
    await clock.advance(100);
    draw();
    expect(texts(stage)).toEqual(["soon"]);
    expect(asked()).toBe(1);
  });

  test("rests while the video stands still", async () => {
    const { show, player, stage, clock, live } = fixture();
    live("one", 0);
    draw();
    player.isMoving = false;
    draw();
    expect(asked()).toBe(0);
    expect(clock.pending).toBe(0);
    expect(texts(stage)).toEqual(["one"]);
    show.wake();
    draw();
    expect(asked()).toBe(0);
  });

  test("lets lines come and go while the video stands still, where that is no movement", () => {
    const { show, player, stage, clock, live } = fixture({ isStill: true });
    player.isMoving = false;
    live("one", 0);
    expect(texts(stage)).toEqual(["one"]);
    draw(1_000);
    draw(1_000 + FADING_MS - 1);
    expect(texts(stage)).toEqual(["one"]);
    draw(1_000 + FADING_MS);
    expect(texts(stage)).toEqual([]);
    // Nothing is to be seen, and nothing goes on.
    expect([asked(), clock.pending]).toEqual([0, 0]);
    show.wake();
    draw();
    expect(asked()).toBe(0);
  });

  test("shows what comes now at once, and only once", () => {
    const { stage, player, live, show } = fixture();
    player.position = 10;
    show.wake();
    draw();
    live("now", 9.9);
    live("ahead", 10.2);
    live("long ago", 2);
    draw();
    expect(texts(stage)).toEqual(["now"]);
    player.position = 10.3;
    draw();
    expect(texts(stage)).toEqual(["now", "ahead"]);
  });

  test("lets those on who are read while they are under way, and nobody twice", () => {
    const { show, stage, player, timeline, live } = fixture();
    player.position = 10;
    show.wake();
    draw();
    live("now", 10);
    const past = [
      entry("under way", { at: 8 }),
      entry("over", { at: 2 }),
      entry("soon", { at: 11 }),
    ];
    show.recalled(timeline.addOlder(past));
    show.recalled(past);
    draw();
    expect(texts(stage)).toEqual(["now", "under way"]);
    expect(stage.placed()[1]).toMatchObject({ left: 840 - (930 * 2) / 8 });
  });

  test("clears the stage when the video jumps, and shows what belongs there", () => {
    const { stage, player, timeline, live, show } = fixture();
    live("here", 0);
    timeline.add(entry("there", { at: 28 }));
    draw();
    player.position = 30;
    show.wake();
    draw();
    expect(stage.placed()).toMatchObject([{ text: "there", left: 840 - (890 * 2) / 8 }]);
  });

  test("does not show what has a blocked word, nor anything while comments are off", () => {
    const { stage, settings, live, meter } = fixture();
    settings.change({ blocked: ["Spoiler"] });
    live("a SPOILER", 0);
    settings.change({ isOn: false });
    live("off", 0);
    draw();
    expect(texts(stage)).toEqual([]);
    expect([meter.drawn, meter.crowdedOut]).toEqual([0, 0]);
  });

  test("puts one's own into a still picture where it is seen", () => {
    const { stage, player, show } = fixture();
    player.isMoving = false;
    show.showNow(entry("mine", { isOwn: true }));
    draw();
    const [mine] = stage.placed();
    expect(mine).toMatchObject({ text: "mine", isOwn: true });
    expect((mine?.left ?? 0) + (mine?.width ?? 0)).toBeLessThan(SIZE.width);
  });
});

describe("a meter", () => {
  test("reads the last second, and counts for ever", async () => {
    const clock = new ManualClock(0);
    const meter = new Meter(() => clock.now());
    for (const cost of [9, 1, 3, 2]) {
      await clock.advance(300);
      meter.frame(cost);
      meter.arrived();
    }
    expect(meter.read()).toEqual({ frames: 4, medianMs: 3, worstMs: 9, arrived: 4 });
    await clock.advance(101);
    expect(meter.read()).toEqual({ frames: 3, medianMs: 2, worstMs: 3, arrived: 3 });
    await clock.advance(2_000);
    expect(meter.read()).toEqual({ frames: 0, medianMs: 0, worstMs: 0, arrived: 0 });
  });
});
