/** A JSON Pointer that names a member: RFC 6901, section 3, but for the empty one, which is the whole. */
const POINTER = /^(?:\/(?:[^/~]|~[01])*)+$/;

/** An index of an array: RFC 6901, section 4. */
const INDEX = /^(?:0|[1-9]\d*)$/;

export function isPointer(text: string): boolean {
  return POINTER.test(text);
}

/**
 * The value that a pointer names; undefined where there is none.
 *
 * @param json one JSON value, already checked
 * @param pointer MUST satisfy `isPointer`
 */
export function valueAt(json: string, pointer: string): unknown {
  let value: unknown = JSON.parse(json);
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
