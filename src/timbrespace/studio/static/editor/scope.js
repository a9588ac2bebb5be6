/**
 * Where an edit acts: on the active dimension or on all of z, in the frames that are selected or in all.
 * Pure.
 */

/** @import {Dimension, Place} from "../core/types.js" */
/** @typedef {{start: number, values: ArrayLike<number>}} Patch  values from frame `start` on */

const DECIMALS = 1e4; // values are kept to a ten-thousandth of a deviation, or of a dB

/**
 * @param {"active" | "all"} scope
 * @param {Dimension} active
 * @param {[number, number] | null} selection  frames
 * @returns {Place}
 */
export function placeOf(scope, active, selection) {
  const frames = selection ? { start: selection[0], end: selection[1] } : {};
  return { dimensions: scope === "all" ? null : [active], ...frames };
}

/**
 * The place of a reset: all of a part is its loudness, too, which the other edits leave alone unless it is
 * named.
 * @param {Place} place
 * @param {number} dimensions  of z
 * @returns {Place}
 */
export function placeOfReset(place, dimensions) {
  if (place.dimensions || place.start === undefined) return place;
  return { ...place, dimensions: [...Array(dimensions).keys(), "loudness"] };
}

/**
 * Dimensions and frames in words, for buttons and messages.
 * @param {Place} place
 * @param {number} rate  frames a second
 */
export function words(place, rate) {
  const what = place.dimensions ? place.dimensions.map(nameOf).join(", ") : "all of z";
  if (place.start === undefined || place.start === null) return what;
  const [from, to] = [place.start / rate, (place.end ?? place.start) / rate];
  return `${what}, ${from.toFixed(2)} to ${to.toFixed(2)} s`;
}

/** @param {Dimension} dimension */
export function nameOf(dimension) {
  return dimension === "loudness" ? "loudness" : `z${dimension}`;
}

/**
 * Values put in the place of what was there, as the server takes them.
 * @param {[Dimension, ArrayLike<number>][]} rows  all of one length
 * @param {number} start  frame
 * @returns {import("../core/types.js").Draw}
 */
export function drawing(rows, start) {
  return {
    op: "draw",
    dimensions: rows.map(([dimension]) => dimension),
    start,
    values: rows.map(([dimension, values]) => Array.from(values, (value) => rounded(value, dimension))),
  };
}

/**
 * @param {Dimension} dimension
 * @param {Patch} patch
 */
export const patching = (dimension, { start, values }) => drawing([[dimension, values]], start);

/** @param {number} value @param {Dimension} dimension */
function rounded(value, dimension) {
  const held =
    dimension === "loudness" ? Math.min(Math.max(value, -100), 6) : Math.min(Math.max(value, -1000), 1000);
  return Math.round(held * DECIMALS) / DECIMALS;
}
