import { textData } from "../../core/message.ts";
import { parseTemplate } from "../template.ts";
import type { Action } from "./action.ts";

/**
 * A text with the run's facts filled in.
 *
 * @throws TemplateError
 */
export function templateAction(source: string, { tz }: { tz?: string | undefined } = {}): Action {
  const template = parseTemplate(source, tz === undefined ? {} : { tz });
  return { kind: "template", run: (facts) => textData(template.render(facts)) };
}
