import { serialize } from "bun:jsc";

import type { HooksModule, HookTools } from "../job.ts";
import type { Guest, GuestTools } from "./guest-tools.ts";
import { failureOf } from "./thrown.ts";
import type { ToChild } from "./wire.ts";

/** How much longer than its JSON a value is on its way: a small number of two characters takes nine bytes. */
const MAX_RATIO = 8;

const NAMES = [
  "onConnect",
  "onMessage",
  "onPublish",
  "onDisconnect",
] as const satisfies readonly (keyof HooksModule)[];

type Hook = (argument: unknown, tools: HookTools) => unknown;

/** A file of hooks in its own process: calls them as the server says, many at a time. */
export class GuestHooks implements Guest {
  readonly #hooks: ReadonlyMap<string, Hook>;
  readonly #tools: GuestTools;

  constructor(module: Record<string, unknown>, tools: GuestTools) {
    const named = NAMES.filter((name) => module[name] !== undefined);
    // A hook with a wrong name, and a file that an editor has just emptied, would let everything through.
    if (named.length === 0 || named.some((name) => typeof module[name] !== "function")) {
      throw Object.assign(new Error("There are no hooks."), { code: "no_hooks" });
    }
    this.#hooks = new Map(named.map((name) => [name, module[name] as Hook]));
    this.#tools = tools;
  }

  get exports(): readonly string[] {
    return [...this.#hooks.keys()];
  }

  order(message: ToChild): void {
    if (message.type === "call") void this.#call(message.id, message.hook, message.argument);
  }

  async #call(id: number, name: string, argument: unknown): Promise<void> {
    const { send, log, fetch, messageBytes } = this.#tools;
    try {
      const hook = this.#hooks.get(name);
      if (hook === undefined) throw new Error(`The file exports no ${name}.`);
      const value = await hook(argument, { fetch, log: log.log });
      // What cannot be sent fails here, and not on its way.
      const size = value === undefined ? 0 : serialize(value).byteLength;
      if (size > MAX_RATIO * messageBytes + 1024) {
        throw new RangeError(`What ${name} returns is too large: ${size} bytes.`);
      }
      send({ type: "returned", id, value });
    } catch (error) {
      send({ type: "failed", id, failure: failureOf(error) });
    }
  }
}
