import { JSONPathEnvironment, JSONPathError, type JSONPathQuery, JSONPathTypeError } from "json-p3";

import { type Data, jsonData, textData } from "../../core/message.ts";
import { ActionError } from "./action-error.ts";

/** The longest query, in UTF-16 units: one that is longer could nest deeper than the parser's stack. */
const MAX_QUERY = 1_000;

/** A name with a hyphen, which json-p3 takes and RFC 9535, section 2.5.1.1, does not; `1e-2` is a number. */
const HYPHENED = /(?<![\w\u0080-\uffff])[a-z_\u0080-\uffff][\w\u0080-\uffff]*-[\w\u0080-\uffff-]*/i;
const LITERAL = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gs;

/** How deep `..` looks. RFC 8259, section 9, lets whoever reads JSON set such a bound. */
const MAX_DEPTH = 128;

type Value = ReturnType<ReturnType<JSONPathQuery["query"]>["values"]>[number];

/** The text of numbers that JavaScript rounds, by the object or array that they stand in, and their key. */
type Sources = ReadonlyMap<unknown, ReadonlyMap<string, string>>;

/**
 * The parts of a JSON text that a query of RFC 9535 names. A singular query (section 2.3.5: names and
 * indexes only) gives its value; any other gives an array of its values, which may be empty.
 *
 * A number that JavaScript would round, such as a 64-bit identifier, is published as it was written;
 * filters compare it rounded, since RFC 9535, section 2.1, promises no more digits than those of I-JSON.
 * The query runs in the server's own thread: how long the operator's takes is up to him, and anybody
 * else's MUST be `isLinear`.
 */
export class Select {
  readonly #query: JSONPathQuery;
  readonly #isSingular: boolean;

  /** @throws ActionError for what is no query */
  constructor(query: string) {
    this.#query = compile(query);
    this.#isSingular = this.#query.singularQuery();
  }

