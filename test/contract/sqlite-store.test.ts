import { afterAll, setDefaultTimeout } from "bun:test";
import { join } from "node:path";

import { SqliteStore } from "../../src/store/sqlite.ts";
import { temporaryFolder } from "../e2e/executable.ts";
import { agendaContract, agendaOf } from "./agenda.ts";
import { type OpenStore, storeContract } from "./store.ts";

// The model opens three hundred stores, each with a thread and a file of its own.
setDefaultTimeout(60_000);

const folder = await temporaryFolder();
afterAll(() => folder[Symbol.asyncDispose]());

let opened = 0;
const open: OpenStore = ({ clock, keys }) =>
  SqliteStore.open({
    path: join(folder.path, `${++opened}.db`),
    clock,
    keys,
    events: { failing: console.error, resumed() {} },
  });

storeContract("the SQLite store", open);
agendaContract("the SQLite store", agendaOf(open));
