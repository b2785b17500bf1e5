import { parseArgs } from "node:util";

type Bounds = { min: number; max: number };

/**
 * A benchmark's command line: options that take whole numbers, `--json` and `--help`. Ends the process
 * with 2 and a message when an option is unknown or out of its bounds.
 */
export class CommandLine {
  readonly json: boolean;
  readonly #usage: string;
  readonly #given: Record<string, unknown>;

  constructor(usage: string, names: readonly string[]) {
    this.#usage = usage;
    this.#given = this.#parse(names);
    this.json = this.#given["json"] === true;
    if (this.#given["help"] === true) {
      console.log(usage);
      process.exit(0);
    }
  }

  number(name: string, otherwise: number, bounds: Bounds): number {
    const given = this.#given[name];
    return given === undefined ? otherwise : this.#whole(name, String(given), bounds);
  }

  /** Numbers with commas between them. */
  list(name: string, otherwise: readonly number[], bounds: Bounds): readonly number[] {
    const given = this.#given[name];
    if (given === undefined) return otherwise;
    return String(given)
      .split(",")
      .map((each) => this.#whole(name, each, bounds));
  }

  #parse(names: readonly string[]): Record<string, unknown> {
    const numbers = names.map((name) => [name, { type: "string" as const }]);
    const flag = { type: "boolean" as const };
    try {
      return parseArgs({ options: { ...Object.fromEntries(numbers), json: flag, help: flag } })
        .values;
    } catch (error) {
      return this.#refuse(error instanceof Error ? error.message : String(error));
    }
  }

  #whole(name: string, text: string, { min, max }: Bounds): number {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    return this.#refuse(`--${name} takes whole numbers from ${min} to ${max}, not "${text}"`);
  }

  #refuse(message: string): never {
    console.error(`${message}\n\n${this.#usage}`);
    process.exit(2);
  }
}
