import { describe, expect, test } from "bun:test";

import type { Entry } from "../../public/danmaku/comment.ts";
import { NEAR_S, Prompter } from "../../public/danmaku/prompter.ts";
import { Timeline } from "../../public/danmaku/timeline.ts";

const entry = (at: number, id?: number): Entry => ({
  ...{ text: `at ${at}`, at, mode: "scroll", color: "#ffffff", size: "normal" },
  ...{ id },
});
const timelineOf = (...places: readonly number[]) => {
  const timeline = new Timeline({ limit: 1_000 });
  for (const [index, at] of places.entries()) timeline.add(entry(at, index + 1));
  return timeline;
};
const places = (entries: readonly Entry[]) => entries.map(({ at }) => at);

describe("a timeline", () => {
  test("is in the order of the video, and has what is after one place and up to another", () => {
    const timeline = timelineOf(5, 1, 3, 3, 9);
    expect(places(timeline.between(-1, 100))).toEqual([1, 3, 3, 5, 9]);
    expect(places(timeline.between(1, 5))).toEqual([3, 3, 5]);
    expect(timeline.between(5, 5)).toEqual([]);
  });

  test("has those of one instant as they came", () => {
    const timeline = timelineOf(3, 3, 3);
    expect(timeline.between(0, 9).map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test("takes each in once, however it comes", () => {
    const timeline = timelineOf(3, 4);
    expect(timeline.add(entry(3, 1))).toBe(false);
    expect(timeline.addOlder([entry(3, 1), entry(2, 7)]).map(({ id }) => id)).toEqual([7]);
    expect(timeline.size).toBe(3);
  });

  test("takes in what has no id, as often as it comes", () => {
    const timeline = timelineOf();
    expect([timeline.add(entry(3)), timeline.add(entry(3))]).toEqual([true, true]);
  });

  test("lets those that came first make room, and knows them no more", () => {
    const timeline = new Timeline({ limit: 3 });
    for (const [id, at] of [9, 1, 5].entries()) timeline.add(entry(at, id));
    expect(timeline.size).toBe(3);
    timeline.add(entry(4, 3));
    expect(places(timeline.between(-1, 100))).toEqual([1, 4, 5]);
    expect(timeline.add(entry(9, 0))).toBe(true);
  });

  test("takes in older ones as far as there is room, the newest of them", () => {
    const timeline = new Timeline({ limit: 3 });
    timeline.add(entry(9, 10));
    expect(timeline.addOlder([entry(1, 1), entry(2, 2), entry(3, 3)]).map(({ id }) => id)).toEqual([
      2, 3,
    ]);
    expect(timeline.addOlder([entry(0, 4)])).toEqual([]);
    // The older ones came first.
    timeline.add(entry(8, 11));
    expect(places(timeline.between(-1, 100))).toEqual([3, 8, 9]);
  });

  test("counts how many are in each part", () => {
    const timeline = timelineOf(0, 9.99, 10, 59, 60, 1000);
    expect(timeline.density(6, 60)).toEqual([2, 1, 0, 0, 0, 1]);
  });

  test("is empty when it is cleared, and takes the same in again", () => {
    const timeline = timelineOf(1, 2);
    timeline.clear();
    expect(timeline.size).toBe(0);
    expect(timeline.add(entry(1, 1))).toBe(true);
  });
});

describe("a prompter", () => {
  const due = (prompter: Prompter, position: number, duration = 60) =>
    prompter.tick(position, duration).due.map(({ entry: { at } }) => at);

  test("says whose turn it is as the video goes on, each once", () => {
    const prompter = new Prompter(timelineOf(1, 1.5, 2, 3));
    expect(due(prompter, 0)).toEqual([]);
    expect(due(prompter, 1)).toEqual([1]);
    expect(due(prompter, 1)).toEqual([]);
    expect(due(prompter, 2.5)).toEqual([1.5, 2]);
  });

  test("begins with those of the last seconds, with their ages", () => {
    const prompter = new Prompter(timelineOf(10 - NEAR_S, 5.5, 9, 10, 10.1));
    expect(prompter.tick(10, 60)).toMatchObject({
      isJump: true,
      due: [{ ageS: 4.5 }, { ageS: 1 }, { ageS: 0 }],
    });
  });

  test.each([
    ["forward", 20, [18, 20]],
    ["back", 4, [2, 4]],
  ])("says that the video has jumped %s, and what is there", (_, to, there) => {
    const prompter = new Prompter(timelineOf(2, 4, 7, 18, 20));
    prompter.tick(10, 60);
    const cue = prompter.tick(to, 60);
    expect(cue.isJump).toBe(true);
    expect(cue.due.map(({ entry: { at } }) => at)).toEqual(there);
  });

  test("takes a second and a half for a step, and what is longer for a jump", () => {
    const prompter = new Prompter(timelineOf());
    prompter.tick(10, 60);
    expect(prompter.tick(11.5, 60).isJump).toBe(false);
    expect(prompter.tick(13.01, 60).isJump).toBe(true);
  });

  test("takes a little step back for none, and says nothing twice for it", () => {
    const prompter = new Prompter(timelineOf(10, 10.05, 10.2));
    expect(due(prompter, 10.1)).toEqual([10, 10.05]);
    expect(prompter.tick(9.95, 60)).toEqual({ isJump: false, due: [] });
    expect(due(prompter, 10.25)).toEqual([10.2]);
    expect(prompter.tick(10.04, 60).isJump).toBe(true);
  });

  test("goes round with a video that begins again", () => {
    const prompter = new Prompter(timelineOf(0, 0.2, 0.5, 59.8, 60));
    due(prompter, 59.7);
    const cue = prompter.tick(0.3, 60);
    expect(cue.isJump).toBe(false);
    expect(cue.due.map(({ entry: { at } }) => at)).toEqual([59.8, 60, 0, 0.2]);
    expect(due(prompter, 0.6)).toEqual([0.5]);
  });

  test("takes the way back in a film that does not begin again for a jump", () => {
    const prompter = new Prompter(timelineOf(59.9));
    prompter.tick(59.7, Number.POSITIVE_INFINITY);
    expect(prompter.tick(0.1, Number.POSITIVE_INFINITY)).toEqual({ isJump: true, due: [] });
  });

  test("passes over what is shown already, until the video comes round or is sought", () => {
    const timeline = timelineOf();
    const prompter = new Prompter(timeline);
    due(prompter, 10);
    const live = entry(10.05, 1);
    timeline.add(live);
    prompter.passOver(live);
    expect(due(prompter, 10.1)).toEqual([]);
    expect(due(prompter, 9)).toEqual([]);
    expect(due(prompter, 10.1)).toEqual([10.05]);
    prompter.passOver(live);
    for (let position = 11; position < 60; position++) expect(due(prompter, position)).toEqual([]);
    expect(due(prompter, 0.5)).toEqual([]);
    for (let position = 1; position < 10; position++) due(prompter, position);
    expect(due(prompter, 10.1)).toEqual([10.05]);
  });

  test("knows a comment that belongs to what is seen", () => {
    const prompter = new Prompter(timelineOf());
    const age = (at: number, position: number, round = 60) =>
      prompter.ageOf(entry(at), position, round);
    expect([age(10, 10), age(5, 10), age(4.9, 10), age(10.1, 10)]).toEqual([
      0,
      5,
      undefined,
      undefined,
    ]);
  });

  test("knows one of the end of a video that has come round, and of no other", () => {
    const prompter = new Prompter(timelineOf());
    const age = () => prompter.ageOf(entry(58), 1, 60);
    // It may have begun here.
    prompter.tick(1, 60);
    expect(age()).toBeUndefined();
    prompter.tick(59.5, 60);
    prompter.tick(0.5, 60);
    prompter.tick(1, 60);
    expect(age()).toBe(3);
    // Somebody has sought.
    prompter.tick(30, 60);
    prompter.tick(1, 60);
    expect(age()).toBeUndefined();
  });

  test("looks at everything anew when it is told to", () => {
    const prompter = new Prompter(timelineOf(9));
    prompter.tick(10, 60);
    prompter.reset();
    expect(prompter.tick(10.1, 60).isJump).toBe(true);
  });
});
