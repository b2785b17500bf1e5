/** The element with this id. Throws when the page has none, or one of another type. */
export function byId<T extends HTMLElement>(id: string, type: abstract new () => T): T {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`#${id} is not a ${type.name}`);
}
