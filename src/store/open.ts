import type { Store } from "../core/store.ts";
import { MemoryStore } from "./memory.ts";
import { type SqliteOptions, SqliteStore } from "./sqlite.ts";

/** Opens the store at a path, or a new one for `:memory:`. @throws StoreError */
export async function openStore(options: SqliteOptions): Promise<Store> {
  return options.path === ":memory:" ? new MemoryStore(options) : SqliteStore.open(options);
}
