/** The rate is that of the last minute. */
const WINDOW_MS = 60_000;
/** Before that, one answer more or less would change too much. */
const LEAST_MS = 10_000;

/** What somebody has put on the wire, in both directions. */
export class Meter {
  readonly #now: () => number;
  readonly #requests: number[] = [];
  #requestCount = 0;
  #sent = 0;
  #received = 0;
  /** What there was, once a second. */
  #samples: { readonly at: number; readonly bytes: number }[];

  /** @param now the time of the page, in milliseconds */
  constructor(now: () => number) {
    this.#now = now;
    this.#samples = [{ at: now(), bytes: 0 }];
  }

  get requests(): number {
    return this.#requestCount;
  }

  get sent(): number {
    return this.#sent;
  }

  get received(): number {
    return this.#received;
  }

  get bytes(): number {
    return this.#sent + this.#received;
  }

  /** When the latest requests were made. */
  get requestedAt(): readonly number[] {
    return this.#requests;
  }

  /** Takes note of a request with its headers. */
  request(bytes: number): void {
    this.#requestCount++;
    this.#requests.push(this.#now());
    if (this.#requests.length > 1_000) this.#requests.shift();
    this.send(bytes);
  }

  send(bytes: number): void {
    this.#sent += bytes;
  }

  receive(bytes: number): void {
    this.#received += bytes;
  }

  /** To be called now and then. */
  sample(): void {
    const at = this.#now();
    if (at - (this.#samples.at(-1)?.at ?? 0) < 1_000) return;
    this.#samples.push({ at, bytes: this.bytes });
    this.#samples = this.#samples.filter((one) => at - one.at <= WINDOW_MS);
  }

  /** Bytes a second over the last minute; undefined while that cannot be told. */
  get rate(): number | undefined {
    const [oldest] = this.#samples;
    const spanMs = this.#now() - (oldest?.at ?? this.#now());
    if (oldest === undefined || spanMs < LEAST_MS) return undefined;
    return ((this.bytes - oldest.bytes) / spanMs) * 1_000;
  }
}
