import { expect, test } from "bun:test";

import { logSink } from "../../src/cli/log-sink.ts";

const MOST_WAITING = 4 * 1024 * 1024;

test("a log that nobody reads is cut at four mebibytes, and says by how many lines", () => {
  const written: string[] = [];
  const stream = {
    writableLength: MOST_WAITING,
    write: (text: string) => written.push(text),
  };
  const write = logSink(stream, (lines) => `${lines} lost`);
  write("at the limit\n");
  stream.writableLength = MOST_WAITING + 1;
  write("past it\nand more\n");
  write("and more\n");
  stream.writableLength = 0;
  write("read again\n");
  write("as usual\n");
  expect(written).toEqual(["at the limit\n", "3 lost\n", "read again\n", "as usual\n"]);
});
