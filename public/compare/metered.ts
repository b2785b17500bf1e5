import type { Platform } from "../../src/client/index.ts";
import type { Meter } from "./meter.ts";
import {
  chunkBytes,
  CLOSE_PAYLOAD,
  frameBytes,
  handshakeAnswerBytes,
  handshakeBytes,
  isChunked,
  LAST_CHUNK_BYTES,
  requestBytes,
  responseHeadBytes,
  type Seen,
  sizeOf,
} from "./wire-size.ts";

/** A `fetch` for GET that tells the meter what goes over the wire, while it goes. */
export function meteredFetch(meter: Meter, seen: Seen): Platform["fetch"] {
  return async (url, init) => {
    const { pathname, search } = new URL(url, location.href);
    meter.request(requestBytes(seen, pathname + search));
    const response = await fetch(url, init);
    const { body, headers, status } = response;
    meter.receive(responseHeadBytes(response));
    // Chromium gives an answer without content a body, with which no answer can be made.
    if (body === null || status === 204) return response;
    // Where somebody on the way has compressed it, what was on the wire is only told by the length.
    const packed = headers.has("content-encoding") && Number(headers.get("content-length"));
    if (packed) {
      meter.receive(packed);
      return response;
    }
    const chunked = isChunked(headers, status);
    const counting = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        meter.receive(chunked ? chunkBytes(chunk.byteLength) : chunk.byteLength);
        controller.enqueue(chunk);
      },
      flush() {
        if (chunked) meter.receive(LAST_CHUNK_BYTES);
      },
    });
    return new Response(body.pipeThrough(counting), response);
  };
}

/** A `WebSocket` that does the same, where there is one. */
export function meteredSocket(meter: Meter, seen: Seen): Platform["WebSocket"] {
  const Socket = window.WebSocket as typeof WebSocket | undefined;
  // The client finds out by itself.
  if (Socket === undefined) return window.WebSocket;
  return class extends Socket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      meter.request(handshakeBytes(seen, new URL(url), location.origin, protocol));
      this.addEventListener("open", () => meter.receive(handshakeAnswerBytes(protocol)));
      this.addEventListener("message", ({ data }) =>
        meter.receive(frameBytes(sizeOf(String(data)), "server")),
      );
      this.addEventListener("close", ({ wasClean, reason }) => {
        if (!wasClean) return;
        // Both have said goodbye, the one in the words of the other.
        const payload = CLOSE_PAYLOAD + sizeOf(reason);
        meter.send(frameBytes(payload, "browser"));
        meter.receive(frameBytes(payload, "server"));
      });
    }

    override send(data: string): void {
      meter.send(frameBytes(sizeOf(data), "browser"));
      super.send(data);
    }
  };
}
