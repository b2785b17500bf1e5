import { dirname } from "node:path";
import { pathToFileURL } from "node:url";

import { isPublic } from "../net/addresses.ts";
import { guardedFetch } from "../net/guarded-fetch.ts";
import { boundMemory, endGroup, endWithParent } from "./bounds.ts";
import { GuestHooks } from "./guest-hooks.ts";
import { GuestJob } from "./guest-job.ts";
import { GuestLog } from "./guest-log.ts";
import type { Guest, GuestTools } from "./guest-tools.ts";
import { failureOf } from "./thrown.ts";
import { type Failure, type FromChild, type LoadOrder, MAX_FILES, type ToChild } from "./wire.ts";

/** How long a last word may take; the server, when it has heard it, ends the process at once. */
const LAST_WORD_MS = 1_000;

/**
 * Runs a file of the user's, in a process that does nothing else, until the server is gone.
 *
 * @param env the process's environment, which is emptied: what is in it was for the runtime
 */
export function guest(env: Record<string, string | undefined>): void {
  for (const name of Object.keys(env)) delete env[name];
  const send = takeChannel();
  process.on("disconnect", endGroup);
  const crash = (thrown: unknown) => {
    send({ type: "crashed", failure: failureOf(thrown) });
    setTimeout(endGroup, LAST_WORD_MS);
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  endWithParent(Number(process.argv[3]));

  let loading: Promise<Guest | undefined> | undefined;
  process.on("message", (message: ToChild) => {
    if (message.type === "load") loading = load(message, send);
    // One that came before the file was loaded waits for it, in order.
    else void loading?.then((loaded) => loaded?.order(message));
  });
}

async function load(
  order: LoadOrder,
  send: (message: FromChild) => void,
): Promise<Guest | undefined> {
  const { kind, file, messageBytes, allowPrivate } = order;
  const isBounded = boundMemory(order.memoryBytes);
  const refuse = (failure: Failure) => send({ type: "refused", failure });
  if (!(await Bun.file(file).exists())) {
    refuse({ message: file, frames: [], code: "no_file" });
    return undefined;
  }
  const log = new GuestLog((text) => send({ type: "log", text }));
  const fetch = guardedFetch({ allows: allowPrivate ? () => true : isPublic });
  const tools: GuestTools = { send, log, fetch, messageBytes };
  try {
    process.chdir(dirname(file));
    const module: Record<string, unknown> = await import(pathToFileURL(file).href);
    const guest = kind === "job" ? new GuestJob(module, tools) : new GuestHooks(module, tools);
    const files = Object.keys(require.cache).filter((path) => !path.includes("node_modules"));
    const { exports } = guest;
    send({ type: "loaded", exports, files: files.slice(0, MAX_FILES), isBounded });
    return guest;
  } catch (error) {
    refuse(failureOf(error));
    return undefined;
  }
}

/** The way to the server is not the file's: by its own it could say anything. */
function takeChannel(): (message: FromChild) => void {
  const send = process.send;
  if (send === undefined) throw new Error("This is started by the server, not by people.");
  delete process.send;
  return (message) => {
    try {
      send(message, undefined, undefined, () => {});
    } catch {
      // The server is gone, and the process is told so.
    }
  };
}
