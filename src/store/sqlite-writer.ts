/** The Worker that writes a store file: an fsync takes 20 ms on some disks, and stops nobody here. */
import type { Database } from "bun:sqlite";

import { textOf } from "../core/errors.ts";
import { unpack } from "./batch.ts";
import { closeLog, openLog } from "./log-file.ts";
import { LogWriter } from "./log-writer.ts";
import { isFull, StoreError } from "./refusal.ts";
import type { WriterAnswer, WriterRequest } from "./writer-messages.ts";

let open: { readonly db: Database; readonly writer: LogWriter } | undefined;

function answer(request: WriterRequest): WriterAnswer {
  if (request.type === "open") {
    const { db, log, head } = openLog(request.file, request);
    open = { db, writer: new LogWriter(db, request.keys) };
    return { type: "opened", log, head };
  }
  if (open === undefined) throw new Error("The store is not open.");
  const { db, writer } = open;
  switch (request.type) {
    case "commit": {
      const committed = writer.commit(unpack(request), request.nowMs);
      return { type: "committed", ...committed, behind: writer.behind };
    }
    case "sweep":
      writer.sweep(request.nowMs);
      return { type: "swept", behind: writer.behind };
    case "close":
      open = undefined;
      closeLog(db);
      return { type: "closed" };
  }
}

addEventListener("message", ({ data }: MessageEvent<WriterRequest>) => {
  try {
    postMessage(answer(data));
  } catch (error) {
    postMessage(failure(error));
  }
});

function failure(error: unknown): WriterAnswer {
  if (error instanceof StoreError) return { type: "refused", reason: error.reason };
  return { type: "failed", full: isFull(error), detail: textOf(error) };
}
