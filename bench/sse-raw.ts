/**
 * The control row of `sse.ts`: nothing but `Bun.serve`, a `ReadableStream` for each client, and one
 * write to each of them for each event, which is encoded once for all.
 */
import { TOPIC, underTest } from "./target.ts";

const streams = new Set<{ write(event: Uint8Array<ArrayBuffer>): void }>();

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  routes: {
    [`/t/${TOPIC}/sse`]: (request) => {
      const body = new ReadableStream({
        type: "direct",
        async pull(controller: ReadableStreamDirectController) {
          const write = (event: Uint8Array<ArrayBuffer>) => {
            void controller.write(event);
            void controller.flush();
          };
          const stream = { write };
          streams.add(stream);
          write(Buffer.from(": hello\n\n"));
          const { promise, resolve } = Promise.withResolvers<void>();
          request.signal.addEventListener("abort", () => resolve());
          await promise;
          streams.delete(stream);
        },
      } as unknown as UnderlyingSource);
      return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
    },
  },
});

underTest(server.url.href, (data) => {
  const fields = JSON.stringify({ topic: TOPIC, time: Date.now(), data });
  const event = Buffer.from(`event: message\ndata: ${fields}\n\n`);
  for (const { write } of streams) write(event);
});
