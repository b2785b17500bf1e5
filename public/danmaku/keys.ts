/** What single keys do. */
export interface KeyActions {
  readonly toggle: () => void;
  readonly step: (seconds: number) => void;
  readonly fullscreen: () => void;
  readonly comments: () => void;
}

export interface KeysOptions {
  /** Where these keys are the player's, whether they are on or not: its own arrows would be too small a step. */
  readonly range: HTMLElement;
  readonly isOn: () => boolean;
  readonly actions: KeyActions;
}

const STEP_SECONDS = 5;

/** Where a key means something already. */
const OCCUPIED = "input, textarea, select, dialog, [contenteditable]";
/** Where the space bar does; what `-1` has is focused by a click alone, and has no use for it. */
const PRESSED = `${OCCUPIED}, button, a, summary, [tabindex="0"]`;

/** Steers the player by the keyboard, wherever the focus is, as long as no field wants the key. */
export function useKeys({ range, isOn, actions }: KeysOptions): void {
  const tasks: Readonly<Record<string, () => void>> = {
    " ": actions.toggle,
    arrowleft: () => actions.step(-STEP_SECONDS),
    arrowright: () => actions.step(STEP_SECONDS),
    f: actions.fullscreen,
    d: actions.comments,
  };
  document.addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, altKey, metaKey, shiftKey, isComposing, repeat } = event;
    const name = key.toLowerCase();
    const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
    if (task === undefined || ctrlKey || altKey || metaKey || shiftKey || isComposing) return;
    const isTaken = target instanceof Element && target.closest(name === " " ? PRESSED : OCCUPIED);
    if (target !== range && (isTaken || !isOn())) return;
    event.preventDefault();
    // What toggles would flicker as long as the key is held.
    if (!repeat || name.startsWith("arrow")) task();
  });
}
