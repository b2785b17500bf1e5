import { make } from "../shared/element.ts";
import { type Ability, protocolOf } from "./support.ts";
import type { CompareKey } from "./texts.ts";

/** Its name as people write it, by its ALPN name. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  "http/1.0": "HTTP/1.0",
  "http/1.1": "HTTP/1.1",
  h2: "HTTP/2",
  h3: "HTTP/3",
};

/** Lists what this browser has. The texts are named, and still to be written. */
export function supportList(
  abilities: readonly Ability[],
  choice: CompareKey,
  entries: readonly PerformanceEntry[],
): HTMLElement[] {
  const protocol = protocolOf(entries);
  const isOld = protocol?.startsWith("http/") === true;
  const meaning: CompareKey =
    protocol === undefined ? "protocolUnknown" : isOld ? "protocolOld" : "protocolNew";
  return [
    row("chosen", make("dt", { "data-text": "chosen" }), choice),
    row(
      "spoken",
      make("dt", {}, make("span", { "data-text": "protocol" }), ` ${nameOf(protocol)}`),
      meaning,
    ),
    ...abilities.map(({ name, isThere, meaning }) => {
      const answer = make("span", { class: "answer", "data-text": isThere ? "has" : "lacks" });
      return row(
        isThere ? "there" : "absent",
        make("dt", {}, answer, make("code", {}, name)),
        meaning,
      );
    }),
  ];
}

const nameOf = (protocol = "") => PROTOCOLS[protocol] ?? protocol;

function row(kind: string, term: HTMLElement, meaning: CompareKey): HTMLElement {
  return make("div", { class: kind }, term, make("dd", { "data-text": meaning }));
}
