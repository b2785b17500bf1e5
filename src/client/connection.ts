import type { Addresses } from "./addresses.ts";
import type { ServerFrame, Welcome } from "./frames.ts";
import type { Ask } from "./http.ts";
import { CUT, type Link, type OpenLink } from "./link.ts";
import { openPoll } from "./poll-link.ts";
import { openShared } from "./shared-link.ts";
import { openSocket } from "./socket-link.ts";
import { openStream } from "./stream-link.ts";
import type { BellcastError, Platform, RawFrame, Status, Transport } from "./types.ts";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/** A connection that has held this long starts the next backoff from the beginning. */
const HEALTHY_MS = 10_000;

/** How long a handshake may take, up to `welcome`, for a socket may open and stay mute; and a pong. */
const PATIENCE_MS = 8_000;

/** After so many failures in a row another transport is tried. */
const TRIES = 2;

/** How often better transports are tried while a worse one is used: less and less often. */
const FIRST_PROBE_MS = 15_000;
const LONGEST_PROBE_MS = 300_000;

/** How often a connection is looked at of which the server has not said how often. */
const LOOK_MS = 15_000;

/** After so long without anything heard it is dead, where nothing can be asked: a poll waits 25 s. */
const SILENCE_MS = 45_000;

/**
 * What would be refused again, as code and reason: not WebSocket, not UTF-8, a bad frame, the token,
 * forbidden, the sid is in use; or a refusal of the handshake with a code of Bellcast's, but for 408, 425,
 * 426 and 429. Without such a code it was somebody in between who spoke.
 */
const FINAL = /^(1002|1007|44(00|01|03|09)) |^4(?!08|2[569])\d\d [a-z]/;

/** What may be tried: a transport of its own, or whatever the tabs share. */
export type Rung = "shared" | Transport;

/** Those that name their topics as they are opened. */
const NAMING = { sse: openStream, poll: openPoll };

const LINKS: Readonly<Record<Rung, OpenLink>> = { shared: openShared, ws: openSocket, ...NAMING };

export interface ConnectionOptions {
  readonly platform: Platform;
  readonly addresses: Addresses;
  readonly ask: Ask;
  readonly sid: string;
  /** What tabs have in common that share a connection. */
  readonly share: string;
  /** The best first. */
  readonly ladder: readonly Rung[];
  readonly token: () => Promise<string | undefined>;
  /** What a transport has to name, at the moment at which it is opened. */
  readonly prepare: () => Promise<Start>;
  /** Told of every frame of the connection that is used; each begins with `welcome`. */
  readonly onFrame: (frame: ServerFrame) => void;
  readonly onStatus: (status: Status) => void;
  /** Told when there is no connection any more. */
  readonly onLost: () => void;
  readonly onRaw: (raw: RawFrame) => void;
}

