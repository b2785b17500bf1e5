/** Keyboards report this for every key that an input method takes (UI Events, section 7.3.1). */
const KEY_OF_INPUT_METHOD = 229;

/** Enter submits the form of the field, Shift+Enter breaks the line, and an input method keeps its Enter. */
export function enterSends(field: HTMLTextAreaElement | HTMLInputElement): void {
  // Two types, of which each has the event.
  const target: HTMLElement = field;
  target.addEventListener("keydown", (event) => {
    // Safari ends the composition before the Enter that confirms it, and only says 229
    const composing = event.isComposing || event.keyCode === KEY_OF_INPUT_METHOD;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    field.form?.requestSubmit();
  });
}
