/**
 * The control row: a bare `Bun.serve`, and a Worker with one transaction in flight that everything
 * which arrives meanwhile shares.
 */
import type { Rows } from "./durable-raw-writer.ts";

interface Waiting {
  readonly text: string;
  readonly resolve: (id: number) => void;
}

const writer = new Worker(new URL("./durable-raw-writer.ts", import.meta.url));
let waiting: Waiting[] = [];
let inFlight: Waiting[] | undefined;

function flush(): void {
  if (inFlight !== undefined || waiting.length === 0) return;
  inFlight = waiting;
  waiting = [];
  const rows: Rows = inFlight.map(({ text }) => ({ topic: "bench", time: Date.now(), text }));
  writer.postMessage(rows);
}

writer.onmessage = ({ data: first }: MessageEvent<number>) => {
  const done = inFlight ?? [];
  inFlight = undefined;
  flush();
  for (const [index, { resolve }] of done.entries()) resolve(first + index);
};

writer.postMessage(process.argv[2]);
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  development: false,
  routes: {
    "/t/bench": {
      POST: async (request) => {
        const text = await request.text();
        const { promise, resolve } = Promise.withResolvers<number>();
        waiting.push({ text, resolve });
        if (waiting.length === 1) setImmediate(flush);
        const id = await promise;
        return Response.json({ id, topic: "bench", time: Date.now(), sessions: 0 });
      },
    },
  },
});
console.log(server.url.origin);
