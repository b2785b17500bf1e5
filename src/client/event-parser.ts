/** Takes Server-Sent Events apart: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export class EventParser {
  #rest = "";

  /** Returns the events that are complete now, each as its name and its data. */
  read(text: string): [event: string, data: string][] {
    // A carriage return at the end may be half of a line break.
    const [lines] = [`${this.#rest}${text}`.split(/\r\n|\n|\r(?!$)/)];
    this.#rest = lines.pop() ?? "";
    const events: [string, string][] = [];
    for (const line of lines) this.#line(line, events);
    return events;
  }

  #event = "";
  #data: string[] = [];

  #line(line: string, events: [string, string][]): void {
    const [, name, value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (name === "event") this.#event = value;
    else if (name === "data") this.#data.push(value);
    else if (line === "") {
      if (this.#data.length > 0) events.push([this.#event || "message", this.#data.join("\n")]);
      [this.#event, this.#data] = ["", []];
    }
  }
}
