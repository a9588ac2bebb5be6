/**
 * Handles of the active curve, as the panes draw them and hands and keys take hold of them; while a hand has
 * one, all stay where they were.
 */
import { computed, signal } from "@preact/signals-core";
import { activePart } from "../core/store.js";
import { moved, removed } from "../geometry/breakpoints.js";
import { framesPerPixel, timeAxis } from "./axes.js";
import * as draft from "./draft.js";
import { handlesOf } from "./handles.js";
import { patching } from "./scope.js";
import { active, chosenHandle, pin, pinsOf, rate, rowOf, shown, tool, valuesOf } from "./state.js";

/** @import {Change, Manner} from "../geometry/breakpoints.js" */
/** @import {Dimension} from "../core/types.js" */
/**
 * @typedef {object} Grip  a handle that is held
 * @property {string} part
 * @property {Dimension} dimension
 * @property {Float32Array} row  as it was
 * @property {number[]} handles  frames, as they were
 * @property {number} index  of the held one
 * @property {number[]} own  without those that only stand for the edges of what is in sight
 */

/** Handles as they are while one is held. @type {import("@preact/signals-core").Signal<number[] | null>} */
export const frozen = signal(null);

/** Pixels in a frame's stead, rounded, so that a little zoom moves no handle. */
const grain = computed(() => 2 ** (Math.round(2 * Math.log2(framesPerPixel())) / 2));

/** @type {import("@preact/signals-core").ReadonlySignal<number[]>} */
const found = computed(() => {
  const part = activePart.value;
  const row = rowOf(active.value);
  if (!part || !row || tool.value === "draw" || frozen.value) return [];
  const [low, high] = valuesOf(active.value === "loudness" ? "loudness" : "latents");
  return handlesOf(row, {
    height: high - low,
    framesPerPixel: grain.value,
    pins: pinsOf(part.id, active.value),
  });
});

/** Frames that have a handle, ascending. */
export const handles = computed(() => frozen.value ?? found.value);

/**
 * Take hold of the handle at a frame, or of a new one there. Where its neighbours are out of sight, the
 * edges of what is seen are in their place: a hand changes nothing that it does not see.
 * @param {number} frame
 * @returns {Grip | null}
 */
export function gripAt(frame) {
  const part = activePart.peek();
  const row = shown.peek()?.rows.get(active.peek());
  const own = handles.peek();
  if (!part || !row?.length || !own.length || !draft.isCurrent(part.id)) return null;
  const frames = [...new Set([...own, ...edges(row.length), frame])].sort((a, b) => a - b);
  return { part: part.id, dimension: active.peek(), row, handles: frames, index: frames.indexOf(frame), own };
}

/** The first and the last frame in sight. @param {number} length @returns {[number, number]} */
function edges(length) {
  const { from, to } = timeAxis();
  return [Math.max(0, Math.ceil(from * rate.peek())), Math.min(length - 1, Math.floor(to * rate.peek()))];
}

/**
 * Move a held handle: shown and heard at once.
 * @param {Grip} grip
 * @param {{frame: number, value: number}} target
 * @returns {{change: Change, edit: import("../core/types.js").Draw}}
 */
export function moveGrip(grip, target) {
  const change = moved(grip.row, grip.handles, grip.index, target, manner());
  return shownAs(grip, change, change.handles[grip.index]);
}

/**
 * Show what became of a curve.
 * @param {Grip} grip
 * @param {Change} change
 * @param {number | null} chosen
 */
function shownAs({ part, dimension, row, own }, change, chosen) {
  const after = row.slice();
  after.set(change.values, change.start);
  const edit = patching(dimension, change);
  draft.show({ part, frames: row.length, rows: new Map([[dimension, after]]) }, edit);
  frozen.value = change.handles.filter((frame) => own.includes(frame) || frame === chosen);
  chosenHandle.value = chosen;
  return { change, edit };
}

/**
 * The moved handle and its neighbours keep their places from now on.
 * @param {Grip} grip
 * @param {Change} change
 */
export function pinMoved({ part, dimension, handles: before, index, own }, change) {
  const held = new Set(pinsOf(part, dimension));
  held.delete(before[index]);
  held.add(change.handles[index]);
  for (const frame of [before[index - 1], before[index + 1]]) if (own.includes(frame)) held.add(frame);
  pin(part, dimension, held);
}

/** Put a handle where there was none; the curve stays. @param {number} frame */
export function addHandle(frame) {
  const grip = gripAt(frame);
  if (!grip) return;
  pin(grip.part, grip.dimension, [...pinsOf(grip.part, grip.dimension), frame]);
  chosenHandle.value = frame;
}

/** Take a handle away, and with it the turn that the curve makes there. @param {number} frame */
export function removeHandle(frame) {
  draft.settle();
  const grip = handles.peek().includes(frame) ? gripAt(frame) : null;
  const change = grip && removed(grip.row, grip.handles, grip.index, manner());
  if (!grip || !change) return;
  const left = [...pinsOf(grip.part, grip.dimension)].filter((each) => each !== frame);
  pin(grip.part, grip.dimension, left);
  const { edit } = shownAs(grip, change, grip.handles[grip.index - 1]);
  frozen.value = null;
  void draft.keep(grip.part, edit);
}

/** @returns {Manner} */
const manner = () => (tool.peek() === "line" ? "line" : "bend");
