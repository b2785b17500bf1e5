import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { BellcastError } from "../../src/core/errors.ts";
import { type Retained, textData } from "../../src/core/message.ts";
import type { Store } from "../../src/core/store.ts";
import type { Retention } from "../../src/core/topic.ts";
import { StoreError } from "../../src/store/refusal.ts";
import { type SqliteOptions, SqliteStore } from "../../src/store/sqlite.ts";
import { systemClock } from "../../src/system-clock.ts";

export const KEEP: Retention = { history: 1_000_000, ageMs: 3_600_000, bytes: 1_000_000_000 };

/** What a store has told of itself. */
export class Events {
  readonly told: string[] = [];
  readonly failing = ({ code }: BellcastError) => void this.told.push(code);
  readonly resumed = () => void this.told.push("resumed");
}

/** Opens a store; an error of its that no test expects fails the test. */
export function openStore(path: string, options: Partial<SqliteOptions> = {}) {
  const unexpected = (error: BellcastError) => {
    throw error;
  };
  const events = { failing: unexpected, resumed() {} };
  return SqliteStore.open({ path, clock: systemClock, events, ...options });
}

export function append(store: Store, topic: string, text = topic, retention = KEEP) {
  return store.append({ topic, time: Date.now(), data: textData(text) }, retention);
}

/** Every kept message of a topic. */
export function kept(store: Store, topic: string): readonly Retained[] {
  const [after, before, limit] = [0, Number.POSITIVE_INFINITY, 1_000_000];
  return store.read({ topics: [topic], after, before, limit, keep: "oldest" });
}

export const textsOf = (messages: readonly Retained[]) =>
  messages.map(({ data }) => (data.kind === "bytes" ? "" : data.text));

/** Why a store is refused. */
export async function refusalOf(opening: Promise<unknown>): Promise<StoreError> {
  const error = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof StoreError) return error;
  throw new Error("It was not refused with a StoreError.", { cause: error });
}

/** The bytes of a file, to be compared later. */
export const bytesOf = (folder: string, name: string) => readFileSync(join(folder, name));
