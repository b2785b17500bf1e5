import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import { ratioText, timeText } from "./figures.ts";
import type { Comparison } from "./summary.ts";
import type { CompareKey } from "./texts.ts";

/** Closer than that, two figures are said to be equal. */
const EQUAL = 1.05;

/**
 * The sentence at the top, as two: how much is saved, and how much sooner it comes.
 *
 * @param hint what is said while there is nothing to compare; nothing when ""
 */
export function leadOf(
  comparison: Comparison | undefined,
  language: Language<CompareKey | SharedKey>,
  hint: CompareKey | "" = "measuringHint",
): readonly [string, string] {
  if (!comparison) return [language.say("measuring"), hint === "" ? "" : language.say(hint)];
  const { fewer, sooner, pushDelayMs, pollDelayMs } = comparison;
  const push = language.say(comparison.push);
  const more = 1 / fewer;
  const saved =
    fewer >= EQUAL
      ? language.say("fewer", { push, times: ratioText(fewer) })
      : more >= EQUAL
        ? language.say("notFewer", { push, times: ratioText(more) })
        : language.say("equal", { push });
  const times = ratioText(sooner);
  const delays = { push: timeText(pushDelayMs), poll: timeText(pollDelayMs) };
  return [saved, language.say(sooner >= EQUAL ? "sooner" : "notSooner", { times, ...delays })];
}
