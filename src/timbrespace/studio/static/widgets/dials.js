/**
 * Every dial that is on the page, by name, so that a controller (Web MIDI) finds it.
 *
 *   dials.value.get("z/3/bias")?.set(0.4)      touchedDial.value      dialMarks.value = { "z/3/bias": "CC 7" }
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
 * @property {(value: number) => void} set  as a hand would; kept when it has settled
 */

/** @type {import("@preact/signals-core").Signal<Map<string, HeldDial>>} */
export const dials = signal(new Map());

/**
 * The name of the dial that was touched last: what "learn" binds to.
 * @type {import("@preact/signals-core").Signal<string | null>}
 */
export const touchedDial = signal(null);

/**
 * Small marks beside dials, such as the controller that moves them, by name.
 * @type {import("@preact/signals-core").Signal<Record<string, string>>}
 */
export const dialMarks = signal({});

/**
 * Put a dial on the list; what it answers takes it off.
 * @param {{current: DialProps}} latest  its properties as they are now
 * @param {(value: number) => void} set
 */
export function registerDial(latest, set) {
  const { name } = latest.current;
  const entry = /** @type {HeldDial} */ ({
    name,
    get label() { return latest.current.label; },
    get low() { return latest.current.low; },
    get high() { return latest.current.high; },
    get value() { return latest.current.value; },
    get unit() { return latest.current.unit ?? ""; },
    set,
  }); // prettier-ignore
  dials.value = new Map(dials.peek()).set(name, entry);
  return () => {
    const left = new Map(dials.peek());
    if (left.get(name) === entry) left.delete(name);
    dials.value = left;
  };
}
