import type { Codec, Frame } from "../core/codec.ts";
import type { Command } from "../core/command.ts";
import type { Message } from "../core/message.ts";

function payload({ data }: Message): Frame {
  return data.kind === "bytes" ? data.bytes : data.text;
}

/**
 * Plain text: each message arrives as its bare payload, bytes as a binary frame, and whatever the
 * client sends is a message. There is no room for anything else: neither ids nor gaps.
 */
export const plain: Codec = {
  name: "plain",
  encode: payload,
  encodeReplay: payload,
  encodeEvent: () => undefined,
  decode(frame: Frame): Command {
    return typeof frame === "string"
      ? { type: "say", data: { kind: "text", text: frame, size: Buffer.byteLength(frame) } }
      : { type: "say", data: { kind: "bytes", bytes: frame, size: frame.byteLength } };
  },
};
