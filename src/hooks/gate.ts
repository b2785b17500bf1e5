import { BellcastError } from "../core/errors.ts";
import type { Connecting, Gate, Publishing } from "../core/gate.ts";
import { type Data, dataOf } from "../core/message.ts";
import type { DisconnectCall, HookCaller, HookName, PublishCall } from "./hooks.ts";

/** What hooks tell of themselves. An implementation MUST NOT throw. */
export interface GateEvents {
  /** A hook threw, took too long, or answered what it may not: nothing was let through. */
  failed(hook: HookName, error: unknown): void;
}

/** How much of a hook's words a client is told, in characters. */
const MAX_WORDS = 500;

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
      // A query builder's promise is no Promise, and must not pass for an answer.
      if (isThenable(answer)) return Promise.resolve(answer).then(read).catch(fail);
      return read(answer);
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
    inTurn(withHook(hook), undefined, (caller) => ask(caller, hook, argument, permit));
  return {
    connect: where("onConnect", ({ sid, topics, transport, remote }: Connecting) =>
      mayPass("onConnect", { sid, topics: [...topics], transport, remote }),
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

/** @throws BellcastError `hook_refused`, or another error for an answer that means nothing */
function permit(answer: unknown): void {
  if (!isPass(answer)) throw new TypeError("It answers undefined, true, false or { refuse }.");
}

/** @throws as `permit` */
function replace(answer: unknown, data: Data): Data {
  if (isPass(answer)) return data;
  if (isObject(answer) && "data" in answer) return dataOf(answer.data);
  throw new TypeError("It answers undefined, true, false, { refuse } or { data }.");
}

/** @throws BellcastError `hook_refused` */
function isPass(answer: unknown): boolean {
  if (answer === false) throw new BellcastError("hook_refused");
  if (!isObject(answer) || !("refuse" in answer)) return answer === undefined || answer === true;
  const { refuse: words } = answer;
  if (typeof words !== "string") throw new TypeError("refuse takes the words that are told.");
  throw new BellcastError(
    "hook_refused",
    words.trim() === "" ? {} : { detail: words.slice(0, MAX_WORDS) },
  );
}

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return isObject(answer) && "then" in answer && typeof answer.then === "function";
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" || typeof value === "function") && value !== null;
}

function valueOf(data: Data): unknown {
  if (data.kind === "bytes") return data.bytes.slice();
  return data.kind === "json" ? JSON.parse(data.text) : data.text;
}
