import type { Data } from "../../core/message.ts";
import { isPublic } from "../../net/addresses.ts";
import { discard, readBody } from "../../net/body.ts";
import { FetchError, nameOf } from "../../net/fetch-error.ts";
import { guardedFetch } from "../../net/guarded-fetch.ts";
import type { Action } from "./action.ts";
import { dataOfAnswer, textOfAnswer } from "./answer.ts";
import { checkRequest, type RequestOptions } from "./fetch-checks.ts";
import { Select } from "./select.ts";

export { checkRequest } from "./fetch-checks.ts";

export interface FetchOptions extends RequestOptions {
  /** A JSONPath of RFC 9535: the part of the answer that is published. */
  readonly select?: string | undefined;
  /** The most bytes that a run may publish. */
  readonly maxBytes: number;
  /** What is to be seen nowhere, though the path of the address may have it. */
  readonly secrets?: readonly string[] | undefined;
  /** How the request names itself; `Bellcast` when left out. */
  readonly userAgent?: string | undefined;
}

/** The least of a body that a `select` may have to look at: it publishes only a part. */
const SELECT_BYTES = 1024 * 1024;

/** An answer that the server may be asked about again (RFC 9110, section 13.1). */
interface Remembered {
  /** Where it came from, after redirects. */
  readonly url: string;
  readonly conditions: Readonly<Record<string, string>>;
  readonly data: Data;
}

/**
 * Asks an address and publishes what it answers. A status of 2xx is success; 204 and 205 have nothing
 * to publish. The validators of the last answer to a GET go with the next (RFC 9110, section 8.8), and
 * 304 makes the same data as then; everything else fails. See `guardedFetch` for what is reached, and
 * `dataOfAnswer` and `Select` for what becomes of the body.
 *
 * @throws ActionError for a request that cannot be made
 */
export function fetchAction(options: FetchOptions): Action {
  const { headers = {}, body, allowPrivate = false, maxBytes, userAgent } = options;
  const { url, method } = checkRequest({ ...options, allowPrivate });
  const select = options.select === undefined ? undefined : new Select(options.select);
  const bodyBytes = select === undefined ? maxBytes : Math.max(maxBytes, SELECT_BYTES);
  const request = guardedFetch({ allows: allowPrivate ? () => true : isPublic, userAgent });
  const hide = hiding(options.secrets ?? []);
  const name = hide(nameOf(method, url));
  let last: Remembered | undefined;

  return {
    kind: "fetch",
    subject: name,
    async run(_facts, { signal }) {
      const asked = last;
      const response = await request(url, {
        ...{ method, headers, signal, headersFor: ({ href }) => conditionsFor(href, asked) },
        ...(body && { body }),
      }).catch((error: unknown) => {
        throw error instanceof FetchError ? new FetchError(hide(error.message)) : error;
      });
      const { status } = response;
      if (status === 304 && asked?.url === response.url) {
        await discard(response);
        return asked.data;
      }
      if (!response.ok || status === 204 || status === 205) await discard(response);
      if (!response.ok) throw new FetchError(`${name} was answered with status ${status}.`);
      if (status === 204 || status === 205) return undefined;
      const bytes = await readBody(response, { name, maxBytes: bodyBytes, signal });
      const data = read(response.headers.get("content-type"), bytes);
      last = method === "GET" ? remember(response, data) : undefined;
      return data;
    },
  };

  function read(contentType: string | null, bytes: Uint8Array): Data {
    try {
      if (select === undefined) return dataOfAnswer(contentType, bytes);
      return select.from(textOfAnswer(contentType, bytes), maxBytes);
    } catch (error) {
      throw new FetchError(`${name}: ${error instanceof Error ? error.message : "unreadable"}`);
    }
  }
}

/** Puts three dots in place of secrets, as they are and as an address spells them. */
function hiding(secrets: readonly string[]): (text: string) => string {
  // What is shorter is no secret, and hiding it would make the rest unreadable.
  const long = secrets.filter(({ length }) => length >= 4);
  const spellings = long.flatMap((secret) => [
    secret,
    encodeURI(secret),
    encodeURIComponent(secret),
  ]);
  spellings.sort((a, b) => b.length - a.length);
  return (text) => spellings.reduce((shown, spelling) => shown.replaceAll(spelling, "…"), text);
}

function conditionsFor(href: string, asked: Remembered | undefined) {
  return asked?.url === href ? asked.conditions : {};
}

function remember({ headers, url }: Response, data: Data): Remembered | undefined {
  const etag = headers.get("etag");
  const modified = headers.get("last-modified");
  if (etag === null && modified === null) return undefined;
  const conditions = {
    ...(etag !== null && { "if-none-match": etag }),
    ...(modified !== null && { "if-modified-since": modified }),
  };
  return { url, conditions, data };
}
