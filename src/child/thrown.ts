import { dirname } from "node:path";

import { textOf } from "../core/errors.ts";
import { type Failure, FAILURE_CHARS, isRecord, MAX_FRAMES } from "./wire.ts";

/** Our own lines are none of the file's. From source they are under this folder. */
const OURS = Bun.isStandaloneExecutable ? "/$bunfs/" : dirname(import.meta.dir);

/** A line of a file: ours are relative to the source in the executable. */
const FRAME = /^at (?:.*\()?(?:\/|[A-Za-z]:[\\/]).*:\d+:\d+\)?$/;

/** What was thrown in the file, anything at all, as it is told to the server. */
export function failureOf(thrown: unknown): Failure {
  try {
    const code =
      isRecord(thrown) && typeof thrown["code"] === "string" ? thrown["code"] : undefined;
    const message = messageOf(thrown).slice(0, FAILURE_CHARS);
    return { message, frames: framesOf(thrown), code: packageCode(message) ?? code };
  } catch {
    return { message: textOf(thrown).slice(0, FAILURE_CHARS), frames: [] };
  }
}

function messageOf(thrown: unknown): string {
  if (!isRecord(thrown)) return textOf(thrown);
  // What the parser says has a name of the runtime's, that tells nobody anything.
  if (/^(?:Build|Resolve)Message$/.test(String(thrown["name"]))) {
    return String(thrown["message"]).replace(/ imported from .*\$bunfs.*$/, "");
  }
  const { errors } = thrown;
  const first = Array.isArray(errors) && errors.length > 0 ? messageOf(errors[0]) : undefined;
  return first === undefined ? textOf(thrown) : `${textOf(thrown)}: ${first}`;
}

/** The lines of the file and of what it imports, the innermost first. */
function framesOf(thrown: unknown): string[] {
  if (!isRecord(thrown)) return [];
  const { position, stack, errors } = thrown;
  if (isRecord(position)) {
    return [`at ${position["file"]}:${position["line"]}:${position["column"]}`];
  }
  if (Array.isArray(errors) && errors.length > 0) return framesOf(errors[0]);
  if (typeof stack !== "string") return [];
  return stack
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => FRAME.test(line) && !line.includes(OURS))
    .slice(0, MAX_FRAMES);
}

function packageCode(message: string): string | undefined {
  return /^Cannot find package /.test(message) ? "no_package" : undefined;
}