/** What is asked for later. */
const NOTHING: Start = { topics: [], since: undefined };

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
  /** What gives up those that have not said `welcome` yet. */
  readonly #dials = new Set<() => void>();
  /** The place on the ladder of what is in use, or to be used next. */
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
  #probed = -1;
  /** The diagnosis under way. */
  #diagnosis: object | undefined;
  /** The last one. */
  #welcomed: Partial<Welcome> = {};
  readonly #timers = new Map<string, () => void>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#status = { state: "closed", attempt: 0, retryIn: 0, transport: this.#transport };
  }

  /** Who this is: a shared connection has a sid of its own. */
  get sid(): string {
    return this.#welcomed.sid ?? this.#options.sid;
  }

  get status(): Status {
    return this.#status;
  }

  /** Whether nothing is tried any more. */
  get isOver(): boolean {
    const { state } = this.#status;
    return state === "closed" || state === "refused";
  }

  /** Sends a command; undefined where there is no connection, or one that carries nothing this way. */
  get send(): ((command: object) => void) | undefined {
    const send = this.#link?.send;
    return (
      send &&
      ((frame) => {
        this.#options.onRaw({ direction: "out", transport: this.#transport, frame });
        send(frame);
      })
    );
  }

  /** Begins, or begins again after `closed` or `refused`. */
  connect(): void {
    if (!this.isOver) return;
    [this.#failures, this.#misses, this.#rung] = [0, 0, 0];
    void this.#attempt();
  }

  /** There is reason to hope: the network is back, the page is shown, somebody asks. */
  retryNow(): void {
    const { state } = this.#status;
    if (state === "waiting") void this.#attempt();
    if (state !== "open") return;
    this.#ask();
    this.#probe();
  }

  /** Opens another connection, which names its topics anew, and lets go of this one when that is there. */
  reopen(): void {
    if (this.#status.state !== "open") return;
    // What has been prepared does not know of the topics of now.
    this.#hangUp();
    void this.#dial(this.#rung, () => void this.#attempt());
  }

  /** Ends the connection as if the network had, and comes back, not sooner than after `afterMs`. */
  drop(afterMs = 0): void {
    if (!this.#link) return;
    this.#release();
    this.#wait(CUT, "", afterMs);
  }

  /** Ends the connection until `retryNow`: the page is put aside, and may be shown again. */
  suspend(): void {
    if (this.isOver) return;
    this.#release();
    this.#enter("waiting", {});
  }

  close(): void {
    this.#release();
    this.#enter("closed", {});
  }

  get #transport(): Transport {
    const rung = this.#options.ladder[this.#rung] as Rung;
    return rung === "shared" ? (this.#welcomed.transport ?? "ws") : rung;
  }

  async #attempt(): Promise<void> {
    this.#release();
    this.#enter("connecting", {});
    await this.#dial(this.#rung, (code, reason) => void this.#failed(code, reason));
  }

  /** Opens a link, which is the connection's from its `welcome` on. */
  async #dial(rung: number, failed: (code: number, reason: string) => void): Promise<void> {
    const { platform, ladder, prepare, token } = this.#options;
    const name = ladder[rung] as Rung;
    let link: Link | undefined;
    const hangUp = () => {
      stop();
      link?.close();
    };
    this.#dials.add(hangUp);
    const fail = (code: number, reason: string) => {
      // One that was given up may still speak.
      if (!this.#dials.delete(hangUp)) return;
      hangUp();
      failed(code, reason);
    };
    // Also while it is prepared: a network that swallows everything answers nothing.
    const stop = platform.clock.after(PATIENCE_MS, () => fail(0, ""));
    try {
      const given = await token();
      if (!this.#dials.has(hangUp)) return;
      const start = name in NAMING ? await prepare() : NOTHING;
      if (!this.#dials.has(hangUp)) return;
      link = LINKS[name]({
        ...this.#options,
        ...start,
        ...{ sid: this.sid, token: given },
        frame: (frame) => {
          // A worker that is there tells when it has no connection.
          if (name === "shared" || frame.type === "welcome") stop();
          if (frame.type === "welcome" && this.#dials.delete(hangUp)) this.#welcome(rung, link);
          if (this.#link === link) this.#hear(frame);
        },
        ended: (code, reason) => {
          fail(code, reason);
          if (this.#link !== link) return;
          this.#release();
          this.#lost(code, reason);
        },
      });
    } catch {
      fail(0, "");
    }
  }

  #welcome(rung: number, link: Link | undefined): void {
    this.#release();
    this.#link = link;
    [this.#rung, this.#misses, this.#isRefusedToken, this.#afterMs] = [rung, 0, false, 0];
    this.#after("healthy", HEALTHY_MS, () => (this.#failures = 0));
    this.#probeMs = FIRST_PROBE_MS;
    if (rung > 0) this.#probeLater();
  }

  #hear(frame: ServerFrame): void {
    const { platform, onFrame, onRaw } = this.#options;
    this.#heardAt = platform.clock.now();
    this.#cancel("pong");
    onRaw({ direction: "in", transport: this.#transport, frame });
    if (frame.type === "welcome") {
      this.#isReady = false;
      this.#welcomed = frame;
      this.#look();
    }
    // Where topics are asked for, nothing is sure to come before the answer to that, which is the first.
    if (!this.#isReady && frame.type === (this.#link?.send ? "ok" : "welcome")) {
      this.#isReady = true;
      this.#enter("open", {});
    }
    if (frame.type === "bye") {
      this.#afterMs = frame.after;
      if (!frame.reconnect) {
        this.#release();
        return this.#enter("refused", { code: frame.code, reason: frame.reason });
      }
    }
    onFrame(frame);
  }

  /** A connection that was made has ended. */
  #lost(code: number, reason: string): void {
    if (isFinal(code, reason) && !this.#renewToken(code)) this.#enter("refused", { code, reason });
    else this.#wait(code, reason);
  }

  /** A connection could not be made: it is asked whether there is a server, and what it says. */
  async #failed(code: number, reason: string): Promise<void> {
    const { ladder } = this.#options;
    if (ladder[this.#rung] === "shared") {
      // What the worker tells is what it was told. One that is none is not waited for.
      if (code > 0) return this.#lost(code, reason);
      this.#rung++;
      return this.#attempt();
    }
    const diagnosis = (this.#diagnosis = {});
    const why = isFinal(code, reason) ? { code, reason } : await this.#diagnose();
    if (this.#diagnosis !== diagnosis) return;
    if (why && isFinal(why.code, why.reason) && !this.#renewToken(why.code)) {
      return this.#enter("refused", why);
    }
    // Where nobody answers, another transport would not help.
    if (why && why.code < 500 && ++this.#misses >= TRIES) {
      this.#misses = 0;
      this.#rung = (this.#rung + 1) % ladder.length;
    }
    this.#wait(code || CUT, reason);
  }

  /**
   * A script cannot read why a handshake failed, but it can ask for the same by GET. Returns the status
   * and the code of the answer; undefined when there was none.
   */
  async #diagnose(): Promise<{ code: number; reason: string } | undefined> {
    try {
      await this.#options.ask({ path: ["ws", this.sid], signal: AbortSignal.timeout(PATIENCE_MS) });
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
    const delayMs = this.#welcomed.limits?.ping ?? LOOK_MS;
    this.#after("look", delayMs, () => {
      if (this.#silence >= delayMs) this.#ask();
      this.#look();
    });
  }

  /** For how many milliseconds nothing was heard; long after the machine has slept. */
  get #silence(): number {
    return this.#options.platform.clock.now() - this.#heardAt;
  }

  /** Asks whether anybody is there; where that cannot be asked, silence is the answer. */
  #ask(): void {
    const { send } = this;
    if (!send) {
      if (this.#silence > SILENCE_MS) this.drop();
      return;
    }
    send({ type: "ping" });
    this.#after("pong", PATIENCE_MS, () => this.drop());
  }

  #probeLater(): void {
    this.#after("probe", this.#probeMs, () => this.#probe());
    this.#probeMs = Math.min(2 * this.#probeMs, LONGEST_PROBE_MS);
  }

  /** Tries a better transport while this one is used, each in turn: what answers takes over. */
  #probe(): void {
    if (!this.#link || this.#rung === 0) return;
    this.#probed = (this.#probed + 1) % this.#rung;
    void this.#dial(this.#probed, () => this.#probeLater());
  }

  /** Lets go of the connection, and of whatever was to be done about it. */
  #release(): void {
    const link = this.#link;
    this.#link = undefined;
    this.#diagnosis = undefined;
    for (const name of [...this.#timers.keys()]) this.#cancel(name);
    this.#hangUp();
    link?.close();
    if (link) this.#options.onLost();
  }

  #hangUp(): void {
    for (const hangUp of this.#dials) hangUp();
    this.#dials.clear();
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

  #enter(state: Status["state"], facts: Partial<Status>): void {
    const [attempt, transport] = [this.#failures, this.#transport];
    this.#status = { state, attempt, retryIn: 0, transport, ...facts };
    this.#options.onStatus(this.#status);
  }
}

const isFinal = (code: number, reason: string) => FINAL.test(`${code} ${reason}`);
