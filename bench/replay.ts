/** Readers of a backlog, in a process of their own. */
import { obey } from "./child.ts";
import { Subscriber } from "./connections.ts";
import { TOPIC } from "./target.ts";

export type Replay = {
  /** Reads a backlog of so many messages with each of the readers, and tells how many seconds it took. */
  replay(order: { url: string; readers: number; messages: number }): Promise<number>;
};

obey<Replay>({
  replay: async ({ url, readers, messages }) => {
    const began = performance.now();
    await Promise.all(
      Array.from({ length: readers }, async (_, index) => {
        const done = Promise.withResolvers<void>();
        let left = messages;
        const subscriber = new Subscriber({
          message: () => {
            if (--left === 0) done.resolve();
          },
          answer() {},
          failed: done.reject,
        });
        const query = `topics=${TOPIC}&since=all`;
        await subscriber.open(new URL(url), `r${index}`, undefined, query);
        await done.promise;
        subscriber.close();
      }),
    );
    return (performance.now() - began) / 1000;
  },
});
