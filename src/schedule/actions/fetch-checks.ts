import { isPrivateHost } from "../../net/addresses.ts";
import { isConnectionHeader, parseAddress } from "../../net/guarded-fetch.ts";
import { ActionError } from "./action-error.ts";

/** What a `fetch` job asks for. */
export interface RequestOptions {
  /** An http or https address. */
  readonly url: string;
  /** `GET` when left out. */
  readonly method?: string | undefined;
  /** Sent to the address's own origin alone: they may be secrets. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** Whether addresses that are not of the public internet may be reached; not judged when left out. */
  readonly allowPrivate?: boolean | undefined;
}

/** A token of RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** RFC 9110, section 5.5, without spaces around it. */
const FIELD_VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** What the action says by itself. */
const CONDITIONS = /^if-(?:none-match|modified-since)$/i;

/**
 * Checks a request before it is made. What is told repeats no address and no header's value: there may
 * be secrets in them.
 *
 * @returns its address, and its method in capitals
 * @throws ActionError
 */
export function checkRequest(options: RequestOptions): { url: URL; method: string } {
  const url = checkUrl(options);
  const method = checkMethod(options.method ?? "GET");
  for (const [name, value] of Object.entries(options.headers ?? {})) checkHeader(name, value);
  // An empty body is none.
  if (options.body && method === "GET") {
    throw new ActionError({
      en: 'A GET has no body: set method = "POST", or leave out the body.',
      zh: 'GET 没有请求体：请设置 method = "POST"，或去掉 body。',
    });
  }
  return { url, method };
}

function checkUrl({ url: text, allowPrivate }: RequestOptions): URL {
  const url = parseAddress(text);
  if (url === undefined) {
    throw new ActionError({
      en: "This is no http or https address, such as https://example.com/data, or it has a user name or password in it (send those in an Authorization header).",
      zh: "这不是有效的 http 或 https 地址（例如 https://example.com/data），或地址中含有用户名或密码（请改用 Authorization 头）。",
    });
  }
  // An address that says by itself where it leads need not wait for its first run.
  if (allowPrivate === false && isPrivateHost(url.hostname)) {
    throw new ActionError({
      en: `${url.hostname} is a private or reserved address: set allow_private = true to allow it.`,
      zh: `${url.hostname} 是私有或保留地址：如需访问，请设置 allow_private = true。`,
    });
  }
  return url;
}

function checkMethod(text: string): string {
  const method = text.toUpperCase();
  // HEAD has no answer to publish. Bun makes a GET of a method that it does not know.
  const isUsable = TOKEN.test(method) && !/^(?:CONNECT|TRACE|HEAD)$/.test(method);
  if (!isUsable || new Request("http://localhost", { method }).method !== method) {
    throw new ActionError({
      en: `"${text}" is no method of a fetch: use GET, POST, PUT, PATCH, DELETE or another that is answered with a body.`,
      zh: `“${text}”不是 fetch 可用的方法：请使用 GET、POST、PUT、PATCH、DELETE 等有响应体的方法。`,
    });
  }
  return method;
}

function checkHeader(name: string, value: string): void {
  if (!TOKEN.test(name)) {
    throw new ActionError({
      en: `"${name}" is no name of a header.`,
      zh: `“${name}”不是有效的请求头名称。`,
    });
  }
  if (isConnectionHeader(name) || CONDITIONS.test(name)) {
    throw new ActionError({
      en: `The header ${name} is sent by Bellcast itself and cannot be set.`,
      zh: `请求头 ${name} 由 Bellcast 自行发送，不能设置。`,
    });
  }
  if (!FIELD_VALUE.test(value)) {
    throw new ActionError({
      en: `The value of the header ${name} has line breaks, spaces around it, or characters beyond Latin-1.`,
      zh: `请求头 ${name} 的值含有换行、首尾空格或 Latin-1 以外的字符。`,
    });
  }
}
