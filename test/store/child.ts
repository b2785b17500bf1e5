/**
 * Opens a store in a process of its own: `child.ts FILE [hold|publish|schedule]`. Ends with 3 and the reason
 * when it is refused.
 */
import { textData } from "../../src/core/message.ts";
import { StoreError } from "../../src/store/refusal.ts";
import { append, KEEP, openStore } from "./fixture.ts";

const [path = "", task] = process.argv.slice(2);

async function open() {
  try {
    return await openStore(path);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    process.stderr.write(`${error.reason.en}\n`);
    process.exit(3);
  }
}

const store = await open();
if (task === "hold") {
  await append(store, "a", "held");
  process.stdout.write("held\n");
  await Bun.sleep(60_000);
}
if (task === "publish") {
  // Sixteen publishers; what is acknowledged is told, with its id, in the turn that it is known in.
  const publish = async (publisher: number) => {
    for (let n = 0; ; n++) {
      const text = `${process.pid}-${publisher}-${n}`;
      const { id } = await append(store, `t${publisher % 3}`, text);
      process.stdout.write(`${id} ${text}\n`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, publisher) => publish(publisher)));
}
if (task === "schedule") {
  // Each message waits, and is fired; both are told.
  const publish = async (publisher: number) => {
    for (let n = 0; ; n++) {
      const id = `${process.pid}-${publisher}-${n}`;
      const draft = { topic: `t${publisher % 3}`, time: Date.now(), data: textData(id) };
      await store.schedule({ ...draft, id, due: draft.time, created: draft.time });
      process.stdout.write(`waits ${id}\n`);
      await store.appendFired(draft, KEEP, { type: "scheduled", id });
      process.stdout.write(`fired ${id}\n`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, publisher) => publish(publisher)));
}
await store.close();
