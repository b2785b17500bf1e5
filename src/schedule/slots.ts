import { latestSlot, type Trigger } from "./trigger.ts";

/** A slot that has come. */
export interface DueSlot {
  readonly slot: number;
  /** Whether it is over: it came while the machine slept, or its clock was set forward. */
  readonly isMissed: boolean;
  /** The first of those that came before it and are left out for it. */
  readonly leftOut?: number | undefined;
}

export interface SlotsOptions {
  readonly trigger: Trigger;
  /** How late a slot runs, in milliseconds. */
  readonly jitterOf: (slot: number) => number;
  /** The most that `jitterOf` says. */
  readonly jitterMs: number;
}

/** How late a run may be before its slot counts as missed, in milliseconds. */
const LATE_MS = 30_000;

interface Plan {
  readonly slot: number;
  /** When it is due. */
  readonly at: number;
}

/**
 * A clock set back by less than this does not repeat the slots that it passes again; one set back by
 * more was wrong before, and is followed at once. It is the bound that Debian's cron(8) uses.
 */
const SET_BACK_MS = 3 * 60 * 60 * 1000;

/**
 * Walks through the slots of a trigger with a machine's clock, which may be set or stand still: each
 * slot comes once, none too early, and of those that come together only the last. All times are
 * milliseconds since the Unix epoch.
 */
export class Slots {
  readonly #options: SlotsOptions;
  /** Every slot up to here is decided. */
  #decided = 0;
  #planned: Plan | undefined;
  /** The time from which `#planned` was worked out. */
  #plannedAt = 0;

  constructor(options: SlotsOptions) {
    this.#options = options;
  }

  /** When the next slot is due; undefined when none is planned. */
  get dueAt(): number | undefined {
    return this.#planned?.at;
  }

  /** Every slot up to here has come, or was left out. */
  get decided(): number {
    return this.#decided;
  }

  /** Takes up what an earlier process had decided. */
  resumeFrom(decided: number): void {
    this.#decided = decided;
  }

  /** Leaves out whatever has come so far. */
  skip(now: number): void {
    this.#decided = this.#isBehind(now) ? this.#decided : now;
  }

  /** The latest slot that has passed undecided, and is decided by that. */
  recover(now: number): number | undefined {
    const slot = latestSlot(this.#options.trigger, this.#decided, this.#over(now));
    if (slot !== undefined) this.#decided = slot;
    return slot;
  }

  /** Plans the first slot that is still to come. */
  plan(now: number): void {
    this.#set(this.#options.trigger.next(this.#over(now)), now);
  }

  /** Plans nothing. */
  clear(): void {
    this.#planned = undefined;
  }

  /** The slot that is due, if one is; the next one is planned. */
  take(now: number): DueSlot | undefined {
    const planned = this.#planned;
    if (planned === undefined) return undefined;
    if (now < planned.at) {
      if (this.#isSetBack(now, planned)) this.#follow(now);
      return undefined;
    }
    const next = this.#options.trigger.next(planned.slot);
    const slot =
      next === undefined || next > now ? planned.slot : this.#latest(planned.slot, next, now);
    this.#decided = slot;
    this.#set(slot === planned.slot ? next : this.#options.trigger.next(slot), now);
    return {
      slot,
      isMissed: now - this.#timeOf(slot) > LATE_MS,
      leftOut: slot === planned.slot ? undefined : planned.slot,
    };
  }

  /** The last slot that is due, where `next` has come after `first`. */
  #latest(first: number, next: number, now: number): number {
    const { trigger } = this.#options;
    const latest = latestSlot(trigger, first, now) ?? next;
    if (this.#timeOf(latest) <= now) return latest;
    // It waits for its jitter; the one before it waits no longer than until it comes.
    return latestSlot(trigger, first, latest - 1) ?? first;
  }

  #set(slot: number | undefined, now: number): void {
    this.#plannedAt = now;
    this.#planned = slot === undefined ? undefined : { slot, at: this.#timeOf(slot) };
  }

  #timeOf(slot: number): number {
    const { trigger, jitterOf, jitterMs } = this.#options;
    if (jitterMs === 0) return slot;
    // A slot is over when the next one comes.
    const next = trigger.next(slot) ?? Infinity;
    return Math.min(slot + jitterOf(slot), Math.max(next - 1, slot));
  }

  /** The time up to which all slots are over: one that waits for its jitter is still to come. */
  #over(now: number): number {
    if (this.#isBehind(now)) return this.#decided;
    const { trigger, jitterMs } = this.#options;
    if (jitterMs === 0) return now;
    const from = Math.max(now - jitterMs, Math.min(this.#decided, now));
    const latest = latestSlot(trigger, from, now);
    return latest !== undefined && this.#timeOf(latest) > now ? latest - 1 : now;
  }

  /** Whether the clock is set back behind what has come, and is to catch up with it first. */
  #isBehind(now: number): boolean {
    // An interval is a pace and no time of day: it goes on, where a time of day must not come twice.
    if (this.#options.trigger.kind === "every") return false;
    return now < this.#decided && this.#decided - now <= SET_BACK_MS;
  }

  #isSetBack(now: number, planned: Plan): boolean {
    const setBackMs = this.#plannedAt - now;
    const paceMs = Math.max(planned.slot - this.#plannedAt, 1_000);
    return setBackMs > (this.#options.trigger.kind === "every" ? paceMs : SET_BACK_MS);
  }

  /** The clock was wrong before. */
  #follow(now: number): void {
    this.#decided = now;
    this.plan(now);
  }
}
