import { isIP } from "node:net";

import * as v from "valibot";

import type { Text } from "../core/language.ts";
import { isJobName } from "../core/names.ts";
import { isLatestBy, isOverload, MAX_RATE, type OverloadText } from "../core/overload.ts";
import { formatDuration, formatSize, parseDuration, parseSize } from "../core/units.ts";
import { zoneProblem } from "../schedule/zone.ts";
import { isTable } from "./document.ts";
import { TEXTS } from "./texts.ts";

/**
 * The kinds of values in a configuration file, as valibot schemas. A problem's sentence is asked for
 * in the language of the run (`v.safeParse(…, { lang })`).
 */

/** A valibot message in the language of the run; English unless it is Chinese. */
export function says(text: Text): (issue: { readonly lang?: string | undefined }) => string {
  return ({ lang }) => text[lang === "zh" ? "zh" : "en"];
}

/** A table of the file; a required key that is not in it is told as such. */
export function table<const Entries extends v.ObjectEntries>(entries: Entries) {
  const object = v.object(entries, says(TEXTS.required));
  return v.pipe(v.custom<v.InferInput<typeof object>>(isTable, says(TEXTS.table)), object);
}

/** @param min inclusive, as is `max` */
export function integer(min: number, max: number) {
  const message = says(TEXTS.integer(min, max));
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
}

/** Bytes of a size such as "64KiB" or a whole number. @param min in bytes, inclusive, as is `max` */
export function size(min: number, max: number) {
  const message = says(TEXTS.size(formatSize(min), formatSize(max)));
  return v.pipe(
    v.unknown(),
    v.transform((value) => (typeof value === "string" ? parseSize(value) : value)),
    v.number(message),
    v.integer(message),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
}

/** Milliseconds of a duration such as "24h". @param min in milliseconds, inclusive, as is `max` */
export function duration(min: number, max: number) {
  const message = says(TEXTS.duration(formatDuration(min), formatDuration(max)));
  return v.pipe(
    v.string(message),
    v.transform(parseDuration),
    v.number(message),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
}

export function choice<const Values extends readonly string[]>(values: Values) {
  return v.picklist(values, says(TEXTS.choice(values)));
}

/** A string that satisfies `is`. */
export function text(is: (text: string) => boolean, expected: Text) {
  return v.pipe(v.string(says(expected)), v.check(is, says(expected)));
}

/** A string that `read` takes without throwing an error of this kind, which says why in both languages. */
export function readable(
  read: (text: string) => unknown,
  ErrorKind: abstract new (...args: never[]) => Error & { readonly reason: Text },
) {
  return v.pipe(
    v.string(says(TEXTS.text)),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      try {
        read(dataset.value);
      } catch (error) {
        if (!(error instanceof ErrorKind)) throw error;
        addIssue({ message: says(error.reason) });
      }
    }),
  );
}

/** A host name in ASCII, or an IP address without brackets. */
export const host = v.pipe(text(isHost, TEXTS.host), v.toLowerCase());

function isHost(name: string): boolean {
  if (isIP(name) !== 0) return true;
  const labels = name.split(".");
  return (
    name.length <= 253 && labels.every((label) => /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/.test(label))
  );
}

/** An origin, spelt as browsers spell it in the Origin header (RFC 6454, section 6.1), or "null". */
export const origin = v.pipe(text(isOrigin, TEXTS.origin), v.transform(serializeOrigin));

function isOrigin(name: string): boolean {
  return (
    name === "null" || (/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@\\*]+$/i.test(name) && URL.canParse(name))
  );
}

function serializeOrigin(name: string): string {
  if (name === "null") return name;
  const { protocol, host } = new URL(name);
  return `${protocol}//${host}`;
}

export const overload = v.custom<OverloadText>(
  (value) => typeof value === "string" && isOverload(value),
  says(TEXTS.overload(MAX_RATE)),
);

export const latestBy = text(isLatestBy, TEXTS.latestBy);

export const timeZone = text((name) => zoneProblem(name) === undefined, TEXTS.timeZone);

export const jobName = text(isJobName, TEXTS.jobName);
