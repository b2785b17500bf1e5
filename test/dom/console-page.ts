import { afterEach, beforeEach, mock } from "bun:test";

import { startConsole } from "../../public/console/console.ts";
import { byId } from "../../public/shared/element.ts";
import { FakeSocket } from "../client/fakes.ts";
import { useDom, useFrames } from "./dom.ts";

const { fetch, WebSocket } = globalThis;

/** Gives each test of the calling file a page that is not started, no network and empty storage. */
export function useConsole() {
  useDom();
  const { draw } = useFrames();
  beforeEach(() => {
    FakeSocket.made = [];
    Object.assign(globalThis, { WebSocket: FakeSocket });
    localStorage.clear();
    sessionStorage.clear();
    answer(() => Response.json(page()));
  });
  afterEach(() => {
    // leaves no timer that would connect when the document is gone
    const toggle = byId("toggle", HTMLButtonElement);
    if (toggle.dataset["text"] === "close") toggle.click();
    Object.assign(globalThis, { WebSocket, fetch });
  });
  return {
    /** Starts the page with this query, and waits until it has a socket. */
    async open(query = "?sid=me&lang=en") {
      history.replaceState(null, "", `/${query}`);
      startConsole();
      await settle();
    },
    /** The kinds and texts of the list. */
    lines() {
      draw();
      return [...document.querySelectorAll("#lines li")].map((line) => [
        line.getAttribute("data-kind"),
        line.querySelector(".body")?.textContent,
      ]);
    },
  };
}

/** The page's latest socket. */
export function socket(): FakeSocket {
  const last = FakeSocket.made.at(-1);
  if (last === undefined) throw new Error("no socket was made");
  return last;
}

type Command = Readonly<Record<string, unknown>>;

/** What the page has said over its latest socket, pings aside. */
export function said(): Command[] {
  const commands = socket().sent.map((text) => JSON.parse(String(text)) as Command);
  return commands.filter(({ type }) => type !== "ping");
}

/** The server says something over the latest socket. */
export function says(frame: object): void {
  socket().says(JSON.stringify(frame));
}

/** The server lets the page in, and agrees to what it asks for. */
export function lets(): void {
  socket().opens();
  const limits = { message: 65_536, ping: 30_000, silence: 60_000 };
  says({ type: "welcome", sid: "me", time: 1, log: "log", head: 10, limits });
  const { ref } = said().findLast(({ type }) => type === "subscribe") ?? {};
  says({ type: "ok", ref, topics: {}, refused: {} });
}

/** The connection ends, and is made again. */
export async function comesBack(code = 1006): Promise<void> {
  socket().ends(code);
  click("retry");
  await settle();
}

/** What a history is answered with. */
export function page(...messages: object[]) {
  return { log: "log", head: 10, messages };
}

/** Lets every request be answered by `make`, and keeps the requests. */
export function answer(make: () => Response | Promise<Response>) {
  const requests = mock((path: string, init?: RequestInit) => {
    void path;
    void init;
    return Promise.resolve(make());
  });
  Object.assign(globalThis, { fetch: requests });
  return requests;
}

export const click = (id: string) => byId(id, HTMLButtonElement).click();
export const submit = (id: string) => byId(id, HTMLFormElement).requestSubmit();
/** Lets the promises that are under way settle. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
