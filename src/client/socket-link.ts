import type { ServerFrame } from "./frames.ts";
import type { Link, LinkOptions } from "./link.ts";

/** A connection over WebSocket, in `bellcast.v1`. */
export function openSocket({ platform, addresses, sid, token, frame, ended }: LinkOptions): Link {
  const url = addresses(["ws", sid], { token }).replace(/^http/, "ws");
  const socket = new platform.WebSocket(url, "bellcast.v1");
  socket.addEventListener("message", ({ data }) => {
    let said: ServerFrame;
    try {
      said = JSON.parse(String(data)) as ServerFrame;
    } catch {
      // Whoever spoke is no Bellcast.
      return socket.close(1000);
    }
    frame(said);
  });
  socket.addEventListener("close", ({ code, reason }) => ended(code, reason));
  return {
    send: (command) => socket.send(JSON.stringify(command)),
    close: () => socket.close(1000),
  };
}
