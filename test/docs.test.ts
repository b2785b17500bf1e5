import { expect, test } from "bun:test";
import { resolve } from "node:path";

import { ERRORS } from "../src/core/errors.ts";
import { CLOSE } from "../src/core/session.ts";
import { ERRORS_DOC, errorsDoc, REWRITE } from "./support/errors-doc.ts";

const page = await Bun.file(ERRORS_DOC).text();

test("docs/errors.md is the table of errors", () => {
  expect(page, `docs/errors.md is out of date: run ${REWRITE}`).toBe(errorsDoc());
});

/** The lines of its tables, without the spaces that align them. */
const rows = page.split("\n").map((line) => line.replace(/ +/g, " "));

test("the page has a row in each language for every error, and every cell of it", () => {
  for (const [code, { status, retry, message, hint }] of Object.entries(ERRORS)) {
    const answer = retry ? "yes" : "no";
    expect(rows).toContain(`| ${status} | \`${code}\` | ${answer} | ${message.en} | ${hint.en} |`);
    expect(rows).toContain(`| \`${code}\` | ${message.zh} | ${hint.zh} |`);
  }
});

test("the page says what a client does at every close code that the server sends", () => {
  const closes = page.slice(page.indexOf("## Close codes"));
  const codes = [...closes.matchAll(/^\| (\d{4}) +\| \S.* \| \S.* \|$/gm)].map(([, code]) =>
    Number(code),
  );
  expect(codes).toEqual(
    Object.values(CLOSE)
      .map(({ code }) => code)
      .sort(),
  );
});

test("the page of the client's guide has fifteen lines", async () => {
  const guide = await Bun.file(resolve(import.meta.dir, "../docs/client.md")).text();
  const [, example = ""] = /```html\n([\s\S]*?)\n```/.exec(guide) ?? [];
  expect(example).toContain('from "/client.js"');
  expect(example.split("\n").length).toBe(15);
});