  /**
   * A string is text, any other value is JSON.
   *
   * @param maxBytes the most bytes of what is selected
   * @throws Error for what is no JSON, a singular query that finds nothing, and too large a result
   */
  from(json: string, maxBytes: number): Data {
    const { root, sources } = parse(json);
    const found: string[] = [];
    let size = 0;
    for (const { value, location } of this.#find(root)) {
      if (this.#isSingular && typeof value === "string") return within(textData(value), maxBytes);
      const text = print(value, { root, location, sources });
      // Each value is printed and counted by itself: `$..*` is larger than what it selects from.
      size += Buffer.byteLength(text) + 1;
      if (size > maxBytes + 1) throw tooLarge(maxBytes);
      found.push(text);
    }
    if (!this.#isSingular) return within(jsonData(`[${found.join(",")}]`), maxBytes);
    const [only] = found;
    if (only === undefined) throw new Error(`select found nothing: ${this.#query} is not there.`);
    return within(jsonData(only), maxBytes);
  }

  *#find(root: Value) {
    try {
      yield* this.#query.lazyQuery(root);
    } catch (error) {
      // Not its text: a query that met the end of the stack has one that says nothing to a person.
      const reason =
        error instanceof JSONPathError ? error.message : "the body is too large for it";
      throw new Error(`select cannot be evaluated: ${reason}.`);
    }
  }
}

/** RFC 9535, but for patterns that come from the document: its sender would say how long they take. */
class Environment extends JSONPathEnvironment {
  override checkWellTypedness(
    ...[token, parameters]: Parameters<JSONPathEnvironment["checkWellTypedness"]>
  ) {
    const checked = super.checkWellTypedness(token, parameters);
    const [, pattern] = checked;
    if (/^(?:match|search)$/.test(token.value) && !/^["']/.test(String(pattern))) {
      throw new JSONPathTypeError("the pattern must be written as a string", token);
    }
    return checked;
  }
}

/** @throws ActionError for what is no query */
export function checkSelect(query: string): void {
  compile(query);
}

/**
 * Whether a query takes time in proportion to its document. Filters look at a part once for each part,
 * and lists of selectors, as a second `..` does, find the same parts again and again: some documents
 * would keep such a query for ever.
 */
export function isLinear(query: string): boolean {
  return !/[?,]|\.\..*\.\./s.test(query.replaceAll(LITERAL, "''"));
}

const environment = new Environment({ maxRecursionDepth: MAX_DEPTH });

function compile(query: string): JSONPathQuery {
  if (query.length > MAX_QUERY) {
    throw new ActionError({
      en: `A select has at most ${MAX_QUERY} characters.`,
      zh: `select 最多 ${MAX_QUERY} 个字符。`,
    });
  }
  const hyphened = HYPHENED.exec(query.replaceAll(LITERAL, "''"))?.[0];
  if (hyphened !== undefined) throw notQuery(`write ['${hyphened}'] for a name with a hyphen`);
  try {
    return environment.compile(query);
  } catch (error) {
    throw notQuery(error instanceof JSONPathError ? error.message : "it nests too deep");
  }
}

function notQuery(detail: string): ActionError {
  return new ActionError({
    en: `This is no JSONPath of RFC 9535, such as $.items[0].name: ${detail}.`,
    zh: `这不是 RFC 9535 的 JSONPath（例如 $.items[0].name）：${detail}。`,
  });
}

/** What TypeScript does not know of yet: https://github.com/tc39/proposal-json-parse-with-source */
const { parse: parseWith, rawJSON } = JSON as unknown as {
  parse(
    text: string,
    reviver: (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown,
  ): Value;
  rawJSON(text: string): unknown;
};

/** How many decimal digits a number of JavaScript surely keeps. */
const DIGITS = 15;

/** What a JSON text has in it when one of its numbers is rounded. */
const MAY_BE_ROUNDED = /[0-9.]{16}|[0-9][eE]/;

function isRounded(value: number, source: string): boolean {
  const digits = source
    .replace(/e.*/i, "")
    .replaceAll(/[-.]/g, "")
    .replaceAll(/^0+|0+$/g, "");
  // Near its ends the range of numbers has fewer digits.
  const isExtreme = digits !== "" && !(Math.abs(value) > 1e-300 && Math.abs(value) < 1e300);
  return digits.length > DIGITS || isExtreme;
}

function parse(json: string): { root: Value; sources: Sources } {
  const sources = new Map<unknown, Map<string, string>>();
  function note(this: unknown, key: string, value: unknown, { source }: { source?: string }) {
    if (typeof value === "number" && source !== undefined && isRounded(value, source)) {
      const siblings = sources.get(this) ?? new Map<string, string>();
      sources.set(this, siblings.set(key, source));
    }
    return value;
  }
  try {
    const root: Value = MAY_BE_ROUNDED.test(json) ? parseWith(json, note) : JSON.parse(json);
    // Alone in its document, a number stands in no object.
    if (typeof root === "number" && sources.size > 0)
      sources.set(root, new Map([["", json.trim()]]));
    return { root, sources };
  } catch {
    // The parser's own words have pieces of the body in them.
    throw new Error("The body is not JSON, which select needs.");
  }
}

interface Place {
  readonly root: Value;
  readonly location: readonly (string | number)[];
  readonly sources: Sources;
}

/** A value as JSON, with the numbers that JavaScript rounds as they were written. */
function print(value: Value, { root, location, sources }: Place): string {
  if (sources.size === 0) return JSON.stringify(value);
  if (typeof value === "number") return sourceAt(root, location, sources) ?? JSON.stringify(value);
  return JSON.stringify(value, function (this: unknown, key: string, inner: unknown) {
    const source = typeof inner === "number" ? sources.get(this)?.get(key) : undefined;
    return source === undefined ? inner : rawJSON(source);
  });
}

function sourceAt(
  root: Value,
  location: readonly (string | number)[],
  sources: Sources,
): string | undefined {
  const key = location.at(-1) ?? "";
  let holder: unknown = root;
  for (const step of location.slice(0, -1)) holder = (holder as Record<string, unknown>)[step];
  return sources.get(holder)?.get(String(key));
}

function within(data: Data, maxBytes: number): Data {
  if (data.size > maxBytes) throw tooLarge(maxBytes);
  return data;
}

function tooLarge(maxBytes: number): Error {
  return new Error(`select found more than ${maxBytes} bytes.`);
}
