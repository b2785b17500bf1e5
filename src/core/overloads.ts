import type { Clock } from "./clock.ts";
import { Latest } from "./latest.ts";
import { type Incoming, type Overload, parseOverload } from "./overload.ts";
import { Sample } from "./sample.ts";
import type { TopicSettings } from "./topic.ts";

type OverloadSettings = Pick<TopicSettings, "overload" | "latestBy">;

/** What decides for each topic which messages go on, by what its settings say. */
export class Overloads {
  readonly #clock: Clock;
  /** By the words of the settings, of which a configuration has a few. */
  readonly #policies = new Map<string, Overload>();
  #isReleased = false;

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock;
  }

  /** See `Overload.admit`. */
  admit(settings: OverloadSettings, message: Incoming): boolean | Promise<boolean> {
    const name = `${settings.overload} ${settings.latestBy ?? ""}`;
    let policy = this.#policies.get(name);
    if (policy === undefined) {
      policy = this.#make(settings);
      this.#policies.set(name, policy);
      if (this.#isReleased) policy.release();
    }
    return policy.admit(message);
  }

  /** See `Overload.release`. */
  release(): void {
    this.#isReleased = true;
    for (const policy of this.#policies.values()) policy.release();
  }

  #make({ overload, latestBy }: OverloadSettings): Overload {
    const clock = this.#clock;
    const rule = parseOverload(overload);
    switch (rule?.kind) {
      case "latest":
        return new Latest({ clock, perSecond: rule.perSecond, by: latestBy });
      case "sample":
        return new Sample({ clock, perSecond: rule.perSecond });
      default:
        return { admit: () => true, release: () => {} };
    }
  }
}
