/**
 * What was copied, for every part and sound while the page is open, and what pasting makes of it: other frame
 * rates and models are allowed, values are read anew at the frames they come to. Pure but for the clipboard.
 */
import { signal } from "@preact/signals-core";
import { valueAt } from "./columns.js";
import { drawing, nameOf } from "./scope.js";

/** @import {Dimension, Draw, ModelInfo} from "../core/types.js" */
/** @import {Columns} from "./columns.js" */

/**
 * @typedef {object} Clip
 * @property {[Dimension, Float32Array][]} rows  all of one length
 * @property {number} rate  frames a second
 * @property {string} from  in words
 * @property {ModelInfo} model
 */
/** @typedef {{start: number, end: number}} Target  frames; what is pasted ends there at the latest */

/** @type {import("@preact/signals-core").Signal<Clip | null>} */
export const clip = signal(null);

/**
 * Take a copy of dimensions of a stretch of frames.
 * @param {Columns} columns
 * @param {Dimension[]} dimensions
 * @param {Target} stretch
 * @param {{model: ModelInfo, name: string}} origin
 */
export function copy(columns, dimensions, { start, end }, { model, name }) {
  /** @type {[Dimension, Float32Array][]} */
  const rows = dimensions.map((each) => [
    each,
    (columns.rows.get(each) ?? new Float32Array(0)).slice(start, end),
  ]);
  const what = dimensions.length === 1 ? nameOf(dimensions[0]) : `${dimensions.length} curves`;
  clip.value = { rows, rate: columns.rate, model, from: `${what} of ${name}` };
}

/**
 * The edit that pastes a clip. One curve goes to the active dimension, whatever it came from; several to the
 * dimensions of the same names, as far as the part has them.
 * @param {Clip} held
 * @param {{active: Dimension, target: Target, fit: boolean, rate: number, model: ModelInfo}} to
 *   fit: stretched to fill the target
 * @returns {Draw | null} null where there is nothing to paste
 */
export function pasting(held, { active, target, fit, rate, model }) {
  const room = target.end - target.start;
  const length = held.rows[0]?.[1].length ?? 0;
  const count = fit ? room : Math.min(room, Math.max(1, Math.round((length * rate) / held.rate)));
  if (count < 1 || length < 1) return null;
  const step = fit ? (length - 1) / Math.max(1, count - 1) : held.rate / rate;
  /** @type {[Dimension, Float32Array][]} */
  const rows = [];
  for (const [dimension, values] of held.rows) {
    const to = held.rows.length === 1 ? active : dimension;
    if (to !== "loudness" && to >= model.latents) continue;
    const change = fitted(rangeOf(held.model, dimension), rangeOf(model, to), dimension === to);
    rows.push([to, Float32Array.from({ length: count }, (_, n) => change(valueAt(values, n * step)))]);
  }
  return rows.length ? drawing(rows, target.start) : null;
}

/**
 * Between deviations and dB, and only there, the one range is laid over the other.
 * @param {Range} from
 * @param {Range} to
 * @param {boolean} same
 * @returns {(value: number) => number}
 */
function fitted(from, to, same) {
  if (same || from.unit === to.unit) return (value) => value;
  return (value) => to.low + ((value - from.low) / (from.high - from.low || 1)) * (to.high - to.low);
}

/** @typedef {{low: number, high: number, unit: string}} Range */

/** @param {ModelInfo} model @param {Dimension} dimension @returns {Range} */
function rangeOf(model, dimension) {
  if (dimension === "loudness") return { ...model.loudness, unit: "dB" };
  const { low, high } = model.dimensions[dimension];
  return { low, high, unit: "deviations" };
}
