import type { RawConnection } from "../http/raw.ts";

/** A frame of the server's, as it stands on the wire; the server's are whole and not masked. */
export interface WireFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Reads the next frame. @throws Error when the connection ends before */
export async function readFrame(socket: RawConnection): Promise<WireFrame> {
  const [first = 0, short = 0] = await socket.bytes(2);
  let length = short & 0x7f;
  if (length === 126) length = (await socket.bytes(2)).readUInt16BE();
  else if (length === 127) length = Number((await socket.bytes(8)).readBigUInt64BE());
  return { opcode: first & 0x0f, payload: await socket.bytes(length) };
}

/** The whole frames of what a connection has left when it ends; the last may have been cut. */
export function wholeFrames(bytes: Buffer): WireFrame[] {
  const frames: WireFrame[] = [];
  let at = 0;
  while (at + 2 <= bytes.byteLength) {
    const short = bytes.readUInt8(at + 1) & 0x7f;
    const header = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (at + header > bytes.byteLength) break;
    const length =
      short === 127
        ? Number(bytes.readBigUInt64BE(at + 2))
        : short === 126
          ? bytes.readUInt16BE(at + 2)
          : short;
    const end = at + header + length;
    if (end > bytes.byteLength) break;
    frames.push({
      opcode: bytes.readUInt8(at) & 0x0f,
      payload: bytes.subarray(at + header, end),
    });
    at = end;
  }
  return frames;
}
