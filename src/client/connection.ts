import type { Addresses } from "./addresses.ts";
import type { ServerFrame } from "./frames.ts";
import type { Ask } from "./http.ts";
import type { Link, OpenLink } from "./link.ts";
import { openPoll } from "./poll-link.ts";
import { openSocket } from "./socket-link.ts";
import { openStream } from "./stream-link.ts";
import type { BellcastError, Platform, Status, Transport } from "./types.ts";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/** A connection that has held this long starts the next backoff from the beginning. */
const HEALTHY_MS = 10_000;

/** How long a handshake may take, up to `welcome`: a socket may open and then stay mute. */
const WELCOME_MS = 8_000;

/** After so many failures in a row another transport is tried. */
const TRIES = 2;

/** How often better transports are tried while a worse one is used: less and less often. */
const FIRST_PROBE_MS = 15_000;
const LONGEST_PROBE_MS = 300_000;

/** How long the answer to a ping may take; and when the machine has slept, or the network changed. */
const PONG_MS = 10_000;
const QUICK_PONG_MS = 5_000;

/** How often a connection is looked at of which the server has not said how often. */
const LOOK_MS = 15_000;

/** A timer that comes so much too late: the machine has slept. */
const SLEPT_MS = 5_000;

/** The connection was cut (RFC 6455, section 7.4.1). */
const CUT = 1006;

/** Not WebSocket, not UTF-8, a bad frame, the token, forbidden, the sid is in use. */
const FINAL: readonly number[] = [1002, 1007, 4400, 4401, 4403, 4409];

/** Statuses of which the same request may come to another answer later; 426 asks for a WebSocket. */
const PASSING: readonly number[] = [408, 425, 426, 429];

const LINKS: Readonly<Record<Transport, OpenLink>> = {
  ws: openSocket,
  sse: openStream,
  poll: openPoll,
};

export interface ConnectionOptions {
  readonly platform: Platform;
  readonly addresses: Addresses;
  readonly ask: Ask;
  readonly sid: string;
  /** The best first. */
  readonly transports: readonly Transport[];
  /** @param isRefused whether the last one was */
  readonly token: (isRefused: boolean) => Promise<string | undefined>;
  /** What a transport has to name, at the moment at which it is opened. */
  readonly prepare: (transport: Transport) => Promise<Start>;
  /** Told of every frame of the connection that is used; each begins with `welcome`. */
  readonly onFrame: (frame: ServerFrame) => void;
  readonly onStatus: (status: Status) => void;
  /** Told when there is no connection any more. */
  readonly onLost: () => void;
  readonly onRaw: (direction: "in" | "out", transport: Transport, text: string) => void;
}

/** The topics, and where to begin in all of them. */
export interface Start {
  readonly topics: readonly string[];
  readonly since: string | undefined;
}

