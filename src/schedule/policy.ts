/** When a job runs, and when what it makes is published. Durations are milliseconds. */
export interface Policy {
  /** `changed` publishes only what differs from what was published last, across restarts too. */
  readonly when: "always" | "changed";
  /** Runs only while somebody is subscribed to its topic, and at once when the first one arrives. */
  readonly onlyIfListening: boolean;
  /** What becomes of a slot that comes while the last run is under way: `queue` runs one of them after it. */
  readonly overlap: "skip" | "queue";
  /** What becomes of slots that pass while the server is down or asleep: `once` runs for the last of them. */
  readonly missed: "skip" | "once";
  /** Each run is late by some part of this, which depends on machine, job and slot alone. */
  readonly jitterMs: number;
  /** How long a run may take. */
  readonly timeoutMs: number;
  /** The longest pause after failures of the action: it begins with a second, and doubles. 0 makes none. */
  readonly backoffMs: number;
  /** Shows newcomers to its topic what it published last. */
  readonly retain: boolean;
}

export const DEFAULT_POLICY: Policy = {
  when: "always",
  onlyIfListening: false,
  overlap: "skip",
  missed: "skip",
  jitterMs: 0,
  timeoutMs: 30_000,
  backoffMs: 60_000,
  retain: false,
};

/**
 * The longest that a timer of the schedule sleeps, in milliseconds: a machine's clock may be set, or it
 * may sleep, meanwhile.
 */
export const MAX_SLEEP_MS = 10_000;

const FIRST_PAUSE_MS = 1_000;

/** How long a job pauses after so many failures in a row, in milliseconds. */
export function pauseAfter(failures: number, { backoffMs }: Pick<Policy, "backoffMs">): number {
  return failures === 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), backoffMs);
}

/**
 * How late a slot runs, from 0 to `jitterMs`: the same each time it is asked, and another on each
 * machine, so that a thousand of them do not ask one server in the same instant.
 *
 * @param seed tells machines apart
 */
export function jitterOf(seed: string, job: string, slot: number, jitterMs: number): number {
  if (jitterMs === 0) return 0;
  // FNV-1a, 32 bits, and a last stir: neighbouring slots differ in their last characters alone.
  let hash = 0x811c9dc5;
  for (const character of `${seed}\n${job}\n${slot}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) % (jitterMs + 1);
}
