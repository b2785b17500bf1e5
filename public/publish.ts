import { publishPath } from "./address.ts";
import type { Language } from "./language.ts";
import { type Problem, readProblem } from "./problem.ts";
import { request } from "./request.ts";

/** A refusal was understood; an unreachable server may or may not have published. */
export type Outcome =
  | { readonly kind: "published" }
  | { readonly kind: "refused"; readonly problem: Problem }
  | { readonly kind: "unreachable" };

/** Publishes `text` to `topic` over HTTP. Never rejects. */
export async function publish(topic: string, text: string, language: Language): Promise<Outcome> {
  try {
    const response = await request(publishPath(topic), language, {
      method: "POST",
      headers: { "Content-Type": "text/plain;charset=UTF-8" },
      body: text,
    });
    if (response.ok) return { kind: "published" };
    return { kind: "refused", problem: await readProblem(response) };
  } catch {
    return { kind: "unreachable" };
  }
}
