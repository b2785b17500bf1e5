/**
 * Publishes over keep-alive connections, each waiting for its answer before the next:
 * `durable-load.ts URL CONNECTIONS SECONDS`. The first half second is not counted.
 */

export interface Acknowledged {
  readonly publishes: number;
  readonly seconds: number;
}

const WARM_UP_MS = 500;

const [address = "", connections = "64", seconds = "2"] = process.argv.slice(2);
const { hostname, port } = new URL(address);
const body = "x".repeat(100);
const request = `POST /t/bench HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

let publishes = 0;

await Promise.all(
  Array.from({ length: Number(connections) }, () =>
    Bun.connect({
      hostname,
      port: Number(port),
      socket: {
        open: (socket) => void socket.write(request),
        data(socket, answer) {
          // An answer is short, and comes in one piece.
          if (answer.subarray(9, 12).toString() !== "200") {
            console.error(answer.toString());
            process.exit(1);
          }
          publishes++;
          socket.write(request);
        },
      },
    }),
  ),
);
await Bun.sleep(WARM_UP_MS);
const [before, start] = [publishes, performance.now()];
await Bun.sleep(Number(seconds) * 1_000);
const result: Acknowledged = {
  publishes: publishes - before,
  seconds: (performance.now() - start) / 1_000,
};
console.log(JSON.stringify(result));
process.exit(0);
