import { describe, expect, test } from "bun:test";

import { byId } from "../../public/element.ts";
import { Language } from "../../public/language.ts";
import { StatusPill } from "../../public/status-pill.ts";
import { FakeClock } from "../client/fakes.ts";
import { useDom } from "./dom.ts";

useDom();

function fixture() {
  const clock = new FakeClock();
  const language = new Language("en");
  const label = byId("status-text", HTMLElement);
  const aloud = byId("status-aloud", HTMLElement);
  const retry = byId("retry", HTMLButtonElement);
  const pill = new StatusPill({
    pill: byId("status", HTMLElement),
    label,
    aloud,
    retry,
    language,
    clock,
  });
  const waiting = (delayMs: number) =>
    pill.show({
      kind: "waiting",
      attempt: 1,
      retryAt: clock.now() + delayMs,
      code: 1006,
      reason: "",
    });
  return { clock, language, label, aloud, retry, pill, waiting };
}

describe("the pill", () => {
  test.each([
    [{ kind: "connecting" }, "Connecting…", "连接中…"],
    [{ kind: "open" }, "Live", "已连接"],
    [{ kind: "closed" }, "Closed", "已关闭"],
    [{ kind: "refused", code: 4403, reason: "no" }, "Refused: 4403 no", "已被拒绝：4403 no"],
    [{ kind: "refused", code: 4400, reason: "" }, "Refused: 4400", "已被拒绝：4400"],
  ] as const)("says %j as %s and %s, and offers no retry", (state, en, zh) => {
    const { pill, label, retry, language } = fixture();
    pill.show(state);
    expect(label.textContent).toBe(en);
    language.use("zh");
    expect(label.textContent).toBe(zh);
    expect(byId("status", HTMLElement).dataset["state"]).toBe(state.kind);
    expect(retry.hidden).toBe(true);
  });

  test("counts the seconds down to none, and offers to retry", () => {
    const { waiting, label, retry, clock } = fixture();
    waiting(2500);
    const seen: (string | null)[] = [label.textContent];
    for (const ms of [499, 1, 999, 1, 999, 1]) {
      clock.pass(ms);
      seen.push(label.textContent);
    }
    const left = seen.map((text) => Number(text?.match(/\d+/)?.[0]));
    expect(left).toEqual([3, 3, 2, 2, 1, 1, 0]);
    expect(label.textContent).toBe("Reconnecting in 0 s");
    expect(retry.hidden).toBe(false);
    expect(clock.pending).toBe(0);
  });

  test("stops counting when the wait ends", () => {
    const { waiting, pill, label, clock } = fixture();
    waiting(5000);
    pill.show({ kind: "open" });
    clock.pass(5000);
    expect(label.textContent).toBe("Live");
    expect(clock.pending).toBe(0);
  });
});

describe("what is read aloud", () => {
  test("is the loss and the return, not the seconds or the attempts between", () => {
    const { waiting, pill, aloud, clock } = fixture();
    pill.show({ kind: "open" });
    expect(aloud.textContent).toBe("Live");
    waiting(3000);
    expect(aloud.textContent).toBe("Connection lost, reconnecting");
    clock.pass(1000);
    expect(aloud.textContent).toBe("Connection lost, reconnecting");
    pill.show({ kind: "connecting" });
    expect(aloud.textContent).toBe("Connection lost, reconnecting");
    pill.show({ kind: "open" });
    expect(aloud.textContent).toBe("Live");
  });
});
