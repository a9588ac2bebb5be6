// Curves as values frame by frame: read between their points, drawn by hand, resampled, smoothed, and put on
// a canvas. Interpolation is numpy's `interp`, which the server uses: linear, the ends held.

import { toPixel } from "./viewport.js";

/** @typedef {import("./viewport.js").Axis} Axis */
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

/**
 * The same course over another number of frames; first and last stay first and last.
 *
 * @param {ArrayLike<number>} values not empty
 * @param {number} count
 */
export function resampled(values, count) {
  const found = new Float64Array(count);
  const scale = count > 1 ? (values.length - 1) / (count - 1) : 0;
  for (let index = 0; index < count; index += 1) {
    const place = Math.min(index * scale, values.length - 1);
    const before = Math.floor(place);
    const next = Math.min(before + 1, values.length - 1);
    found[index] = values[before] + (place - before) * (values[next] - values[before]);
  }
  return found;
}

/**
 * @param {ArrayLike<number>} values
 * @param {number} low
 * @param {number} high
 */
export function clamped(values, low, high) {
  return Float64Array.from(values, (value) => Math.min(Math.max(value, low), high));
}

/**
 * One value, so many times.
 *
 * @param {number} value
 * @param {number} count
 */
export function constant(value, count) {
  return new Float64Array(count).fill(value);
}

/**
 * Calmer, for the eye: the mean over `radius` frames on both sides, the ends held.
 *
 * @param {ArrayLike<number>} values
 * @param {number} radius frames
 */
export function smoothed(values, radius) {
  const last = values.length - 1;
  const found = new Float64Array(values.length);
  let sum = 0;
  for (let offset = -radius; offset <= radius; offset += 1)
    sum += values[Math.min(Math.max(offset, 0), last)] ?? 0;
  for (let index = 0; index <= last; index += 1) {
    found[index] = sum / (2 * radius + 1);
    sum += values[Math.min(index + radius + 1, last)] - values[Math.max(index - radius, 0)];
  }
  return found;
}

/**
 * The part of a curve that is in sight, as points of a line in pixels: x, y, x, y … Where several frames
 * fall on one pixel, the first, the lowest, the highest and the last stand for all, so that no peak is lost.
 *
 * @param {ArrayLike<number>} values from frame 0
 * @param {Axis} time over frames
 * @param {Axis} height over values
 * @returns {Float32Array}
 */
export function linePoints(values, time, height) {
  const first = Math.max(0, Math.floor(time.from));
  const last = Math.min(values.length - 1, Math.ceil(time.to));
  /** @type {number[]} */
  const points = [];
  let frame = first;
  while (frame <= last) {
    const column = Math.floor(toPixel(time, frame));
    let end = frame;
    while (end < last && Math.floor(toPixel(time, end + 1)) === column) end += 1;
    for (const at of telling(values, frame, end)) points.push(toPixel(time, at), toPixel(height, values[at]));
    frame = end + 1;
  }
  return Float32Array.from(points);
}

/**
 * The frames of a run that show its shape: its ends and its extremes, in order.
 *
 * @param {ArrayLike<number>} values
 * @param {number} first
 * @param {number} last
 */
function telling(values, first, last) {
  if (last - first < 4) return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  let [lowest, highest] = [first, first];
  for (let frame = first; frame <= last; frame += 1) {
    if (values[frame] < values[lowest]) lowest = frame;
    if (values[frame] > values[highest]) highest = frame;
  }
  return [...new Set([first, Math.min(lowest, highest), Math.max(lowest, highest), last])];
}
