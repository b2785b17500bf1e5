import { afterEach, beforeEach, mock } from "bun:test";

import { startConsole } from "../../public/console.ts";
import { byId } from "../../public/element.ts";
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
    answer(() => Response.json({ topic: "orders" }));
  });
  afterEach(() => {
    // leaves no timer that would connect when the document is gone
    const toggle = byId("toggle", HTMLButtonElement);
    if (toggle.dataset["text"] === "close") toggle.click();
    Object.assign(globalThis, { WebSocket, fetch });
  });
  return {
    /** Starts the page with this query. */
    open(query = "?sid=me&lang=en") {
      history.replaceState(null, "", `/${query}`);
      startConsole();
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
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
