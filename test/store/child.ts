/**
 * Opens a store in a process of its own: `child.ts FILE [hold|publish]`. Ends with 3 and the reason
 * when it is refused.
 */
import { StoreError } from "../../src/store/refusal.ts";
import { append, openStore } from "./fixture.ts";

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
await store.close();