/**
 * Keeps connected, by the best transport that works. What was lost comes back after a random part of
 * a delay that doubles ("full jitter": a thousand pages do not return in one instant,
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export class Connection {
  readonly #options: ConnectionOptions;
  #status: Status;
  #link: Link | undefined;
  /** Those that have not said `welcome` yet. */
  readonly #dialled = new Set<Link>();
  /** The place of the transport in use, or to be used next, among `transports`. */
  #rung = 0;
  /** Handshakes of this transport that have failed in a row. */
  #misses = 0;
  #failures = 0;
  #isRefusedToken = false;
  /** Whether the topics are subscribed to over this connection. */
  #isReady = false;
  #afterMs = 0;
  #heardAt = 0;
  #probeMs = FIRST_PROBE_MS;
  /** What is under way; what it waits for is no concern any more when it has changed. */
  #turn: object | undefined;
  #pingMs = LOOK_MS;
  readonly #timers = new Map<string, () => void>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#status = this.#statusOf("closed");
  }

  get status(): Status {
    return this.#status;
  }

  /** Sends a command; undefined where there is no connection, or one that carries nothing this way. */
  get send(): ((command: object) => void) | undefined {
    return this.#link?.send;
  }

  /** Begins, or begins again after `closed` or `refused`. */
  connect(): void {
    if (this.#status.state !== "closed" && this.#status.state !== "refused") return;
    [this.#failures, this.#misses, this.#rung] = [0, 0, 0];
    void this.#attempt();
  }

  /** There is reason to hope: the network is back, the page is shown, somebody asks. */
  retryNow(): void {
    const { state } = this.#status;
    if (state === "waiting") void this.#attempt();
    if (state !== "open") return;
    this.#ask(QUICK_PONG_MS);
    this.#probe();
  }

  /** Opens the connection anew where it had to name its topics. */
  reopen(): void {
    const { state } = this.#status;
    const isNamed = this.#transport !== "ws" && (state === "open" || state === "connecting");
    if (isNamed) void this.#attempt();
  }

  /** Ends the connection as if the network had, and comes back, not sooner than after `afterMs`. */
  drop(afterMs = 0): void {
    if (this.#link === undefined) return;
    this.#release();
    this.#wait(CUT, "", afterMs);
  }

  /** Ends the connection until `retryNow`: the page is put aside, and may be shown again. */
  suspend(): void {
    const { state } = this.#status;
    if (state === "closed" || state === "refused") return;
    this.#release();
    this.#enter("waiting", {});
  }

  close(): void {
    this.#release();
    this.#enter("closed", {});
  }

  get #transport(): Transport {
    return this.#options.transports[this.#rung] ?? "ws";
  }

  async #attempt(): Promise<void> {
    this.#release();
    const turn = (this.#turn = {});
    this.#enter("connecting", {});
    await this.#dial(this.#rung, turn, (code, reason) => void this.#failed(code, reason));
  }

  /** Opens a link, which is the connection's from its `welcome` on. */
  async #dial(
    rung: number,
    turn: object,
    failed: (code: number, reason: string) => void,
  ): Promise<void> {
    const { platform, transports, prepare, token, onRaw } = this.#options;
    const transport = transports[rung] ?? "ws";
    let link: Link | undefined;
    const fail = (code: number, reason: string) => {
      this.#cancel(`welcome ${rung}`);
      if (link) this.#dialled.delete(link);
      link?.close();
      if (this.#turn === turn) failed(code, reason);
    };
    // Also while it is prepared: a network that swallows everything answers nothing.
    this.#after(`welcome ${rung}`, WELCOME_MS, () => fail(CUT, ""));
    try {
      const given = await token(this.#isRefusedToken);
      const start = await prepare(transport);
      if (this.#turn !== turn || !this.#timers.has(`welcome ${rung}`)) return;
      const { addresses, ask, sid } = this.#options;
      link = LINKS[transport]({
        ...start,
        ...{ platform, addresses, ask, sid, token: given },
        frame: (frame) => {
          if (frame.type === "welcome" && link && this.#dialled.delete(link)) {
            this.#welcome(rung, link);
          }
          if (this.#link === link) this.#hear(frame);
        },
        heard: () => {
          if (this.#link === link) this.#heardAt = platform.clock.now();
        },
        raw: (direction, text) => onRaw(direction, transport, text),
        ended: (code, reason) => {
          if (this.#link !== link) return fail(code, reason);
          this.#release();
          this.#lost(code, reason);
        },
      });
      this.#dialled.add(link);
    } catch {
      fail(CUT, "");
    }
  }

  #welcome(rung: number, link: Link): void {
    this.#release();
    this.#link = link;
    this.#turn = link;
    this.#isReady = false;
    [this.#rung, this.#misses, this.#isRefusedToken, this.#afterMs] = [rung, 0, false, 0];
    const { clock } = this.#options.platform;
    this.#heardAt = clock.now();
    this.#after("healthy", HEALTHY_MS, () => (this.#failures = 0));
    this.#look();
    if (rung === 0) this.#probeMs = FIRST_PROBE_MS;
    else this.#probeLater();
  }

  #hear(frame: ServerFrame): void {
    const { onFrame } = this.#options;
    if (frame.type === "welcome") this.#pingMs = frame.limits?.ping ?? LOOK_MS;
    // Where topics are asked for, nothing is sure to come before the answer to that, which is the first.
    if (!this.#isReady && frame.type === (this.#link?.send ? "ok" : "welcome")) {
      this.#isReady = true;
      this.#enter("open", {});
    }
    if (frame.type === "bye") {
      this.#afterMs = frame.after;
      if (!frame.reconnect) {
        this.#release();
        return this.#refuse(frame.code, frame.reason);
      }
    }
    onFrame(frame);
  }

  /** A connection that was made has ended. */
  #lost(code: number, reason: string): void {
    if (isFinal(code, reason) && !this.#renewToken(code)) this.#refuse(code, reason);
    else this.#wait(code, reason);
  }

  /** A connection could not be made: it is asked whether there is a server, and what it says. */
  async #failed(code: number, reason: string): Promise<void> {
    const turn = (this.#turn = {});
    const why = isFinal(code, reason) ? { code, reason } : await this.#diagnose();
    if (this.#turn !== turn) return;
    if (why && isFinal(why.code, why.reason) && !this.#renewToken(why.code)) {
      return this.#refuse(why.code, why.reason);
    }
    // Where nobody answers, another transport would not help.
    if (why && why.code < 500 && ++this.#misses >= TRIES) {
      this.#misses = 0;
      this.#rung = (this.#rung + 1) % this.#options.transports.length;
    }
    this.#wait(code, reason);
  }

  /**
   * A script cannot read why a handshake failed, but it can ask for the same by GET. Returns the status
   * and the code of the answer; undefined when there was none.
   */
  async #diagnose(): Promise<{ code: number; reason: string } | undefined> {
    const { ask, sid } = this.#options;
    try {
      await ask({ path: ["ws", sid], signal: AbortSignal.timeout(WELCOME_MS) });
    } catch (error) {
      const { status, code } = error as BellcastError;
      if (status > 0) return { code: status, reason: code };
    }
    return undefined;
  }

  /** Whether it was the token that was refused, and there may be a better one. */
  #renewToken(code: number): boolean {
    if ((code !== 4401 && code !== 401) || this.#isRefusedToken) return false;
    this.#isRefusedToken = true;
    return true;
  }

  #refuse(code: number, reason: string): void {
    this.#enter("refused", { code, reason });
  }

  #wait(code: number, reason: string, least: number = this.#afterMs): void {
    const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures);
    const retryIn = Math.max(this.#options.platform.random() * ceiling, least);
    this.#afterMs = 0;
    this.#failures++;
    this.#after("retry", retryIn, () => void this.#attempt());
    this.#enter("waiting", { code, reason, retryIn });
  }

  /** Looks now and then whether the connection still lives: a half-open one tells nothing. */
  #look(): void {
    const { clock } = this.#options.platform;
    const delayMs = this.#link?.send ? this.#pingMs : LOOK_MS;
    const dueAt = clock.now() + delayMs;
    this.#after("look", delayMs, () => {
      const now = clock.now();
      if (now - dueAt > SLEPT_MS) this.#ask(QUICK_PONG_MS);
      else if (now - this.#heardAt >= delayMs) this.#ask(PONG_MS);
      this.#look();
    });
  }

  /** Asks whether anybody is there; where that cannot be asked, silence is the answer. */
  #ask(patienceMs: number): void {
    const link = this.#link;
    const { clock } = this.#options.platform;
    const askedAt = clock.now();
    if (link?.send === undefined) {
      if (link && askedAt - this.#heardAt > link.silenceMs) this.drop();
      return;
    }
    link.send({ type: "ping" });
    this.#after("pong", patienceMs, () => {
      if (this.#link === link && this.#heardAt < askedAt) this.drop();
    });
  }

  #probeLater(): void {
    this.#after("probe", this.#probeMs, () => this.#probe());
    this.#probeMs = Math.min(2 * this.#probeMs, LONGEST_PROBE_MS);
  }

  /** Tries the better transports while this one is used: what answers takes over. */
  #probe(rung = 0): void {
    if (this.#link === undefined || rung >= this.#rung || this.#turn === undefined) return;
    void this.#dial(rung, this.#turn, () => {
      if (rung + 1 < this.#rung) this.#probe(rung + 1);
      else this.#probeLater();
    });
  }

  /** Lets go of the connection, and of whatever was to be done about it. */
  #release(): void {
    const link = this.#link;
    this.#link = undefined;
    this.#turn = undefined;
    for (const name of [...this.#timers.keys()]) this.#cancel(name);
    for (const one of this.#dialled) one.close();
    this.#dialled.clear();
    link?.close();
    if (link) this.#options.onLost();
  }

  #after(name: string, delayMs: number, task: () => void): void {
    this.#cancel(name);
    const { clock } = this.#options.platform;
    const stop = clock.after(delayMs, () => {
      this.#timers.delete(name);
      task();
    });
    this.#timers.set(name, stop);
  }

  #cancel(name: string): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }

  #statusOf(state: Status["state"]): Status {
    return { state, attempt: this.#failures, retryIn: 0, transport: this.#transport };
  }

  #enter(state: Status["state"], facts: Partial<Status>): void {
    this.#status = { ...this.#statusOf(state), ...facts };
    this.#options.onStatus(this.#status);
  }
}

/** Whether the same would be refused again. What is no code of Bellcast's was said by somebody in between. */
function isFinal(code: number, reason: string): boolean {
  const isRefusal = code >= 400 && code < 500 && /^[a-z]/.test(reason) && !PASSING.includes(code);
  return FINAL.includes(code) || isRefusal;
}
