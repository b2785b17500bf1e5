import type { ServerFrame } from "./frames.ts";
import type { Link, LinkOptions } from "./link.ts";

/** A connection over WebSocket, in `bellcast.v1`. */
export function openSocket({ platform, addresses, sid, token, ...events }: LinkOptions): Link {
  const url = addresses.of(["ws", sid], { token }).replace(/^http/, "ws");
  const socket = new platform.WebSocket(url, "bellcast.v1");
  // A socket that was given up may still speak.
  let isOpen = true;
  socket.addEventListener("message", ({ data }) => {
    if (!isOpen) return;
    const text = String(data);
    events.heard();
    events.raw("in", text);
    try {
      events.frame(JSON.parse(text) as ServerFrame);
    } catch {
      // Whoever spoke is no Bellcast.
      socket.close(1000);
    }
  });
  socket.addEventListener("close", ({ code, reason }) => {
    if (!isOpen) return;
    isOpen = false;
    events.ended(code, reason);
  });
  return {
    silenceMs: Number.POSITIVE_INFINITY,
    send(command) {
      const text = JSON.stringify(command);
      events.raw("out", text);
      socket.send(text);
    },
    close() {
      isOpen = false;
      socket.close(1000);
    },
  };
}
