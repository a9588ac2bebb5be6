/**
 * A handle moved by keys: every press is heard and seen, and all of them are kept as one edit when they rest.
 */
import * as draft from "./draft.js";
import { frozen, gripAt, handles, moveGrip, pinMoved } from "./grips.js";
import { chosenHandle, valuesOf } from "./state.js";

/** @import {Grip} from "./grips.js" */

const STEP = 1 / 200; // of the values in sight, a press

/** @type {{grip: Grip, frames: number, value: number} | null} */
let held = null;

/**
 * @param {number} frames  later
 * @param {number} steps  up
 */
export function nudge(frames, steps) {
  const at = chosenHandle.peek();
  if (!held && (at === null || !handles.peek().includes(at))) return;
  if (!held) {
    draft.settle();
    const grip = gripAt(/** @type {number} */ (at));
    if (!grip) return;
    held = { grip, frames: 0, value: 0 };
  }
  const { grip } = held;
  const [low, high] = valuesOf(grip.dimension === "loudness" ? "loudness" : "latents");
  held.frames += frames;
  held.value += steps * STEP * (high - low);
  const from = grip.handles[grip.index];
  const { change, edit } = moveGrip(grip, { frame: from + held.frames, value: grip.row[from] + held.value });
  draft.keepSoon(grip.part, edit, (answer) => {
    if (answer) pinMoved(grip, change);
    held = null;
    frozen.value = null;
  });
}
