import type { Language } from "./language.ts";

const TIMEOUT_MS = 15_000;

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Asks the server, which then answers in the language of the page. Rejects when nothing has come
 * within 15 seconds.
 */
export function request(
  path: string,
  language: Language,
  { headers, ...rest }: RequestOptions = {},
): Promise<Response> {
  return fetch(path, {
    ...rest,
    headers: { "Accept-Language": language.current, ...headers },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}
