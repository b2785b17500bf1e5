/** What a subscriber does with the frames that its server sends. */
export type FrameVisitor = {
  /** A data frame; `marker` is the first byte of its payload, the rest is skipped. */
  message(marker: number): void;
  ping(payload: Uint8Array): void;
};

const NOTHING = Buffer.alloc(0);

/**
 * Counts the WebSocket frames of one server in a stream of TCP chunks (RFC 6455, section 5.2): reads
 * lengths, skips payloads, and joins what a chunk boundary has cut.
 */
export class FrameReader {
  readonly #visitor: FrameVisitor;
  #cut: Buffer = NOTHING;

  constructor(visitor: FrameVisitor) {
    this.#visitor = visitor;
  }

  /** @throws when the server closes, or sends a frame that no benchmark message needs. */
  read(chunk: Buffer): void {
    const bytes = this.#cut.length === 0 ? chunk : Buffer.concat([this.#cut, chunk]);
    let at = 0;
    while (at + 2 <= bytes.length) {
      const opcode = bytes[at]! & 0x0f;
      let length = bytes[at + 1]!;
      let payload = at + 2;
      if (length === 126) {
        if (payload + 2 > bytes.length) break;
        length = bytes.readUInt16BE(payload);
        payload += 2;
      } else if (length > 126) {
        throw new Error("the server sent a masked frame, or one of 64 KiB or more");
      }
      const end = payload + length;
      if (end > bytes.length) break;

      if (opcode === 1 || opcode === 2) this.#visitor.message(bytes[payload]!);
      else if (opcode === 9) this.#visitor.ping(bytes.subarray(payload, end));
      else throw new Error(`the server sent a frame with opcode ${opcode}`);
      at = end;
    }
    this.#cut = at === bytes.length ? NOTHING : Buffer.from(bytes.subarray(at));
  }
}

/** A client's pong; its mask is zero, so that the payload is sent as it came. */
export function pong(payload: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([0x8a, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
