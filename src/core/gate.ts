import type { Data } from "./message.ts";

/** A session that asks to be let in. */
export interface Connecting {
  readonly sid: string;
  readonly topics: readonly string[];
  readonly transport: "websocket" | "sse" | "poll";
  /** The peer's address, without the port. */
  readonly remote: string;
}

/** Where a message comes from: a client, by whatever transport, or a job. */
export type Source = "client" | "job";

/** A message that is about to be published. */
export interface Publishing {
  readonly topic: string;
  readonly data: Data;
  readonly from?: string | undefined;
  readonly source: Source;
}

/**
 * What the operator lets through. Each refuses by a BellcastError, `hook_refused` or `hook_failed`:
 * what cannot be asked is not let through. What is absent costs nothing, and what answers at once
 * is not waited for.
 */
export interface Gate {
  /** @throws BellcastError when the session may not be opened */
  readonly connect?: ((session: Connecting) => void | Promise<void>) | undefined;
  /** @throws BellcastError when what a session said is to go no further */
  readonly message?: ((said: { sid: string; data: Data }) => void | Promise<void>) | undefined;
  /** What is published in its place. @throws BellcastError when nothing is to be published */
  readonly publish?: ((message: Publishing) => Data | Promise<Data>) | undefined;
}
