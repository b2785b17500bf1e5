import type { Text } from "../core/language.ts";
import { ActionError } from "../schedule/actions/action-error.ts";
import { checkRequest } from "../schedule/actions/fetch.ts";
import { isTable } from "./document.ts";
import { TEXTS } from "./texts.ts";

/** The keys of a `fetch` job that make its request; what is of another type is passed over. */
export interface RequestKeys {
  readonly fetch: unknown;
  readonly method: unknown;
  readonly headers: unknown;
  readonly body: unknown;
  readonly allowPrivate: boolean;
}

/** What is wrong, and the path in the job of the key that is to blame. */
export interface JobFinding {
  readonly path: readonly string[];
  readonly message: Text;
}

/** An address to which nothing can be objected, where another part of a request is looked at. */
const SOMEWHERE = "https://example.com";

/** Everything that is wrong with a request. */
export function requestFindings(keys: RequestKeys): JobFinding[] {
  const { fetch: url, method, headers, body, allowPrivate } = keys;
  const findings: JobFinding[] = [];
  const find = (path: readonly string[], request: Parameters<typeof checkRequest>[0]) => {
    const message = complaintOf(request);
    if (message !== undefined) findings.push({ path, message });
    return message === undefined;
  };
  if (typeof url === "string") find(["fetch"], { url, allowPrivate });
  const verb = typeof method === "string" ? { method } : {};
  if (find(["method"], { url: SOMEWHERE, ...verb }) && typeof body === "string") {
    find(["body"], { url: SOMEWHERE, ...verb, body });
  }
  const taken = new Set<string>();
  for (const [name, value] of isTable(headers) ? Object.entries(headers) : []) {
    const path = ["headers", name];
    if (typeof value === "string") find(path, { url: SOMEWHERE, headers: { [name]: value } });
    if (taken.has(name.toLowerCase())) findings.push({ path, message: TEXTS.headerTwice });
    taken.add(name.toLowerCase());
  }
  return findings;
}

function complaintOf(request: Parameters<typeof checkRequest>[0]): Text | undefined {
  try {
    checkRequest(request);
    return undefined;
  } catch (error) {
    if (error instanceof ActionError) return error.reason;
    throw error;
  }
}
