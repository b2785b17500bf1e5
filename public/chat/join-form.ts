import type { Language } from "../shared/language.ts";
import type { SharedKey } from "../shared/texts.ts";
import { NICK_LENGTH, nickProblem } from "./identity.ts";
import type { ChatKey } from "./texts.ts";

export interface JoinFormOptions {
  readonly form: HTMLFormElement;
  readonly field: HTMLInputElement;
  /** An alert: what is wrong with the name. */
  readonly notice: HTMLElement;
  readonly cancel: HTMLButtonElement;
  readonly language: Language<ChatKey | SharedKey>;
  readonly onJoin: (nick: string) => void;
  readonly onCancel: () => void;
}

/** Asks for a name. */
export class JoinForm {
  readonly #options: JoinFormOptions;

  constructor(options: JoinFormOptions) {
    this.#options = options;
    const { form, field, cancel, onCancel, language } = options;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    cancel.addEventListener("click", onCancel);
    form.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && !cancel.hidden) onCancel();
    });
    field.addEventListener("input", () => this.#tell(undefined));
    language.follow(() => {
      if (field.getAttribute("aria-invalid") === "true") this.#tell(nickProblem(field.value));
    });
  }

  /** @param canCancel whether there is a name to keep */
  ask(nick: string, canCancel: boolean): void {
    const { field, cancel } = this.#options;
    cancel.hidden = !canCancel;
    field.value = nick;
    this.#tell(undefined);
    field.focus();
    field.select();
  }

  #submit(): void {
    const { field, onJoin } = this.#options;
    const problem = nickProblem(field.value);
    this.#tell(problem);
    if (problem === undefined) onJoin(field.value);
    else field.focus();
  }

  #tell(problem: ChatKey | undefined): void {
    const { field, notice, language } = this.#options;
    notice.textContent = problem ? language.say(problem, { max: NICK_LENGTH }) : "";
    notice.hidden = problem === undefined;
    if (problem) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}
