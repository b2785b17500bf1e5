import { obey } from "./child.ts";

/** The topic that every subscriber of a benchmark asks for, and that is published to. */
export const TOPIC = "bench";

const FILLER = "x".repeat(99);

/** The benchmark's message: 100 bytes of text, the first of which is the marker of its round. */
export function message(marker: number): string {
  return String.fromCharCode(marker) + FILLER;
}

/** Where a server under test is reached: its HTTP address, and the port that commands publishing. */
export type Address = { url: string; control: number };

/** Bytes after a full collection: resident in the process, and in use on the JavaScript heap. */
export type Memory = { resident: number; heap: number };

/** What a server under test tells of itself. */
export type Target = {
  address(): Address;
  /** User and system time of this process so far. */
  cpuSeconds(): number;
  memory(): Promise<Memory>;
  /** Publishes messages with the marker one by one, at a rate, from inside this process. */
  pace(order: { marker: number; messages: number; perSecond: number }): Promise<void>;
};

/**
 * Puts a server under test. Each byte that comes in on its control port is the marker of a message,
 * published at once from inside this process: a write of sixteen bytes is sixteen messages in one
 * tick. The load generator writes them itself, so that knowing the last message to have arrived and
 * publishing the next are one hop apart.
 */
export function underTest(url: string, publish: (text: string) => unknown): void {
  const control = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(_, markers) {
        for (const marker of markers) publish(message(marker));
      },
    },
  });
  obey<Target>({
    address: () => ({ url, control: control.port }),
    cpuSeconds: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
    pace: async ({ marker, messages, perSecond }) => {
      const began = performance.now();
      for (let published = 0; published < messages;) {
        const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
        if (published < Math.min(due, messages)) {
          publish(message(marker));
          published++;
          // one that is late must not share a tick with the next
          await new Promise((resolve) => setImmediate(resolve));
        } else await Bun.sleep(1);
      }
    },
    memory: async () => {
      // the allocator gives pages back some time after the collection that freed them
      for (let round = 0; round < 4; round++) {
        Bun.gc(true);
        await Bun.sleep(250);
      }
      const { rss, heapUsed } = process.memoryUsage();
      return { resident: rss, heap: heapUsed };
    },
  });
}
