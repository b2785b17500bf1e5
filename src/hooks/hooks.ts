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

/** What is published in place of what came: a string is text, bytes are bytes, anything else is JSON. */
export interface Replacement {
  readonly data: unknown;
}

/** What a hook answers: true, or nothing, lets through what it was asked about. */
export type Verdict = Refusal | true | undefined | void;

/**
 * Calls that the operator's program answers, at once or by a promise. A hook that throws, rejects, or
 * answers anything else than its type says lets nothing through, and is logged.
 *
 * @typeParam Tools what each is given beside its subject
 */
export interface Hooks<Tools extends readonly unknown[] = []> {
  /**
   * Before a session is opened: it cannot be sent anything yet. A refusal is 403. The topics are those that
   * it begins with: to what it subscribes later, and who reads a history, is not asked about.
   */
  readonly onConnect?:
    ((session: Connecting, ...tools: Tools) => Verdict | Promise<Verdict>) | undefined;
  /** Every message that a socket sends; one that is refused is not published. */
  readonly onMessage?:
    ((message: MessageCall, ...tools: Tools) => Verdict | Promise<Verdict>) | undefined;
  /**
   * Everything that a client or a job publishes. What is to wait for its time is asked about when it is
   * accepted, and not again.
   */
  readonly onPublish?:
    | ((
        message: PublishCall,
        ...tools: Tools
      ) => Verdict | Replacement | Promise<Verdict | Replacement>)
    | undefined;
  /** After a session has ended. What it answers is not looked at, and not waited for. */
  readonly onDisconnect?: ((session: DisconnectCall, ...tools: Tools) => unknown) | undefined;
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
