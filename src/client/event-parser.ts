/** Takes Server-Sent Events apart: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export class EventParser {
  #rest = "";
  #event = "";
  #data: string[] = [];

  /** Returns the events that are complete now, each as its name and its data. */
  read(text: string): [event: string, data: string][] {
    // A carriage return at the end may be half of a line break.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line): [string, string][] => {
      const [, name, value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (name === "event") this.#event = value;
      if (name === "data") this.#data.push(value);
      if (line !== "") return [];
      const [event, data] = [this.#event || "message", this.#data];
      [this.#event, this.#data] = ["", []];
      return data.length > 0 ? [[event, data.join("\n")]] : [];
    });
  }
}
