/** A JSON Pointer that names a member: RFC 6901, section 3, but for the empty one, which is the whole. */
const POINTER = /^(?:\/(?:[^/~]|~[01])*)+$/;

/** An index of an array: RFC 6901, section 4. */
const INDEX = /^(?:0|[1-9]\d*)$/;

export function isPointer(text: string): boolean {
  return POINTER.test(text);
}

/**
 * The value that a pointer names; undefined where there is none. A number past 2^53 comes as its text:
 * as a number it would be the same as its neighbours (RFC 8259, section 6).
 *
 * @param json one JSON value, already checked
 * @param pointer MUST satisfy `isPointer`
 */
export function valueAt(json: string, pointer: string): unknown {
  const value = memberOf(JSON.parse(json), pointer);
  if (typeof value !== "number" || Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  try {
    return memberOf(JSON.parse(json, asWritten as Reviver), pointer);
  } catch {
    // It was read before, but what is nested without end cannot be read in this way.
    return value;
  }
}

type Reviver = (name: string, value: unknown) => unknown;

/** TypeScript does not know the third argument: https://tc39.es/proposal-json-parse-with-source/ */
function asWritten(_: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === "number" ? source : value;
}

function memberOf(whole: unknown, pointer: string): unknown {
  let value = whole;
  for (const token of pointer.split("/").slice(1)) {
    // In this order, so that `~01` becomes `~1`.
    const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof value !== "object" || value === null) return undefined;
    if (Array.isArray(value) && !INDEX.test(name)) return undefined;
    // What an object inherits is no member of the payload.
    if (!Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}
