import { type ClientClock, type Status, systemClock } from "../../src/client/index.ts";
import type { Language } from "./language.ts";

/** Why a connection ended, as far as it is known: `4403 removed`. */
export function closeReason({ code, reason }: { code: number; reason: string }): string {
  return reason === "" ? String(code) : `${code} ${reason}`;
}

export interface StatusPillOptions {
  /** Carries the state in `data-state`. */
  readonly pill: HTMLElement;
  /** The words in it. */
  readonly label: HTMLElement;
  /** Names the transport, while there is a connection. */
  readonly transport: HTMLElement;
  /** A live region that only says changes: nobody wants to hear every second of a countdown. */
  readonly aloud: HTMLElement;
  /** Shown while waiting. */
  readonly retry: HTMLButtonElement;
  readonly language: Language;
  readonly clock?: ClientClock;
}

/** Shows what the connection is doing, with the seconds until the next attempt counted down. */
export class StatusPill {
  readonly #options: Required<StatusPillOptions>;
  #status: Status = { state: "closed", attempt: 0, retryIn: 0, transport: "ws" };
  #retryAt = 0;
  #cancelTick = () => {};

  constructor({ clock = systemClock, ...rest }: StatusPillOptions) {
    this.#options = { clock, ...rest };
    this.#options.language.follow(() => this.#write());
  }

  show(status: Status): void {
    this.#status = status;
    this.#retryAt = this.#options.clock.now() + status.retryIn;
    this.#write();
  }

  #write(): void {
    const { pill, retry, aloud, transport, language } = this.#options;
    const { state } = this.#status;
    pill.dataset["state"] = state;
    retry.hidden = state !== "waiting";
    transport.hidden = state !== "open";
    transport.textContent = language.say(this.#status.transport);
    const spoken = this.#spoken();
    // an attempt between two waits is not worth an interruption
    if (state !== "connecting" && aloud.textContent !== spoken) aloud.textContent = spoken;
    this.#tick();
  }

  #tick(): void {
    this.#cancelTick();
    const { label, clock, language } = this.#options;
    if (this.#status.state !== "waiting") {
      label.textContent = this.#spoken();
      return;
    }
    const leftMs = Math.max(0, this.#retryAt - clock.now());
    const seconds = Math.ceil(leftMs / 1000);
    label.textContent = language.say("waiting", { n: seconds });
    if (seconds > 0) {
      this.#cancelTick = clock.after(leftMs - (seconds - 1) * 1000, () => this.#tick());
    }
  }

  #spoken(): string {
    const { language } = this.#options;
    const { state, code = 0, reason = "" } = this.#status;
    if (state === "waiting") return language.say("waitingAloud");
    if (state === "refused") return language.say("refused", { why: closeReason({ code, reason }) });
    return language.say(state);
  }
}
