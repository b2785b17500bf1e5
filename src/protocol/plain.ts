import type { Codec, Frame } from "../core/codec.ts";
import type { Message } from "../core/message.ts";

/** Plain text: each message arrives as its bare payload, bytes as a binary frame. */
export const plain: Codec = {
  name: "plain",
  encode({ data }: Message): Frame {
    return data.kind === "bytes" ? data.bytes : data.text;
  },
};
