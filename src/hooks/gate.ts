import { BellcastError } from "../core/errors.ts";
import type { Connecting, Gate, Publishing } from "../core/gate.ts";
import { type Data, dataOf } from "../core/message.ts";
import type { DisconnectCall, HookCaller, HookName, PublishCall } from "./hooks.ts";

/** What hooks tell of themselves. An implementation MUST NOT throw. */
export interface GateEvents {
  /** A hook threw, took too long, or answered what it may not: nothing was let through. */
  failed(hook: HookName, error: unknown): void;
}

/** The hooks as the hub's gate: each is asked in its turn, and all must agree. */
export function gateOf(callers: readonly HookCaller[], events: GateEvents): Gate {
  /** The answer as `read` understands it; a failure lets nothing through. */
  const ask = <T>(
    caller: HookCaller,
    hook: HookName,
    argument: unknown,
    read: (answer: unknown) => T,
  ): T | Promise<T> => {
    const fail = (error: unknown): never => {
      if (error instanceof BellcastError && error.code === "hook_refused") throw error;
      events.failed(hook, error);
      throw new BellcastError("hook_failed", { detail: `${hook} failed.`, cause: error });
    };
    try {
      const answer = caller.call(hook, argument);
      return answer instanceof Promise ? answer.then(read).catch(fail) : read(answer);
    } catch (error) {
      return fail(error);
    }
  };
  /** Who is asked: a file that is loaded anew may have other hooks than before. */
  const withHook = (hook: HookName) => callers.filter((caller) => caller.has(hook));
  /** The question, unless nobody can ever have an answer: then it costs nothing. */
  const where = <Q>(hook: HookName, question: Q): Q | undefined =>
    callers.some((caller) => caller.mayChange || caller.has(hook)) ? question : undefined;
  const mayPass = (hook: HookName, argument: unknown): void | Promise<void> =>
    inTurn(withHook(hook), undefined, (caller) => ask(caller, hook, argument, refuse));
  return {
    connect: where("onConnect", ({ sid, topics, transport, remote }: Connecting) =>
      mayPass("onConnect", { sid, topics, transport, remote }),
    ),
    // A copy: the same bytes may be published, and a message never changes.
    message: where("onMessage", ({ sid, data }: { sid: string; data: Data }) =>
      mayPass("onMessage", { sid, data: data.kind === "bytes" ? data.bytes.slice() : data.text }),
    ),
    publish: where("onPublish", ({ topic, data, from, source }: Publishing) =>
      inTurn(withHook("onPublish"), data, (caller, passed) => {
        const call: PublishCall = { topic, data: valueOf(passed), from, source };
        return ask(caller, "onPublish", call, (answer) => replace(answer, passed));
      }),
    ),
  };
}

/** Tells the hooks that a session has ended. Never throws, and waits for nothing. */
export function tellDisconnect(
  callers: readonly HookCaller[],
  session: DisconnectCall,
  events: GateEvents,
): void {
  for (const caller of callers) {
    if (!caller.has("onDisconnect")) continue;
    const call = async () => caller.call("onDisconnect", session);
    call().catch((error: unknown) => events.failed("onDisconnect", error));
  }
}

/** Passes a value from one to the next; a promise only where one of them takes time. */
function inTurn<C, T>(
  callers: readonly C[],
  first: T,
  step: (caller: C, value: T) => T | Promise<T>,
): T | Promise<T> {
  let value: T | Promise<T> = first;
  for (const caller of callers) {
    value =
      value instanceof Promise ? value.then((passed) => step(caller, passed)) : step(caller, value);
  }
  return value;
}

/** @throws BellcastError `hook_refused` */
function refuse(answer: unknown): void {
  if (answer === false) throw new BellcastError("hook_refused");
  if (typeof answer !== "object" || answer === null || !("refuse" in answer)) return;
  throw new BellcastError("hook_refused", { detail: String(answer.refuse).slice(0, 500) });
}

/** @throws BellcastError `hook_refused`, or another error for an answer that means nothing */
function replace(answer: unknown, data: Data): Data {
  refuse(answer);
  if (answer === undefined || answer === true) return data;
  if (typeof answer === "object" && answer !== null && "data" in answer) return dataOf(answer.data);
  throw new TypeError("onPublish answers undefined, true, false, { refuse } or { data }.");
}

function valueOf(data: Data): unknown {
  if (data.kind === "bytes") return data.bytes.slice();
  return data.kind === "json" ? JSON.parse(data.text) : data.text;
}
