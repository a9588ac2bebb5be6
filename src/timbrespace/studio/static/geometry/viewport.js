// One axis of a canvas: which values are seen, over how many pixels, and how one becomes the other.
// An axis never changes; zooming and panning give another one, kept within its limits.

/**
 * from, to: the values at its two ends, from < to. size: pixels. upward: values grow towards pixel 0, as
 * levels do on a screen. log: equal ratios take equal pixels, as pitch does; from is then above 0.
 *
 * @typedef {{from: number, to: number, size: number, upward?: boolean, log?: boolean}} Axis
 */

/**
 * from, to: how far the axis may go. narrowest: the least range that it may show, in its unit; of a
 * logarithmic axis the least ratio, above 1.
 *
 * @typedef {{from: number, to: number, narrowest: number}} Limits
 */

/**
 * Where a value lies, in pixels; outside 0…size where it is out of sight.
 *
 * @param {Axis} axis
 * @param {number} value
 */
export function toPixel(axis, value) {
  const share = (scale(axis, value) - scale(axis, axis.from)) / breadth(axis);
  return (axis.upward ? 1 - share : share) * axis.size;
}

/**
 * The value at a pixel: the inverse of `toPixel`.
 *
 * @param {Axis} axis
 * @param {number} pixel
 */
export function toValue(axis, pixel) {
  const share = axis.upward ? 1 - pixel / axis.size : pixel / axis.size;
  const found = scale(axis, axis.from) + share * breadth(axis);
  return axis.log ? Math.exp(found) : found;
}

/**
 * Pixels for one unit; of a logarithmic axis for one doubling.
 *
 * @param {Axis} axis
 */
export function pixelsPerUnit(axis) {
  return (axis.size / breadth(axis)) * (axis.log ? Math.LN2 : 1);
}

/**
 * Zoomed about a pixel: what lies there stays there, as far as the limits let it.
 *
 * @param {Axis} axis
 * @param {number} factor above 1 shows less
 * @param {number} pixel
 * @param {Limits} limits
 * @returns {Axis}
 */
export function zoomed(axis, factor, pixel, limits) {
  const held = scale(axis, toValue(axis, pixel));
  const from = held - (held - scale(axis, axis.from)) / factor;
  return placed(axis, from, from + breadth(axis) / factor, limits);
}

/**
 * Moved along by so many pixels: positive ones bring in what lies beyond the far end, at pixel `size`.
 *
 * @param {Axis} axis
 * @param {number} pixels
 * @param {Limits} limits
 * @returns {Axis}
 */
export function panned(axis, pixels, limits) {
  const step = ((axis.upward ? -pixels : pixels) / axis.size) * breadth(axis);
  return placed(axis, scale(axis, axis.from) + step, scale(axis, axis.to) + step, limits);
}

/**
 * Showing a range, with a share of it left free on either side.
 *
 * @param {Axis} axis
 * @param {number} from
 * @param {number} to
 * @param {Limits} limits
 * @param {number} margin
 * @returns {Axis}
 */
export function showing(axis, from, to, limits, margin = 0) {
  const [low, high] = [scale(axis, Math.min(from, to)), scale(axis, Math.max(from, to))];
  const free = margin * (high - low);
  return placed(axis, low - free, high + free, limits);
}

/**
 * @param {Axis} axis
 * @param {number} value
 */
function scale(axis, value) {
  return axis.log ? Math.log(value) : value;
}

/** @param {Axis} axis */
function breadth(axis) {
  return scale(axis, axis.to) - scale(axis, axis.from);
}

/**
 * The axis from one scaled place to another: not narrower than the limits say, moved rather than cut at them.
 *
 * @param {Axis} axis
 * @param {number} from
 * @param {number} to
 * @param {Limits} limits
 * @returns {Axis}
 */
function placed(axis, from, to, limits) {
  const [low, high] = [scale(axis, limits.from), scale(axis, limits.to)];
  const narrowest = scale(axis, limits.narrowest);
  const width = Math.min(Math.max(to - from, narrowest), high - low);
  const wanted = (from + to - width) / 2;
  const start = Math.min(Math.max(wanted, low), high - width);
  const end = start + width;
  return axis.log ? { ...axis, from: Math.exp(start), to: Math.exp(end) } : { ...axis, from: start, to: end };
}
