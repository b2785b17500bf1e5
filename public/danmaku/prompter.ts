import type { Entry } from "./comment.ts";
import type { Timeline } from "./timeline.ts";

/** A step that is longer is a jump: somebody has sought, or the page was hidden. */
const LONGEST_STEP_S = 1.5;

/** So little back is none: browsers correct the position by it now and then. */
const SLACK_S = 0.2;

/** A comment that is as old as this still belongs to what is seen. */
export const NEAR_S = 5;

/** A comment whose turn it is, and for how many seconds it has been. */
export interface Due {
  readonly entry: Entry;
  readonly ageS: number;
}

/** What is to be done: what is due is shown, after everything that is shown is taken away or not. */
export interface Cue {
  readonly isJump: boolean;
  readonly due: readonly Due[];
}

/** Says whose turn it is as the video goes on, jumps and begins again. Nothing is said twice on the way. */
export class Prompter {
  readonly #timeline: Timeline;
  #last: number | undefined;
  /** Whether the end of the video came before its beginning, and not a jump. */
  #hasComeRound = false;
  /** Whose turn it was since the last jump, or the beginning of the round, or who were passed over. */
  #shown = new WeakSet<Entry>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** The video is at `position` seconds, and begins again after `duration` of them; Infinity: it does not. */
  tick(position: number, duration: number): Cue {
    const last = this.#last;
    const step = position - (last ?? 0);
    if (last !== undefined && step < 0 && step > -SLACK_S) return { isJump: false, due: [] };
    this.#last = position;
    if (last === undefined) return this.#jump(position);
    if (step >= 0 && step <= LONGEST_STEP_S) return this.#go(last, position);
    const isRound = step < 0 && step + duration <= LONGEST_STEP_S;
    if (!isRound) return this.#jump(position);
    const before = this.#go(last, duration);
    this.#hasComeRound = true;
    this.#shown = new WeakSet();
    // What is at its very beginning belongs to the new round.
    const { due } = this.#go(-1, position);
    return { isJump: false, due: [...before.due, ...due] };
  }

  /** The next tick is a jump, wherever to. */
  reset(): void {
    this.#last = undefined;
  }

  /**
   * How old a comment is that has just been taken into the timeline and belongs to what is seen: it is to be
   * shown at once. Undefined for any other, whose turn will come.
   */
  ageOf({ at }: Entry, position: number, duration: number): number | undefined {
    const ageS = position - at;
    const age = ageS < 0 && this.#hasComeRound ? ageS + duration : ageS;
    return age >= 0 && age <= NEAR_S ? age : undefined;
  }

  /**
   * It is shown already: its turn is passed over until the video begins again, or is sought. Returns false
   * when it has had its turn.
   */
  passOver(entry: Entry): boolean {
    const isNew = !this.#shown.has(entry);
    this.#shown.add(entry);
    return isNew;
  }

  #go(from: number, to: number): Cue {
    return { isJump: false, due: this.#due(from, to) };
  }

  #jump(position: number): Cue {
    this.#hasComeRound = false;
    this.#shown = new WeakSet();
    return { isJump: true, due: this.#due(position - NEAR_S, position) };
  }

  #due(from: number, to: number): readonly Due[] {
    const due = this.#timeline.between(from, to).filter((entry) => this.passOver(entry));
    return due.map((entry) => ({ entry, ageS: to - entry.at }));
  }
}
