import type { ServerFrame } from "./frames.ts";
import type { Link, LinkOptions } from "./link.ts";
import type { Platform } from "./types.ts";

/** What a tab and the worker of `tabs.ts` say, beside the frames of `bellcast.v1`. */
export type TabFrame =
  ServerFrame | { readonly type: "ended"; readonly code: number; readonly reason: string };

/** A connection that the tabs of a browser share: a worker has it, and speaks `bellcast.v1` with each. */
export function openShared({ platform, addresses, share, frame, ended }: LinkOptions): Link {
  // Without one this is not tried.
  const SharedWorker = platform.SharedWorker as NonNullable<Platform["SharedWorker"]>;
  const worker = new SharedWorker(addresses(["client-worker.js"]), { type: "module", name: share });
  const { port } = worker;
  worker.onerror = () => ended(0, "");
  port.onmessage = ({ data }: { data: TabFrame }) =>
    data.type === "ended" ? ended(data.code, data.reason) : frame(data);
  const send = (command: object) => port.postMessage(command);
  return {
    send,
    close() {
      send({ type: "bye" });
      port.close();
    },
  };
}
