/** The element with this id. Throws when the page has none, or one of another type. */
export function byId<T extends Element>(id: string, type: abstract new () => T): T {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`#${id} is not a ${type.name}`);
}

/**
 * Makes an element with these attributes and this content. A `true` attribute is there without a
 * value, a `false` one is not there. Texts become text, whatever they look like.
 */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | boolean>> = {},
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...content);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** A picture of one path, in the colour of the text that it stands in. */
export function drawing(path: string, attributes: Readonly<Record<string, string>>): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** A line drawing of 24 by 24, that says nothing by itself. */
export function icon(path: string): SVGSVGElement {
  return drawing(path, { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" });
}
