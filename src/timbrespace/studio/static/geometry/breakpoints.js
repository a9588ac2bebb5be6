// Handles on a dense curve: few enough to take hold of, and moving one bends the curve around it. The curve
// itself stays values frame by frame; a handle is a frame of it, whose value is the curve's.

import { kept } from "./thinning.js";
import { toPixel } from "./viewport.js";

/** @typedef {import("./viewport.js").Axis} Axis */

/**
 * What a movement of a handle does: the frames that change, from `start` on, and the handles afterwards.
 *
 * @typedef {{start: number, values: Float64Array, handles: number[]}} Change
 */

/**
 * bend: the curve between two handles keeps its detail and is bent along. line: it becomes straight.
 *
 * @typedef {"bend" | "line"} Manner
 */

/**
 * The frames that get a handle: the first, the last, and those that the curve turns at.
 *
 * @param {ArrayLike<number>} values
 * @param {number} tolerance how far the curve may lie from straight lines between handles, in its unit
 * @param {number} most of all handles, at least 2
 * @returns {number[]} growing
 */
export function simplified(values, tolerance, most = 64) {
  return kept(
    values.length,
    (at, from, to) => Math.abs(values[at] - between(values, at, from, to)),
    tolerance,
    most,
  );
}

/**
 * On the straight line between two frames of a curve.
 *
 * @param {ArrayLike<number>} values
 * @param {number} at
 * @param {number} from
 * @param {number} to
 */
function between(values, at, from, to) {
  return values[from] + ((at - from) / (to - from)) * (values[to] - values[from]);
}

/**
 * One handle moved: to a value, and to a frame between its neighbours; the first and the last stay in time.
 *
 * In the manner "bend", what lies between handle and neighbour is stretched along in time, and a tent is
 * added that has its top at the handle and is 0 at the neighbours, so that the detail stays. In the manner
 * "line", straight lines lead to the neighbours.
 *
 * @param {ArrayLike<number>} values the curve before
 * @param {number[]} handles growing frames; the first is the curve's first frame, the last its last
 * @param {number} index of the handle
 * @param {{frame: number, value: number}} target
 * @param {Manner} manner
 * @returns {Change}
 */
export function moved(values, handles, index, target, manner) {
  const [left, right] = neighbours(handles, index);
  const frame = within(Math.round(target.frame), handles, index);
  const [start, end] = [left ?? frame, right ?? frame];
  const made = new Float64Array(end - start + 1);
  const raise = target.value - values[handles[index]];
  for (let at = start; at <= end; at += 1) {
    const neighbour = at < frame ? start : end;
    const nearness = at === frame ? 1 : (at - neighbour) / (frame - neighbour);
    const source = neighbour + nearness * (handles[index] - neighbour);
    made[at - start] =
      manner === "bend"
        ? read(values, source) + nearness * raise
        : values[neighbour] + nearness * (target.value - values[neighbour]);
  }
  made[frame - start] = target.value;
  return { ...inner(start, made, left, right), handles: handles.with(index, frame) };
}

/**
 * A curve between two of its frames.
 *
 * @param {ArrayLike<number>} values
 * @param {number} place a frame with a fraction
 */
function read(values, place) {
  const before = Math.floor(place);
  const after = Math.min(before + 1, values.length - 1);
  return values[before] + (place - before) * (values[after] - values[before]);
}

/**
 * Without the neighbours' own frames, which do not change.
 *
 * @param {number} start
 * @param {Float64Array} values
 * @param {number | undefined} left
 * @param {number | undefined} right
 */
function inner(start, values, left, right) {
  const [cut, end] = [left === undefined ? 0 : 1, values.length - (right === undefined ? 0 : 1)];
  return { start: start + cut, values: values.slice(cut, end) };
}

/**
 * @param {number[]} handles
 * @param {number} index
 * @returns {[number | undefined, number | undefined]}
 */
function neighbours(handles, index) {
  return [handles[index - 1], handles[index + 1]];
}

/**
 * A frame that the handle may have.
 *
 * @param {number} frame
 * @param {number[]} handles
 * @param {number} index
 */
function within(frame, handles, index) {
  const [left, right] = neighbours(handles, index);
  if (left === undefined || right === undefined) return handles[index];
  return Math.min(Math.max(frame, left + 1), right - 1);
}

/**
 * One handle taken away, and the curve brought back to the straight line between its neighbours where it was:
 * in the manner "bend" with its detail, in the manner "line" wholly. The first and the last cannot be.
 *
 * @param {ArrayLike<number>} values
 * @param {number[]} handles
 * @param {number} index
 * @param {Manner} manner
 * @returns {Change | null} null for the first and the last
 */
export function removed(values, handles, index, manner) {
  const [left, right] = neighbours(handles, index);
  if (left === undefined || right === undefined) return null;
  const frame = handles[index];
  const value = between(values, frame, left, right);
  return { ...moved(values, handles, index, { frame, value }, manner), handles: handles.toSpliced(index, 1) };
}

/**
 * The handle under the pointer: the nearest within reach.
 *
 * @param {ArrayLike<number>} values
 * @param {number[]} handles
 * @param {{x: number, y: number}} pointer pixels
 * @param {Axis} time over frames
 * @param {Axis} height over values
 * @param {number} reach pixels
 * @returns {number} its number, or -1
 */
export function hit(values, handles, pointer, time, height, reach = 10) {
  let [found, nearest] = [-1, reach];
  for (const [index, frame] of handles.entries()) {
    const distance = Math.hypot(toPixel(time, frame) - pointer.x, toPixel(height, values[frame]) - pointer.y);
    if (distance <= nearest) [found, nearest] = [index, distance];
  }
  return found;
}
