import { test } from "bun:test";
import { existsSync } from "node:fs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const PLACES = [
  "/usr/bin/chromium",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

const path =
  process.env["BUN_CHROME_PATH"] ??
  NAMES.map((name) => Bun.which(name)).find((found) => found !== null) ??
  PLACES.find((place) => existsSync(place));

const ABSENT = "no Chromium was found; set BUN_CHROME_PATH to run the tests in a browser";
if (path === undefined) console.warn(`skipped: ${ABSENT}`);

/** Starting a browser takes seconds where other tests run beside it. */
const TIMEOUT_MS = 60_000;

/** A test that needs a browser: skipped where there is none, except in CI, where it fails. */
export function browserTest(name: string, run: () => Promise<void>): void {
  if (path !== undefined) test(name, run, TIMEOUT_MS);
  else if (process.env["CI"] === "true") test(name, () => Promise.reject(new Error(ABSENT)));
  else test.skip(name, run);
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
  /** As the reader has asked the system for less motion. */
  readonly reducedMotion?: boolean;
  /** Runs in the page before its own scripts. */
  readonly before?: string;
}

/** How long `until` waits for what it was told to expect. */
const PATIENCE_MS = 10_000;

/** A page in the browser, which all pages of the process share. */
export class Page implements AsyncDisposable {
  readonly view: Bun.WebView;
  /** What the page wrote to its console, and what it threw, violations of its policy among it. */
  readonly complaints: string[] = [];
  /** Every address that the page has asked for anything. */
  readonly requests: string[] = [];

  private constructor(width: number, height: number) {
    this.view = new Bun.WebView({
      width,
      height,
      // the sandbox needs privileges that containers do not give, and only our own page is opened
      backend: {
        type: "chrome",
        path: path ?? "chromium",
        argv: ["--no-sandbox", "--disable-dev-shm-usage"],
        url: false,
      },
      console: (...said) => this.complaints.push(said.map(String).join(" ")),
    });
  }

  /** Opens `url` and waits until it has loaded. */
  static async open(
    url: string,
    {
      width = 1280,
      height = 800,
      scheme = "light",
      reducedMotion = false,
      before = "",
    }: PageOptions = {},
  ): Promise<Page> {
    const page = new Page(width, height);
    const { view } = page;
    // the first navigation makes the session that commands need
    await view.navigate("about:blank");
    await view.cdp("Runtime.enable");
    view.addEventListener("Runtime.exceptionThrown", () => page.complaints.push("exception"));
    await view.cdp("Log.enable");
    view.addEventListener("Log.entryAdded", (event) => {
      const { entry } = (event as MessageEvent<{ entry: { source: string; text: string } }>).data;
      // that a server is down is what some tests are about; everything else is a fault of the page
      if (entry.source !== "network") page.complaints.push(entry.text);
    });
    await view.cdp("Network.enable");
    view.addEventListener("Network.requestWillBeSent", (event) => {
      const { request } = (event as MessageEvent<{ request: { url: string } }>).data;
      page.requests.push(request.url);
    });
    view.addEventListener("Network.webSocketCreated", (event) => {
      page.requests.push((event as MessageEvent<{ url: string }>).data.url);
    });
    // the window of a headless browser is never narrower than 500 px: the screen is emulated
    await view.cdp("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await view.cdp("Emulation.setEmulatedMedia", {
      features: [
        { name: "prefers-color-scheme", value: scheme },
        { name: "prefers-reduced-motion", value: reducedMotion ? "reduce" : "no-preference" },
      ],
    });
    await view.cdp("Page.addScriptToEvaluateOnNewDocument", { source: before });
    await view.navigate(url);
    return page;
  }

  /** The value of an expression in the page. */
  evaluate(expression: string): Promise<unknown> {
    return this.view.evaluate(expression);
  }

  /** Waits until the expression is true in the page; rejects after ten seconds, or as many as said. */
  async until(expression: string, patienceMs = PATIENCE_MS): Promise<void> {
    const isTrue = await this.view.evaluate(`new Promise((resolve) => {
      const end = Date.now() + ${patienceMs};
      const look = () => {
        if (${expression}) resolve(true);
        else if (Date.now() > end) resolve(false);
        else setTimeout(look, 10);
      };
      look();
    })`);
    if (isTrue !== true) throw new Error(`waited in vain for ${expression}`);
  }

  /** The texts of the elements that match. */
  async texts(selector: string): Promise<unknown> {
    return this.view.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map((e) => e.textContent)`,
    );
  }

  /** Clicks what matches, scrolled to if need be. */
  async click(selector: string): Promise<void> {
    await this.view.scrollTo(selector, { block: "nearest" });
    await this.view.click(selector);
  }

  async press(key: string): Promise<void> {
    await this.view.press(key);
  }

  /** Puts `text` into a field in place of what is there. */
  async fill(selector: string, text: string): Promise<void> {
    const field = `document.querySelector(${JSON.stringify(selector)})`;
    await this.view.evaluate(`(${field}.focus(), ${field}.select())`);
    await this.view.type(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.view.close();
  }
}
