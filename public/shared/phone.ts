import { make } from "./element.ts";
import type { Language } from "./language.ts";

/** What makes the server listen to the network, as somebody types it. Both say that all of it may come in. */
const LAN_COMMANDS = {
  windows: '$env:BELLCAST_AUTH_MODE="open"; bellcast --lan',
  others: "BELLCAST_AUTH_MODE=open bellcast --lan",
};

/** Parts of the address that are this tab's own. */
const OWN = ["sid"];

/** `localhost` and the addresses that lead nowhere but to this machine (RFC 6761, RFC 1122). */
const LOOPBACK = /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\])$/;

export interface PhoneOptions {
  readonly button: HTMLButtonElement;
  readonly language: Language;
  /** The address of the page; the window's when left out. */
  readonly here?: () => URL;
}

/** A dialog with the page's address as a QR code, for a phone in the same network. */
export class Phone {
  readonly #language: Language;
  readonly #here: () => URL;
  readonly #dialog = make("dialog", { id: "phone-dialog", class: "card", "data-label": "phone" });
  #isAsking = false;

  constructor({ button, language, here = () => new URL(location.href) }: PhoneOptions) {
    this.#language = language;
    this.#here = here;
    document.body.append(this.#dialog);
    button.addEventListener("click", () => void this.#open());
    this.#dialog.addEventListener("click", (event) => {
      // The dialog itself is hit beside its content: on what lies behind it.
      if (event.target === this.#dialog) this.#dialog.close();
    });
  }

  async #open(): Promise<void> {
    if (this.#isAsking || this.#dialog.open) return;
    this.#isAsking = true;
    const content = await this.#content();
    this.#isAsking = false;
    const title = make("h2", { "data-text": "phone" });
    const close = make("button", {
      class: "plain wide",
      type: "button",
      "data-text": "closeDialog",
    });
    close.addEventListener("click", () => this.#dialog.close());
    this.#dialog.replaceChildren(title, ...content, close);
    this.#language.label(this.#dialog);
    this.#dialog.showModal();
  }

  async #content(): Promise<HTMLElement[]> {
    const urls = await this.#urls();
    if (urls === undefined) return [make("p", { class: "hint", "data-text": "phoneUnknown" })];
    const [first] = urls;
    if (first === undefined) {
      const command = make("pre", {}, make("code", {}, lanCommand()));
      return [make("p", { class: "hint", "data-text": "phoneAlone" }), command];
    }
    const links = urls.map((url) => make("a", { href: url, class: "address" }, url));
    const qrCode = await drawer();
    // The address can be typed.
    if (qrCode === undefined) return links;
    const frame = make("div", { class: "qr-frame" });
    const show = (url: string) => {
      const code = qrCode(url);
      code?.setAttribute("aria-label", this.#language.say("phoneCode", { url }));
      frame.hidden = code === undefined;
      frame.replaceChildren(...(code ? [code] : []));
    };
    // A machine may be in several networks: the one that is pointed at is shown.
    for (const link of links) link.addEventListener("pointerenter", () => show(link.href));
    for (const link of links) link.addEventListener("focus", () => show(link.href));
    show(first);
    return [frame, make("p", { class: "hint", "data-text": "phoneScan" }), ...links];
  }

  /** The page as it is called from other machines; undefined when nobody knows. */
  async #urls(): Promise<readonly string[] | undefined> {
    const here = this.#here();
    for (const name of OWN) here.searchParams.delete(name);
    if (!LOOPBACK.test(here.hostname)) return [here.href];
    try {
      const response = await fetch("/v1/stats");
      // Who may not ask is not told.
      if (!response.ok) return undefined;
      const { urls = [] } = (await response.json()) as { urls?: readonly string[] };
      return urls.map((url) => new URL(`${here.pathname}${here.search}`, url).href);
    } catch {
      return undefined;
    }
  }
}

/** In the words of the shell that this system begins with. */
function lanCommand(): string {
  return /\bWindows\b/.test(navigator.userAgent) ? LAN_COMMANDS.windows : LAN_COMMANDS.others;
}

/** What draws codes; undefined when it cannot be loaded: the server may have gone away meanwhile. */
async function drawer(): Promise<((text: string) => SVGSVGElement | undefined) | undefined> {
  try {
    const { qrCode } = await import("./qr.ts");
    return qrCode;
  } catch {
    return undefined;
  }
}
