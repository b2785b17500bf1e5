import type { Connecting, Source } from "../core/gate.ts";

/** What a session said. */
export interface MessageCall {
  readonly sid: string;
  /** Text as a string, a binary frame as bytes. */
  readonly data: string | Uint8Array;
}

/** A message that is about to be published. */
export interface PublishCall {
  readonly topic: string;
  /** Text as a string, JSON as its value, anything else as bytes. */
  readonly data: unknown;
  readonly from: string | undefined;
  /** `client` for what comes by HTTP or a socket, `job` for what a job makes. */
  readonly source: Source;
}

/** A session that has ended. */
export interface DisconnectCall {
  readonly sid: string;
  /** The close code (RFC 6455, section 7.4). */
  readonly code: number;
  readonly reason: string;
  readonly durationMs: number;
}

/** The answer that lets nothing through; `refuse` is told to the client. */
export type Refusal = false | { readonly refuse: string };

/** What is published in place of what came. */
export interface Replacement {
  readonly data: unknown;
}

/**
 * Calls that the operator's program answers. What `onConnect`, `onMessage` and `onPublish` let through
 * goes on: they may refuse it. One that throws, or rejects, lets nothing through.
 */
export interface Hooks {
  /** Before a session is opened; a refusal is 403. */
  readonly onConnect?: ((session: Connecting) => unknown) | undefined;
  /** Every message that a client sends; one that is refused is not published. */
  readonly onMessage?: ((message: MessageCall) => unknown) | undefined;
  /**
   * Everything that a client or a job publishes, but what waits for its time: that is asked about when
   * it is accepted. Undefined and true let it through as it is.
   */
  readonly onPublish?:
    | ((
        message: PublishCall,
      ) =>
        | Refusal
        | Replacement
        | true
        | undefined
        | void
        | Promise<Refusal | Replacement | true | undefined | void>)
    | undefined;
  /** After a session has ended. What it answers is not looked at. */
  readonly onDisconnect?: ((session: DisconnectCall) => unknown) | undefined;
}

export type HookName = keyof Hooks;

/** Where hooks are: in this process, or in one of their own. */
export interface HookCaller {
  /** Whether it may have other hooks later. */
  readonly mayChange: boolean;
  has(hook: HookName): boolean;
  /** What the hook answers. May throw, reject, or answer at once. */
  call(hook: HookName, argument: unknown): unknown;
}

/** The hooks of the embedding program, in its own process: nothing bounds their time. */
export function inProcess(hooks: Hooks): HookCaller {
  return {
    mayChange: false,
    has: (hook) => hooks[hook] !== undefined,
    call: (hook, argument) =>
      (hooks[hook] as ((argument: unknown) => unknown) | undefined)?.(argument),
  };
}
