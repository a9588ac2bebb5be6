/**
 * Every dial that there is, by name, so that a controller (Web MIDI) finds it.
 *
 *   findDial("z/3/bias")?.set(0.4)      touchedDial.value      dialMarks.value = { "z/3/bias": "CC 7" }
 */
import { signal } from "@preact/signals-core";

/** @import {DialProps} from "./dial.js" */
/**
 * @typedef {object} HeldDial
 * @property {string} name
 * @property {string} label
 * @property {number} low
 * @property {number} high
 * @property {number} value
 * @property {string} unit
 * @property {"linear" | "log"} course
 * @property {boolean} whole  on or off, high or low
 * @property {(value: number) => void} set  as a hand would; kept when it has settled
 */

/** Those on the page. @type {import("@preact/signals-core").Signal<Map<string, HeldDial>>} */
export const dials = signal(new Map());

/**
 * Those that act while no room shows them.
 * @type {import("@preact/signals-core").Signal<Map<string, HeldDial>>}
 */
export const standing = signal(new Map());

/**
 * The name of the dial that is to get a controller: the next one that moves.
 * @type {import("@preact/signals-core").Signal<string | null>}
 */
export const learning = signal(null);

/**
 * The name of the dial that was touched last.
 * @type {import("@preact/signals-core").Signal<string | null>}
 */
export const touchedDial = signal(null);

/**
 * Small marks beside dials, such as the controller that moves them, by name.
 * @type {import("@preact/signals-core").Signal<Record<string, string>>}
 */
export const dialMarks = signal({});

/**
 * The dial of this name. What always acts knows its value at once, what is drawn only after it was drawn.
 * @param {string} name
 * @returns {HeldDial | null}
 */
export const findDial = (name) => standing.peek().get(name) ?? dials.peek().get(name) ?? null;

/**
 * Put a dial on the list; what it answers takes it off.
 * @param {{current: DialProps}} latest  its properties as they are now
 * @param {(value: number) => void} set
 * @param {boolean} [whole]
 */
export function registerDial(latest, set, whole = false) {
  const { name } = latest.current;
  const entry = /** @type {HeldDial} */ ({
    name,
    get label() { return latest.current.full ?? latest.current.label; },
    get low() { return latest.current.low; },
    get high() { return latest.current.high; },
    get value() { return latest.current.value; },
    get unit() { return latest.current.unit ?? ""; },
    get course() { return latest.current.course ?? "linear"; },
    whole,
    set,
  }); // prettier-ignore
  dials.value = new Map(dials.peek()).set(name, entry);
  return () => {
    const left = new Map(dials.peek());
    if (left.get(name) === entry) left.delete(name);
    dials.value = left;
  };
}

/**
 * What right-click and the L key do on anything that a controller can move.
 * @param {string} name
 */
export function learns(name) {
  return {
    onContextMenu: (/** @type {MouseEvent} */ event) => {
      event.preventDefault();
      learning.value = name;
    },
    /** Whether it was that key. @param {KeyboardEvent} event */
    key: (event) => {
      if (event.key.toLowerCase() !== "l" || event.ctrlKey || event.metaKey || event.altKey) return false;
      learning.value = name;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}
