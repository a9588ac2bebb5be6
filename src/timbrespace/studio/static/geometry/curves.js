// Curves as values frame by frame: read between their points, and drawn by hand. Interpolation is numpy's
// `interp`, which the server uses: linear, the ends held.

/** Values from a frame on. @typedef {{start: number, values: Float64Array}} Stretch */
/** Where the pointer was; a frame may have a fraction. @typedef {{frame: number, value: number}} Spot */

/**
 * The curve through points (xs, ys) at a place; beyond its ends it is held.
 *
 * @param {number} at
 * @param {ArrayLike<number>} xs not empty, growing
 * @param {ArrayLike<number>} ys
 */
export function interpolated(at, xs, ys) {
  const last = xs.length - 1;
  if (at >= xs[last]) return ys[last];
  const after = firstAfter(at, xs);
  if (after === 0) return ys[0];
  const share = (at - xs[after - 1]) / (xs[after] - xs[after - 1]);
  return ys[after - 1] + share * (ys[after] - ys[after - 1]);
}

/**
 * The number of the first x beyond a place; their count where there is none.
 *
 * @param {number} at
 * @param {ArrayLike<number>} xs growing
 */
export function firstAfter(at, xs) {
  let [low, high] = [0, xs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * What a hand drew: a value for every frame that the pointer passed, also those between two of its spots.
 * Where it came back over a frame, the later value counts.
 *
 * @param {Spot[]} trail in the order of the hand
 * @param {number} frames how many there are; what lies beyond is left out
 * @returns {Stretch | null} null where nothing was touched
 */
export function drawn(trail, frames) {
  const touched = trail.map((spot) => Math.min(Math.max(Math.round(spot.frame), 0), frames - 1));
  if (touched.length === 0 || frames < 1) return null;
  const start = touched.reduce((least, frame) => Math.min(least, frame));
  const end = touched.reduce((most, frame) => Math.max(most, frame));
  const values = new Float64Array(end - start + 1);
  values[touched[0] - start] = trail[0].value;
  for (let index = 1; index < trail.length; index += 1) {
    drag(
      values,
      start,
      { ...trail[index - 1], at: touched[index - 1] },
      { ...trail[index], at: touched[index] },
    );
  }
  return { start, values };
}

/**
 * The straight line of one movement, over the frames from its one end to its other.
 *
 * @param {Float64Array} values
 * @param {number} start frame of the first value
 * @param {Spot & {at: number}} from at: the frame that it touched
 * @param {Spot & {at: number}} to
 */
function drag(values, start, from, to) {
  const slope = to.at === from.at ? 0 : (to.value - from.value) / (to.at - from.at);
  const step = Math.sign(to.at - from.at);
  for (let frame = from.at; frame !== to.at; frame += step) {
    values[frame - start] = from.value + slope * (frame - from.at);
  }
  values[to.at - start] = to.value;
}
