/**
 * Web MIDI: controllers that move dials. `learning` (widgets/dials.js) names the dial that the next controller
 * binds to; bindings, by channel and number, are kept in the session and hold for whatever device sends them.
 */
import { computed, effect, signal } from "@preact/signals-core";
import { taken, wayTo } from "../geometry/takeover.js";
import { fromShare, toShare } from "../widgets/dialhands.js";
import { dialMarks, dials, findDial, learning, standing } from "../widgets/dials.js";
import { remember, rememberedUnder } from "./memory.js";
import { notify } from "./notices.js";

/** @import {Grip} from "../geometry/takeover.js" */

const KEPT = "midi/"; // and the dial's name: each by itself, so that two pages may learn at once
const MOST = 200; // that a session keeps
const CONTROL_CHANGE = 0xb0;
const HIGHEST = 127;
const ARROWS = /** @type {Record<string, string>} */ ({ "1": "↑", "-1": "↓" });

/**
 * What there is of MIDI.
 * @typedef {{state: "closed" | "opening" | "open" | "none" | "refused", devices: string[]}} Midi
 */
/** @type {import("@preact/signals-core").Signal<Midi>} */
export const midi = signal({ state: "closed", devices: [] });

/** The controller of a dial, "channel/number" with channels from 1, by the dial's name. */
export const bindings = computed(() => /** @type {Record<string, string>} */ (rememberedUnder(KEPT)));

/** @type {import("@preact/signals-core").Signal<Record<string, Grip>>} */
const grips = signal({});

/** @type {MIDIAccess | null} */
let access = null;

/** A controller in words. @param {string} controller */
export function wordsOf(controller) {
  const [channel, number] = controller.split("/");
  return channel === "1" ? `CC ${number}` : `CC ${number} ch ${channel}`;
}

/** Ask the browser for its MIDI devices, once. */
export async function openMidi() {
  if (access || midi.peek().state === "opening") return;
  if (!navigator.requestMIDIAccess) {
    midi.value = { state: "none", devices: [] };
    return;
  }
  midi.value = { state: "opening", devices: [] };
  try {
    access = await navigator.requestMIDIAccess();
    access.onstatechange = listen;
    listen();
  } catch {
    midi.value = { state: "refused", devices: [] };
  }
}

/** Hear every device that is there now. */
function listen() {
  const inputs = [...(access?.inputs.values() ?? [])].filter(({ state }) => state !== "disconnected");
  for (const input of inputs) input.onmidimessage = ({ data }) => data && heard(data);
  midi.value = { state: "open", devices: inputs.map(({ name }) => name ?? "a device without a name") };
}

/** @param {Uint8Array} data */
function heard([status, number, value]) {
  if ((status & 0xf0) !== CONTROL_CHANGE || value === undefined) return;
  const controller = `${(status & 0x0f) + 1}/${number}`;
  const asked = learning.peek();
  if (asked !== null) {
    learning.value = null;
    bind(asked, controller);
  }
  for (const [name, bound] of Object.entries(bindings.peek())) if (bound === controller) turn(name, value / HIGHEST);
}

/** @param {string} name  of a dial @param {number} share  where its controller is */
function turn(name, share) {
  const dial = findDial(name);
  if (!dial) return;
  if (dial.whole) {
    const to = share >= 0.5 ? dial.high : dial.low;
    if (to !== dial.value) dial.set(to);
    return;
  }
  const shape = { low: dial.low, high: dial.high, course: dial.course };
  const grip = taken(grips.peek()[name] ?? null, share, toShare(shape, dial.value), performance.now());
  grips.value = { ...grips.peek(), [name]: grip };
  if (grip.held) dial.set(fromShare(shape, share));
}

/**
 * @template T
 * @param {Record<string, T>} all @param {string} name
 * @returns {Record<string, T>}
 */
const without = (all, name) => Object.fromEntries(Object.entries(all).filter(([each]) => each !== name));

/** @param {string} name @param {string} controller */
function bind(name, controller) {
  const bound = bindings.peek();
  if (!(name in bound) && Object.keys(bound).length >= MOST) {
    notify("The session has no room for another controller; take one away first.", { kind: "error" });
    return;
  }
  remember(KEPT + name, controller);
  grips.value = without(grips.peek(), name);
}

/** Let a dial go. @param {string} name */
export const unbind = (name) => remember(KEPT + name, null);

/** Listen from now on: at once where the session has bindings, else when one is asked for. */
export function startMidi() {
  effect(() => {
    if (learning.value !== null || Object.keys(bindings.value).length) void openMidi();
  });
  effect(() => {
    const shown = new Map([...standing.value, ...dials.value]);
    dialMarks.value = Object.fromEntries(
      Object.entries(bindings.value).map(([name, controller]) => {
        const dial = shown.get(name);
        const way = dial && !dial.whole ? wayTo(grips.value[name] ?? null, toShare(dial, dial.value)) : 0;
        return [name, `${wordsOf(controller)}${ARROWS[way] ?? ""}`];
      }),
    );
  });
}
