import type { Lang, Text } from "../core/language.ts";
import { TEXTS } from "./texts.ts";

/** One mistake in the configuration, and where it stands. */
export interface Problem {
  /**
   * The file as its user named it, or `environment` or `flag`. `undefined` when the mistake has no
   * place.
   */
  readonly file: string | undefined;
  /** From 1. */
  readonly line?: number;
  /** From 1, in UTF-16 units, as editors count. */
  readonly column?: number;
  /** The key as the file, the environment or the command line spells it. */
  readonly key?: string;
  readonly message: Text;
  readonly hint?: Text;
}

/** Everything that is wrong with a configuration: never only the first mistake. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly Problem[];

  /** @param problems at least one */
  constructor(problems: readonly Problem[]) {
    super(format(problems, "en"));
    this.problems = problems;
  }

  /** One line a problem: `bellcast.toml:12:1 server.prot: unknown key; did you mean server.port?` */
  format(lang: Lang): string {
    return format(this.problems, lang);
  }
}

function format(problems: readonly Problem[], lang: Lang): string {
  return problems.map((problem) => formatProblem(problem, lang)).join("\n");
}

function formatProblem({ file, line, column, key, message, hint }: Problem, lang: Lang): string {
  const source = file === "environment" || file === "flag" ? TEXTS[file][lang] : file;
  const place = [source, line, column].filter((part) => part !== undefined).join(":");
  const where = [place, key].filter((part) => part !== undefined && part !== "").join(" ");
  const semicolon = lang === "zh" ? "；" : "; ";
  const what = hint === undefined ? message[lang] : message[lang] + semicolon + hint[lang];
  return oneLine(where === "" ? what : `${where}: ${what}`);
}

/** Text of the file is part of some sentences: it must neither break the line nor steer the terminal. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, escapeControl);
}

function escapeControl(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The path of a value in the file: the names of tables and keys, and indexes of arrays from 0. */
export type Path = readonly (string | number)[];

const MAX_SHOWN_CHARACTERS = 64;

/**
 * A path as the file spells it, `topics."room.*".history`. Indexes are left out: the line says which
 * of several it is.
 */
export function keyName(path: Path): string {
  return path
    .filter((segment) => typeof segment === "string")
    .map((segment) =>
      /^[A-Za-z0-9_-]+$/.test(segment) ? shorten(segment) : quote(shorten(segment)),
    )
    .join(".");
}

function shorten(text: string): string {
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}

/** A TOML basic string: JSON's, with the controls from U+007F on escaped as well. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f]/g, escapeControl);
}
