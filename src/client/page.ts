/** What a client does when its page, or its machine, comes and goes. */
interface Restless {
  retryNow(): void;
  suspend(): void;
}

/**
 * Ends waits as soon as there is reason to hope, and lets go of the connection when the page is put
 * aside: a page with an open connection is not kept for the way back
 * (https://web.dev/articles/bfcache). A worker, or Bun, has fewer of these events, or none.
 */
export function follow(client: Restless, signal: AbortSignal): void {
  const page = globalThis as unknown as EventTarget & {
    readonly document?: EventTarget & { readonly visibilityState: string };
  };
  const { document } = page;
  const on = (target: EventTarget | undefined, name: string, task: () => void) =>
    target?.addEventListener?.(name, task, { signal });
  const retry = () => client.retryNow();
  on(page, "online", retry);
  on(page, "pageshow", retry);
  on(page, "pagehide", () => client.suspend());
  on(document, "visibilitychange", () => {
    if (document?.visibilityState === "visible") retry();
  });
}
