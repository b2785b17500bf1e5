import {
  type ConnectionState,
  type SocketClock,
  systemClock,
} from "../src/client/reconnecting-socket.ts";
import type { Language } from "./language.ts";

/** Why a connection ended, as far as it is known: `4403 forbidden`. */
export function closeReason({ code, reason }: { code: number; reason: string }): string {
  return reason === "" ? String(code) : `${code} ${reason}`;
}

export interface StatusPillOptions {
  /** Carries the state in `data-state`. */
  readonly pill: HTMLElement;
  /** The words in it. */
  readonly label: HTMLElement;
  /** A live region that only says changes: nobody wants to hear every second of a countdown. */
  readonly aloud: HTMLElement;
  /** Shown while waiting. */
  readonly retry: HTMLButtonElement;
  readonly language: Language;
  readonly clock?: SocketClock;
}

/** Shows what the connection is doing, with the seconds until the next attempt counted down. */
export class StatusPill {
  readonly #options: Required<StatusPillOptions>;
  #state: ConnectionState = { kind: "closed" };
  #cancelTick = () => {};

  constructor({ clock = systemClock, ...rest }: StatusPillOptions) {
    this.#options = { clock, ...rest };
    this.#options.language.follow(() => this.show(this.#state));
  }

  show(state: ConnectionState): void {
    this.#state = state;
    const { pill, retry, aloud } = this.#options;
    pill.dataset["state"] = state.kind;
    retry.hidden = state.kind !== "waiting";
    const spoken = this.#spoken();
    // an attempt between two waits is not worth an interruption
    if (state.kind !== "connecting" && aloud.textContent !== spoken) aloud.textContent = spoken;
    this.#tick();
  }

  #tick(): void {
    this.#cancelTick();
    const { label, clock, language } = this.#options;
    if (this.#state.kind !== "waiting") {
      label.textContent = this.#spoken();
      return;
    }
    const leftMs = Math.max(0, this.#state.retryAt - clock.now());
    const seconds = Math.ceil(leftMs / 1000);
    label.textContent = language.say("waiting", { n: seconds });
    if (seconds > 0) {
      this.#cancelTick = clock.after(leftMs - (seconds - 1) * 1000, () => this.#tick());
    }
  }

  #spoken(): string {
    const { language } = this.#options;
    const state = this.#state;
    if (state.kind === "waiting") return language.say("waitingAloud");
    if (state.kind === "refused") return language.say("refused", { why: closeReason(state) });
    return language.say(state.kind);
  }
}
