/**
 * Keys of the page. `bindKeys` in an effect, end it in the effect's clean-up; the help overlay lists what is bound.
 *
 *   useEffect(() => bindKeys([{ keys: "Ctrl+Z", title: "Undo", group: "Editing", run: undo }]), []);
 *
 * "Ctrl" is also Cmd. Keys do nothing while text is typed, unless `typing` is set; the binding made last wins.
 */
import { signal } from "@preact/signals-core";
import { matches } from "./keynames.js";

/**
 * @typedef {object} Binding
 * @property {string} keys  such as "Space", "Ctrl+Shift+Z", "?", "ArrowUp"; several: "Delete, Backspace"
 * @property {string} title  what it does, for the overlay
 * @property {string} [group]
 * @property {(event: KeyboardEvent) => void} run
 * @property {() => boolean} [when]
 * @property {boolean} [typing]  also while text is typed
 */

/**
 * What was clicked last, while it has the focus: Space plays, it does not click that again.
 * @type {Element | null}
 */
let clicked = null;

/** @type {import("@preact/signals-core").Signal<Binding[]>} */
export const bindings = signal([]);

const TYPED = "input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable=true]";
const PRESSED = "button, a, [role=menuitem], [role=menuitemradio], [role=tab], summary";
const LET_GO = ".button, .play, .round, .tab, .segmented button"; // do not keep the focus that a click gives

/**
 * @param {Binding[]} added
 * @returns {() => void}
 */
export function bindKeys(added) {
  bindings.value = [...bindings.peek(), ...added];
  return () => {
    bindings.value = bindings.peek().filter((binding) => !added.includes(binding));
  };
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (event.defaultPrevented || pressesButton(event)) return;
  const busy = /** @type {HTMLElement} */ (event.target).matches?.(TYPED) || document.querySelector("dialog[open]");
  const meant = [...bindings.peek()].reverse().filter((binding) => binding.typing || !busy);
  const found = meant.find((binding) => matches(event, binding.keys) && binding.when?.() !== false);
  if (!found) return;
  event.preventDefault();
  found.run(event);
}

/** Whether it is meant for a button that was reached by key. @param {KeyboardEvent} event */
function pressesButton({ key, target }) {
  const element = /** @type {HTMLElement} */ (target);
  return (key === " " || key === "Enter") && element.matches?.(PRESSED) && element !== clicked;
}

document.addEventListener("keydown", pressed);
document.addEventListener("keyup", (event) => {
  if (event.key === " " && event.target === clicked) event.preventDefault();
});
document.addEventListener("focusin", ({ target }) => {
  if (target !== clicked) clicked = null;
});
document.addEventListener("click", ({ target, detail }) => {
  if (!detail) return; // by key, or by a screen reader
  const element = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest?.(PRESSED));
  if (element?.matches(LET_GO) && element === document.activeElement) element.blur();
  clicked = element;
});
