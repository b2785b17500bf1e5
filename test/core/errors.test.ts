import { describe, expect, test } from "bun:test";

import { BellcastError, type ErrorRow, ERRORS, textOf } from "../../src/core/errors.ts";

/** The statuses that the contract names; a client is told no other. */
const STATUSES = [
  ...[400, 401, 403, 404, 405, 409, 413, 415, 421, 422, 426, 429, 431],
  ...[500, 503, 507],
];

const rows: [code: string, row: ErrorRow][] = Object.entries(ERRORS);

describe("the table of errors", () => {
  test.each(rows)("%s has a code, a status and words", (code, { status, message, hint }) => {
    expect(code).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    expect(STATUSES).toContain(status);
    for (const { en, zh } of [message, hint]) {
      expect(en).toMatch(/^[A-Z][\x20-\x7e…]*\.$/);
      expect(zh).toMatch(/\p{Script=Han}.*。$/u);
      expect([en, zh].join("")).not.toMatch(/\n|\||undefined/);
    }
    expect(message.en.length).toBeLessThan(100);
  });

  test("only what may pass by itself is worth trying again", () => {
    const retry = rows.filter(([, row]) => row.retry).map(([code]) => code);
    expect(retry).toEqual([
      "job_running",
      "too_many_scheduled",
      "internal_error",
      "hook_failed",
      "too_many_connections",
      "store_failed",
      "store_full",
      "shutting_down",
    ]);
    // A server's trouble, a conflict that ends by itself, or too many for now.
    for (const [, row] of rows)
      if (row.retry && row.status < 500) expect([409, 429]).toContain(row.status);
  });

  test("no two errors say the same", () => {
    for (const lang of ["en", "zh"] as const) {
      expect(new Set(rows.map(([, row]) => row.message[lang])).size).toBe(rows.length);
    }
  });
});

describe("an error", () => {
  test("says its row's message when there is no more to say", () => {
    const error = new BellcastError("unknown_path");
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.message, error.row]).toEqual([
      "BellcastError",
      "unknown_path",
      "There is nothing at this path.",
      ERRORS.unknown_path,
    ]);
    expect([error.headers, error.cause, "cause" in error]).toEqual([{}, undefined, false]);
  });

  test("carries what happened, and the headers of the answer", () => {
    const cause = new Error("deeper");
    const headers = { Allow: "GET, POST" };
    const error = new BellcastError("method_not_allowed", { detail: "DELETE /", headers, cause });
    expect([error.message, error.headers, error.cause]).toEqual(["DELETE /", headers, cause]);
  });
});

describe("what was thrown as text", () => {
  const throwing = {
    toString() {
      throw new Error("no");
    },
  };
  test.each<[text: string, thrown: unknown]>([
    ["TypeError: no", new TypeError("no")],
    ["no", "no"],
    ["undefined", undefined],
    ["null", null],
    ["Symbol(s)", Symbol("s")],
    ["[object Object]", {}],
  ])("%s", (text, thrown) => {
    expect(textOf(thrown)).toBe(text);
  });

  test("is a text also where there is none", () => {
    expect(textOf(Object.create(null))).toBe("something that has no text was thrown");
    expect(textOf(throwing)).toBe("something that has no text was thrown");
  });
});
