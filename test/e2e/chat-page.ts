import { Page, type PageOptions } from "./browser.ts";

const IS_LIVE = `document.querySelector("#status").dataset.state === "open"`;
const IS_IN = `document.querySelector("#online").textContent !== ""`;

/** The chat as one person has it open. */
export class ChatPage implements AsyncDisposable {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  /**
   * Opens the chat of this server as a person who has never been here, and waits until they are in.
   *
   * @param nick "" leaves the form as it is
   */
  static async open(
    origin: string,
    nick: string,
    { query = "", ...options }: PageOptions & { query?: string } = {},
  ): Promise<ChatPage> {
    // Every page of the process is of one browser: what another test has left must not be known here.
    const before = `if (sessionStorage["mark"] === undefined) {
      localStorage.clear();
      sessionStorage["mark"] = "";
    } ${options.before ?? ""}`;
    const page = await Page.open(`${origin}/chat?lang=en${query}`, { ...options, before });
    const chat = new ChatPage(page);
    if (nick !== "") await chat.join(nick);
    return chat;
  }

  async join(nick: string): Promise<void> {
    await this.page.fill("#nick", nick);
    await this.page.press("Enter");
    await this.live();
  }

  /** Waits until it is connected, and knows who is there. */
  async live(): Promise<void> {
    await this.page.until(IS_LIVE);
    await this.page.until(IS_IN);
  }

  async sid(): Promise<string> {
    return String(await this.page.evaluate(`sessionStorage["bellcast.chat.sid"]`));
  }

  async write(text: string): Promise<void> {
    await this.page.fill("#text", text);
    await this.page.press("Enter");
  }

  /** Opens a room, joined or not. */
  async room(name: string): Promise<void> {
    await this.page.fill("#room", name);
    await this.page.press("Enter");
    await this.page.until(`document.querySelector("#title").textContent === "${name}"`);
    await this.page.until(IS_IN);
  }

  /** Waits until a message shows exactly this text. */
  shows(text: string): Promise<void> {
    const words = JSON.stringify(text);
    return this.page.until(
      `[...document.querySelectorAll("#lines .words")].some((e) => e.textContent === ${words})`,
    );
  }

  /** Waits until what matches has this text. */
  says(selector: string, text: string): Promise<void> {
    return this.page.until(
      `document.querySelector(${JSON.stringify(selector)})?.textContent === ${JSON.stringify(text)}`,
    );
  }

  /** What stands in the conversation, from above: messages, and what the page says between them. */
  async lines(): Promise<unknown> {
    return this.page.texts("#lines :is(.words, .divider, .quiet-line, .fate)");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.page[Symbol.asyncDispose]();
  }
}
