/** Bytes of log that wait for a reader before lines are dropped. */
const MOST_WAITING = 4 * 1024 * 1024;

/** The part of a stream that is used. */
interface Sink {
  readonly writableLength: number;
  write(text: string): unknown;
}

/**
 * Writes a log to a stream that may be a pipe nobody reads: what it cannot hold is counted and told of,
 * for a server must not die of its own log.
 */
export function logSink(
  stream: Sink,
  tellDropped: (lines: number) => string,
): (lines: string) => void {
  let dropped = 0;
  return (lines) => {
    if (stream.writableLength > MOST_WAITING) {
      dropped += lines.split("\n").length - 1;
      return;
    }
    if (dropped > 0) stream.write(`${tellDropped(dropped)}\n`);
    dropped = 0;
    stream.write(lines);
  };
}
