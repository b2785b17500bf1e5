import { expect, test } from "bun:test";

import { initToml } from "../../src/config/init.ts";
import { KEY_NAMES, PLAIN_KEYS } from "../../src/config/keys.ts";
import { FLAGS, variableOf } from "../../src/config/layers.ts";
import { configOf } from "./fixture.ts";

const page = await Bun.file(new URL("../../docs/config.md", import.meta.url)).text();

interface Row {
  readonly key: string;
  readonly cells: readonly string[];
}

/** The rows of the tables, with the section that they stand under. */
function rows(markdown: string): Row[] {
  let section = "";
  return markdown.split("\n").flatMap((line) => {
    if (line.startsWith("#")) section = /`\[+(\w+)/.exec(line)?.[1] ?? "";
    const [name, ...cells] = line.split("|").slice(1, -1);
    const key = /^ `([\w.]+)` +$/.exec(name ?? "")?.[1];
    const prefix = section === "" ? "" : `${section}.`;
    return key === undefined
      ? []
      : [{ key: prefix + key, cells: cells.map((cell) => cell.trim()) }];
  });
}

const [reference = "", names = ""] = page.split("\n## Environment and flags\n");

test("docs/config.md lists exactly the keys of the schema", () => {
  const listed = rows(reference).map(({ key }) => key);
  expect(listed.toSorted()).toEqual(KEY_NAMES.toSorted());
});

test("docs/config.md tells the defaults that config init writes", () => {
  let section = "";
  const defaults = new Map<string, string>();
  for (const line of initToml("en").split("\n")) {
    section = /^\[+(\w+)/.exec(line)?.[1] ?? section;
    const [, key, value] = /^(\w+) = (.*)$/.exec(line) ?? [];
    const name = `${section}.${key}`;
    if (value !== undefined && !defaults.has(name)) defaults.set(name, `\`${value}\``);
  }
  // The clock's own values are no defaults of a job, nor the pages' of a topic.
  for (const key of ["job.name", "job.cron", "job.template", "topics.latest_by"]) {
    defaults.delete(key);
  }
  defaults.set("topics.history", "`100`, in an inbox `0`");
  const told = rows(reference).flatMap(({ key, cells: [, value = ""] }) =>
    defaults.has(key) ? [[key, value]] : [],
  );
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(defaults));
});

test("docs/config.md names the variable and the flag of every key that has one", () => {
  const code = (text: string | undefined) => (text === undefined ? "" : `\`${text}\``);
  expect(rows(names)).toEqual(
    PLAIN_KEYS.map((key) => ({ key, cells: [code(variableOf(key)), code(FLAGS[key])] })),
  );
});

const examples = [...page.matchAll(/```toml\n([^]*?)```/g)].map(([, text = ""]) => text);

test("docs/config.md has an example of each action", () => {
  const actions = ["message", "template", "fetch", "exec", "module"];
  const shown = actions.filter((key) => examples.some((text) => text.includes(`\n${key} = `)));
  expect(shown).toEqual(actions);
});

test.each(examples)("an example of docs/config.md is a valid file: %#", async (example) => {
  const { jobs } = await configOf(example, { files: { "orders.ts": "" } });
  expect(jobs).toHaveLength(1);
});
