import { type AST, ParseError, parseTOML } from "toml-eslint-parser";

import type { Text } from "../core/language.ts";
import type { Path } from "./problem.ts";
import { MISSING_VALUE, SYNTAX_TEXTS, TEXTS, unknownSyntax } from "./texts.ts";

/** A table without a prototype, so that `__proto__` and `constructor` are keys like any other. */
export type Table = Record<string, unknown>;

export function isTable(value: unknown): value is Table {
  const plain = typeof value === "object" && value !== null;
  return plain && !Array.isArray(value) && !(value instanceof DateTime);
}

/** A date or a time of TOML. */
export class DateTime {
  /** As the file writes it. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Where something stands in the text: both from 1, columns in UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Which end of `key = value` is meant. */
export type Part = "key" | "value";

/** The syntax of the text is wrong. */
export class TomlError extends Error {
  override readonly name = "TomlError";
  readonly reason: Text;
  readonly place: Place | undefined;

  constructor(reason: Text, place: Place | undefined) {
    super(reason.en);
    this.reason = reason;
    this.place = place;
  }
}

/** Deeper than any key of the schema: what nests more must not cost the parser's stack or its time. */
const MAX_DEPTH = 16;

/** A TOML 1.0 text as plain values, which remembers where each of them stands. */
export class TomlDocument {
  readonly table: Table = emptyTable();
  readonly #places = new Map<string, Readonly<Record<Part, Place>>>();

  /** @throws TomlError at the first mistake of syntax */
  constructor(text: string) {
    for (const node of parse(text).body[0].body) {
      if (node.type === "TOMLKeyValue") this.#define(this.table, [], node);
      else this.#open(node);
    }
  }

  /** The place of the value at `path`, or of the nearest table around it that the text names. */
  place(path: Path, part: Part): Place {
    for (let length = path.length; length > 0; length--) {
      const places = this.#places.get(JSON.stringify(path.slice(0, length)));
      if (places !== undefined) return places[part];
    }
    return { line: 1, column: 1 };
  }

  #open(node: AST.TOMLTable): void {
    // The resolved key also holds the index of each [[table]], which no name in the text stands for.
    const names = [...node.key.keys];
    let name: AST.TOMLNode = node;
    const steps = node.resolvedKey.map((segment): Step => {
      if (typeof segment === "string") name = names.shift() ?? name;
      return { segment, node: name };
    });
    const { value } = this.#descend(this.table, [], steps);
    for (const pair of node.body) this.#define(value, node.resolvedKey, pair);
  }

  #define(table: Table, base: Path, { key, value }: AST.TOMLKeyValue): void {
    const steps = key.keys.map((node): Step => ({ segment: nameOf(node), node }));
    const last = steps.pop();
    if (last === undefined) return;
    const { value: parent, path } = this.#descend(table, base, steps);
    const ownPath = this.#mark([...path, last.segment], last.node, value);
    parent[last.segment] = this.#read(value, ownPath);
  }

  #read(node: AST.TOMLContentNode, path: Path): unknown {
    if (node.type === "TOMLValue") {
      return "datetime" in node ? new DateTime(node.datetime) : node.value;
    }
    if (node.type === "TOMLArray") {
      return node.elements.map((element, index) =>
        this.#read(element, this.#mark([...path, index], element, element)),
      );
    }
    const table = emptyTable();
    for (const pair of node.body) this.#define(table, path, pair);
    return table;
  }

  /** Goes down into a table, making what is not there yet. */
  #descend(from: Table, base: Path, steps: readonly Step[]): { value: Table; path: Path } {
    let value: Record<string | number, unknown> = from;
    let path = base;
    for (const [index, { segment, node }] of steps.entries()) {
      const within = typeof steps[index + 1]?.segment === "number" ? [] : emptyTable();
      value = (value[segment] ??= within) as Record<string | number, unknown>;
      path = this.#mark([...path, segment], node, node);
    }
    return { value, path };
  }

  /** Remembers where a path was named first. */
  #mark(path: Path, key: AST.TOMLNode, value: AST.TOMLNode): Path {
    if (path.length > MAX_DEPTH) throw new TomlError(TEXTS.tooDeep, placeOf(key));
    const id = JSON.stringify(path);
    if (!this.#places.has(id)) this.#places.set(id, { key: placeOf(key), value: placeOf(value) });
    return path;
  }
}

interface Step {
  readonly segment: string | number;
  readonly node: AST.TOMLNode;
}

function parse(text: string): AST.TOMLProgram {
  try {
    // Of 1.0 and not 1.1, so that other tools read the file as well.
    return parseTOML(text, { tomlVersion: "1.0.0" });
  } catch (error) {
    // The parser's stack ends at some ten thousand brackets, or at a string of half a megabyte.
    if (error instanceof RangeError) throw new TomlError(TEXTS.tooLong, undefined);
    if (!(error instanceof ParseError)) throw error;
    throw syntaxError(error, text);
  }
}

/** A key whose value is missing, with a comment or without. */
const VALUELESS = /^[^#"']*=[ \t]*(?:#.*)?$/;

function syntaxError({ message, index }: ParseError, text: string): TomlError {
  const before = text.slice(0, index).trimEnd();
  const lastLine = before.slice(before.lastIndexOf("\n") + 1);
  if (text.slice(before.length, index).includes("\n") && VALUELESS.test(lastLine)) {
    return new TomlError(MISSING_VALUE, placeAt(text, before.length));
  }
  // This message names the code point; the place shows it as well.
  const [id] = /^Invalid code point/.exec(message) ?? [message];
  const known = SYNTAX_TEXTS[id];
  const offset = known?.before === true ? before.length : index;
  return new TomlError(known?.text ?? unknownSyntax(message), placeAt(text, offset));
}

function placeAt(text: string, offset: number): Place {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

function placeOf(node: AST.TOMLNode): Place {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}

function nameOf(node: AST.TOMLBare | AST.TOMLQuoted): string {
  return node.type === "TOMLBare" ? node.name : node.value;
}

function emptyTable(): Table {
  return Object.create(null) as Table;
}
