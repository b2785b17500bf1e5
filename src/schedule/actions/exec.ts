import { runCommand } from "../../child/command-run.ts";
import type { Data } from "../../core/message.ts";
import type { Action } from "./action.ts";

export interface ExecOptions {
  /** The program, and its arguments. */
  readonly argv: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it runs; the server's own working directory when left out. */
  readonly cwd?: string | undefined;
  /** The most that it may print, in bytes. */
  readonly maxBytes: number;
}

/** What a program prints, run without a shell. */
export function execAction(options: ExecOptions): Action {
  return {
    kind: "exec",
    subject: options.argv.map(quoted).join(" "),
    run: (_facts, { signal }): Promise<Data | undefined> => runCommand(options, signal),
  };
}

/** As a person would type it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
