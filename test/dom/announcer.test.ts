import { describe, expect, test } from "bun:test";

import { Announcer } from "../../public/shared/announcer.ts";
import { make } from "../../public/shared/element.ts";
import { payloadText } from "../../public/shared/payload.ts";
import { FakeClock } from "../client/fakes.ts";
import { consoleLanguage, useDom } from "./dom.ts";

useDom();

function fixture() {
  const clock = new FakeClock();
  const region = make("p", { role: "status" });
  const announcer = new Announcer(region, consoleLanguage(), clock);
  return { clock, region, announcer };
}

describe("arrivals", () => {
  test("are read by their text when they are alone", () => {
    const { clock, region, announcer } = fixture();
    announcer.arrived("one");
    expect(region.textContent).toBe("one");
    clock.pass(1000);
    announcer.arrived("two");
    expect(region.textContent).toBe("one");
    clock.pass(2000);
    expect(region.textContent).toBe("two");
  });

  test("are counted when a thousand come at once, and told once in three seconds", () => {
    const { clock, region, announcer } = fixture();
    for (let n = 0; n < 1000; n++) announcer.arrived(`m${n}`);
    expect(region.textContent).toBe("m0");
    clock.pass(2999);
    expect(region.textContent).toBe("m0");
    clock.pass(1);
    expect(region.textContent).toBe("999 new messages");
  });

  test("leave no timer when nothing more comes", () => {
    const { clock, announcer } = fixture();
    announcer.arrived("one");
    clock.pass(3000);
    expect(clock.pending).toBe(0);
  });

  test("are cut to what can be listened to", () => {
    const { region, announcer } = fixture();
    announcer.arrived("x".repeat(64_000));
    expect(region.textContent).toBe("x".repeat(160));
  });
});

describe("a payload", () => {
  const bytes = (length: number) => Uint8Array.from({ length }, (_, n) => n);

  test("of text is the text", () => {
    expect(payloadText(" a\n<b>", consoleLanguage())).toBe(" a\n<b>");
  });

  test.each([
    [0, "‹0 bytes›"],
    [1, "‹1 byte› 00"],
    [3, "‹3 bytes› 00 01 02"],
    [17, "‹17 bytes› 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10"],
  ])("of %d bytes is counted and in hexadecimal", (length, shown) => {
    expect(payloadText(bytes(length), consoleLanguage())).toBe(shown);
  });

  test("of more than 48 bytes is cut there", () => {
    expect(payloadText(bytes(48), consoleLanguage("zh"))).toEndWith(" 2e 2f");
    expect(payloadText(bytes(49), consoleLanguage("zh"))).toEndWith(" 2e 2f …");
    expect(payloadText(bytes(49), consoleLanguage("zh"))).toStartWith("‹49 字节› 00");
  });
});
