import { afterEach, beforeEach, describe, expect, test } from "bun:test";

import { CONSOLE_TEXTS } from "../../public/console/texts.ts";
import { byId } from "../../public/shared/element.ts";
import { Page } from "../../public/shared/page.ts";
import { Phone } from "../../public/shared/phone.ts";
import { answer, settle } from "./console-page.ts";
import { consoleLanguage, textsOf, useDom } from "./dom.ts";

useDom();
beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

/** The page as it comes from this address. */
function load(query = "?lang=en") {
  history.replaceState(null, "", `/${query}`);
  return new Page("console", CONSOLE_TEXTS);
}

describe("the theme", () => {
  afterEach(() => document.head.replaceChildren());
  const colours = () =>
    [...document.querySelectorAll("meta")].map((meta) => [
      meta.content,
      meta.getAttribute("media"),
    ]);

  test("that is chosen colours what the browser draws around the page, and is given back", () => {
    document.head.innerHTML = `
      <meta name="theme-color" content="white" media="(prefers-color-scheme: light)" />
      <meta name="theme-color" content="black" media="(prefers-color-scheme: dark)" />`;
    const asTheSystem = colours();
    load();
    expect(colours()).toEqual(asTheSystem);
    byId("theme", HTMLButtonElement).click();
    expect(colours()).toEqual([
      ["white", "all"],
      ["black", "not all"],
    ]);
    byId("theme", HTMLButtonElement).click();
    expect(colours()).toEqual([
      ["white", "not all"],
      ["black", "all"],
    ]);
    byId("theme", HTMLButtonElement).click();
    expect(colours()).toEqual(asTheSystem);
  });
});

describe("the language", () => {
  test("that a link has asked for is that of the pages it leads on to", () => {
    expect(load("?lang=zh").language.current).toBe("zh");
    expect(load("").language.current).toBe("zh");
    byId("language", HTMLButtonElement).click();
    expect(load("").language.current).toBe("en");
    // another tab
    sessionStorage.clear();
    expect(load("").language.current).toBe("en");
  });
});

describe("the way to a phone", () => {
  const { fetch } = globalThis;
  afterEach(() => {
    globalThis.fetch = fetch;
  });

  /** Opens the dialog of a page at this address. */
  async function open(address: string): Promise<HTMLDialogElement> {
    const button = document.createElement("button");
    new Phone({ button, language: consoleLanguage(), here: () => new URL(address) });
    button.click();
    await settle();
    return byId("phone-dialog", HTMLDialogElement);
  }

  test.each(["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::]"])(
    "from %s, which leads nowhere else, is asked for",
    async (host) => {
      const asked = answer(() => Response.json({ urls: [] }));
      const dialog = await open(`http://${host}:8080/chat?sid=me&room=a`);
      expect(asked).toHaveBeenCalledTimes(1);
      expect(dialog.textContent).toContain("The server listens on this computer alone.");
    },
  );

  test("is not guessed when the server does not tell", async () => {
    answer(() => Response.json({ code: "unauthorized" }, { status: 401 }));
    const dialog = await open("http://127.0.0.1:8080/");
    expect(dialog.textContent).toContain("The server does not say");
  });

  test("has an address to type when it is too long for a code", async () => {
    const long = `http://192.0.2.7:8080/?topics=${"a".repeat(3_000)}`;
    await import("../../public/shared/qr.ts");
    await open(long);
    expect(textsOf("#phone-dialog a")).toEqual([long]);
    expect(document.querySelector("#phone-dialog svg")).toBeNull();
  });
});
