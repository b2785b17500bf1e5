import type { Published } from "./feed.ts";

/** The stretch of time that is shown. */
export const SPAN_MS = 30_000;

const SVG = "http://www.w3.org/2000/svg";
/** Heights: the rail of what was published, that of what has arrived, and the requests below. */
const [TOP, PUBLISHED, ARRIVED, BELOW, REQUESTED, BOTTOM] = [4, 11, 41, 48, 54, 62];

/** What is drawn. Times are milliseconds of the page, oldest first. */
export interface StripFacts {
  readonly now: number;
  readonly published: readonly Published[];
  readonly arrivals: readonly { readonly publishedAt: number; readonly at: number }[];
  readonly requestedAt: readonly number[];
  readonly cuts: readonly { readonly cutAt: number; readonly backAt: number }[];
}

/** The paths of one strip, with a place across for every millisecond. */
export function pathsOf({ now, published, arrivals, requestedAt, cuts }: StripFacts) {
  const since = now - SPAN_MS;
  const at = (ms: number) => Math.round(ms);
  return {
    cut: cuts
      .filter(({ backAt }) => backAt > since)
      .map(({ cutAt, backAt }) => `M${at(cutAt)} 0H${at(backAt)}V${BOTTOM + 2}H${at(cutAt)}Z`)
      .join(""),
    published: published
      .filter((one) => one.at > since)
      .map((one) => `M${at(one.at)} ${TOP}V${PUBLISHED}`)
      .join(""),
    delay: arrivals
      .filter((one) => one.at > since)
      .map((one) => `M${at(one.publishedAt)} ${PUBLISHED}L${at(one.at)} ${ARRIVED}V${BELOW}`)
      .join(""),
    request: requestedAt
      .filter((one) => one > since)
      .map((one) => `M${at(one)} ${REQUESTED}V${BOTTOM}`)
      .join(""),
  };
}

const KINDS = ["cut", "published", "delay", "request"] as const;

/**
 * The last half minute of a column: a tick where a message was published, a line to where it has
 * arrived, which leans the more the later that was, and below it a tick for each request.
 */
export class Strip {
  readonly element: SVGSVGElement;
  readonly #moving = document.createElementNS(SVG, "g");
  readonly #paths = new Map<string, SVGPathElement>();
  #drawn = "";

  constructor() {
    this.element = document.createElementNS(SVG, "svg");
    const attributes = {
      class: "strip",
      role: "img",
      viewBox: `0 0 ${SPAN_MS} ${BOTTOM + 2}`,
      preserveAspectRatio: "none",
    };
    for (const [name, value] of Object.entries(attributes)) this.element.setAttribute(name, value);
    const rails = path("rails");
    rails.setAttribute("d", `M0 ${PUBLISHED}H${SPAN_MS}M0 ${ARRIVED}H${SPAN_MS}`);
    for (const kind of KINDS) this.#paths.set(kind, path(kind));
    this.#moving.append(...this.#paths.values());
    this.element.append(rails, this.#moving);
  }

  show(facts: StripFacts): void {
    // The whole moves along; it is only drawn anew when there is something new.
    this.#moving.setAttribute("transform", `translate(${Math.round(SPAN_MS - facts.now)})`);
    const { published, arrivals, requestedAt, cuts } = facts;
    const newest = [
      published.at(-1)?.n,
      arrivals.at(-1)?.at,
      requestedAt.at(-1),
      cuts.at(-1)?.cutAt,
    ];
    if (this.#drawn === newest.join()) return;
    this.#drawn = newest.join();
    for (const [kind, d] of Object.entries(pathsOf(facts))) {
      this.#paths.get(kind)?.setAttribute("d", d);
    }
  }
}

function path(kind: string): SVGPathElement {
  const element = document.createElementNS(SVG, "path");
  element.setAttribute("class", kind);
  // The strip is stretched to its place, its lines are not.
  element.setAttribute("vector-effect", "non-scaling-stroke");
  return element;
}
