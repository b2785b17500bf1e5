import type { GuardedFetch } from "../net/guarded-fetch.ts";
import type { GuestLog } from "./guest-log.ts";
import type { FromChild, ToChild } from "./wire.ts";

/** What the file's functions become: they take the server's orders. */
export interface Guest {
  /** The file's own functions. */
  readonly exports: readonly string[];
  order(message: ToChild): void;
}

/** What a guest is made with. */
export interface GuestTools {
  readonly send: (message: FromChild) => void;
  readonly log: GuestLog;
  readonly fetch: GuardedFetch;
  readonly messageBytes: number;
}
