/** What single keys do. */
export interface KeyActions {
  readonly toggle: () => void;
  readonly step: (seconds: number) => void;
  readonly fullscreen: () => void;
  readonly comments: () => void;
}

export interface KeysOptions {
  /** Has the arrows for itself, and shares them. */
  readonly range: HTMLElement;
  readonly isOn: () => boolean;
  readonly actions: KeyActions;
}

const STEP_SECONDS = 5;

/** Where a key means something already. */
const OCCUPIED = "input, textarea, select, dialog, [contenteditable]";
/** Where the space bar does. */
const PRESSED = `${OCCUPIED}, button, a, summary, [tabindex]`;

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
    const { key, target, ctrlKey, altKey, metaKey, shiftKey, isComposing } = event;
    const name = key.toLowerCase();
    const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
    if (task === undefined || ctrlKey || altKey || metaKey || shiftKey || isComposing) return;
    const isArrowOfRange = target === range && name.startsWith("arrow");
    const isTaken = target instanceof Element && target.closest(name === " " ? PRESSED : OCCUPIED);
    if (!isArrowOfRange && (isTaken || !isOn())) return;
    event.preventDefault();
    task();
  });
}
