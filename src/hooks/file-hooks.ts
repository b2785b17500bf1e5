import { HooksChild } from "../child/hooks-child.ts";
import { InFlight } from "../core/inflight.ts";
import type { HookCaller } from "./hooks.ts";

/** A file of hooks, as the operator names it. */
export interface FileHooksOptions {
  /** The absolute path of a TypeScript file: see `bellcast/job`. */
  readonly module: string;
  /** How long a call may take, in milliseconds; a second when left out. */
  readonly timeoutMs?: number | undefined;
}

/** What a file of hooks tells of itself. An implementation MUST NOT throw. */
export interface FileHooksEvents {
  /** What it writes, line by line. */
  said(text: string): void;
  /** Its process has died, or was ended. */
  died(error: Error): void;
  /** A change was loaded; with an error, when it was not, and the file before it goes on. */
  reloaded(error?: Error): void;
}

/** Hooks in a process of their own. */
export interface FileHooks extends HookCaller {
  /** Lets calls under way end, for a while, and ends the process. */
  close(): Promise<void>;
}

/** How long the end waits for calls under way, such as the last `onDisconnect`, in milliseconds. */
const GRACE_MS = 1_000;

/**
 * Loads a file of hooks.
 *
 * @param settings.messageBytes the largest payload of a message
 * @param settings.watch whether a change of the file is loaded at once
 * @throws ChildError when it cannot be loaded
 */
export async function openFileHooks(
  { module, timeoutMs = 1_000 }: FileHooksOptions,
  settings: { readonly messageBytes: number; readonly watch: boolean },
  { said, died, reloaded }: FileHooksEvents,
): Promise<FileHooks> {
  const tell = { log: said, failed: died, reloaded };
  const child = await HooksChild.open({ file: module, timeoutMs, ...settings, ...tell });
  const calls = new InFlight();
  return {
    mayChange: settings.watch,
    has: (hook) => child.has(hook),
    call: (hook, argument) => calls.track(() => child.call(hook, argument)),
    async close() {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, GRACE_MS);
      await Promise.race([calls.idle(), promise]);
      clearTimeout(timer);
      await child.close();
    },
  };
}
