import type { Language } from "./language.ts";
import { request } from "./request.ts";

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;

/**
 * The most bytes that the server takes as one message, from `GET /v1/stats`. Undefined when it does
 * not say. Never rejects.
 */
export async function readMessageLimit(language: Language): Promise<number | undefined> {
  try {
    const response = await request("/v1/stats", language);
    const limit = fieldOf(fieldOf(await response.json(), "limits"), "message");
    return typeof limit === "number" ? limit : undefined;
  } catch {
    // the server still refuses what is too long, with 1009
    return undefined;
  }
}
