import { expect, test } from "bun:test";

import { ManualClock } from "../clock.ts";
import { start } from "../http/harness.ts";
import type { ServerFrame } from "../transport/json-client.ts";
import { openSocket } from "../transport/ws.ts";

const VIEWERS = 200;
const COMMENTS = 5_000;
/** Ten seconds for all of them. */
const EACH_MS = 2;

/** Somebody who looks on, by `bellcast.v1`. */
class Viewer implements Disposable {
  /** Of the topic that is sampled: what came, and how many it was told that did not. */
  readonly sampled: ServerFrame[] = [];
  skipped = 0;
  /** Of the topic beside it. */
  readonly queued: unknown[] = [];
  #welcomed = Promise.withResolvers<void>();
  #socket: WebSocket | undefined;
  #wake: () => void = () => {};

  async open(url: string, topics: string): Promise<this> {
    const path = `/ws?topics=${topics}`;
    const read = (frame: string | Uint8Array) => this.#read(JSON.parse(String(frame)));
    ({ socket: this.#socket } = await openSocket(url, path, ["bellcast.v1"], read));
    await this.#welcomed.promise;
    return this;
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  #read(frame: ServerFrame): void {
    if (frame.type === "welcome") this.#welcomed.resolve();
    if (frame.type === "skipped") this.skipped += Number(frame["count"]);
    if (frame.type === "message" && frame.topic === "danmaku") this.sampled.push(frame);
    if (frame.type === "message" && frame.topic === "orders") this.queued.push(frame.data);
    this.#wake();
  }

  [Symbol.dispose](): void {
    this.#socket?.close();
  }
}

test("of 5,000 comments in ten seconds each of 200 viewers gets an even sample and the exact rest as a number, and a topic beside it stays complete", async () => {
  const clock = new ManualClock();
  const began = clock.now();
  const topics = {
    danmaku: { overload: "sample:20/s", history: 10_000 },
    orders: { history: 10_000 },
  } as const;
  await using app = await start({ clock, topics });
  using viewers = new DisposableStack();
  const all = await Promise.all(
    Array.from({ length: VIEWERS }, (_, n) => {
      const viewer = viewers.use(new Viewer());
      // A million frames in one process would be another test.
      return viewer.open(app.url, n < 5 ? "danmaku,orders" : "danmaku");
    }),
  );
  const published: Promise<readonly [isSkipped: boolean, id: number | undefined]>[] = [];
  for (let n = 0; n < COMMENTS; n++) {
    published.push(
      app.publish("danmaku", n).then(({ skipped, id }) => [skipped === true, id] as const),
    );
    void app.publish("orders", n);
    await clock.advance(EACH_MS);
  }
  const delivered = (await Promise.all(published)).flatMap(([isSkipped, id]) =>
    isSkipped ? [] : [id],
  );
  // Ten at once, and then one each 50 ms.
  expect(delivered).toHaveLength(209);
  await clock.advance(250);
  for (const viewer of all) {
    await viewer.until(() => viewer.sampled.length + viewer.skipped >= COMMENTS);
    expect(viewer.sampled.length + viewer.skipped).toBe(COMMENTS);
    expect(viewer.sampled.map(({ id }) => id)).toEqual(delivered);
  }
  const seconds = all[0]?.sampled.map(({ time }) => Math.floor((Number(time) - began) / 1_000));
  const rates = Array.from({ length: 10 }, (_, n) => seconds?.filter((one) => one === n).length);
  expect(rates).toEqual([29, ...Array<number>(9).fill(20)]);
  const everything = Array.from({ length: COMMENTS }, (_, n) => n);
  for (const viewer of all.slice(0, 5)) {
    await viewer.until(() => viewer.queued.length >= COMMENTS);
    expect(viewer.queued).toEqual(everything);
  }
}, 60_000);
