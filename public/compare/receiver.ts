import { connect, type Platform, type Status, type Transport } from "../../src/client/index.ts";

/** What a receiver tells. */
export interface Heard {
  readonly message: (data: unknown) => void;
  readonly status: (status: Status) => void;
  /** The server does not give the topic, and says why by a code. */
  readonly refused: (code: string) => void;
}

/** What receives a topic: a client, or what polls. */
export interface Receiver {
  /** Ends what is under way as a network that fails would, and stays away for so long. */
  drop(afterMs: number): void;
  /** Lets go until `retryNow`. */
  suspend(): void;
  retryNow(): void;
  close(): void;
}

/** What a receiver reaches the server with. */
export type Means = Pick<Platform, "fetch" | "WebSocket">;

export type OpenReceiver = (topic: string, heard: Heard, means: Means) => Receiver;

/** A client of this one transport, that receives this topic and nothing else. */
export function receiveBy(transport: Transport): OpenReceiver {
  return (topic, heard, means) => {
    const options = { transports: [transport], topics: [topic], share: false };
    const client = connect(location.origin, options, means);
    client.topic(topic).on("message", ({ data }) => heard.message(data));
    client.on("error", ({ code }) => heard.refused(code));
    client.on("status", heard.status);
    client.leave("all");
    return client;
  };
}
