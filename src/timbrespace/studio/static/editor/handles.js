/**
 * Where a dense curve gets handles: at its ends, where the musician put one, and where it turns; few enough
 * to take hold of at the zoom it is seen at. What moving one does is in `geometry/breakpoints.js`. Pure.
 */
import { simplified } from "../geometry/breakpoints.js";

const TOLERANCE_SHARE = 0.03; // of the values in sight: smaller turns get no handle
const APART_PIXELS = 22; // so that each can be taken hold of
const MOST = 3000;

/**
 * Frames of the handles, ascending.
 * @param {Float32Array} row
 * @param {{height: number, framesPerPixel: number, pins: Iterable<number>}} seen
 *   height: the range of values in sight; pins: frames that keep their handle
 * @returns {number[]}
 */
export function handlesOf(row, { height, framesPerPixel, pins }) {
  const last = row.length - 1;
  if (last < 0) return [];
  const apart = Math.max(1, framesPerPixel * APART_PIXELS);
  const most = Math.max(2, Math.min(MOST, Math.ceil((2 * row.length) / apart)));
  const held = new Set([0, last, ...[...pins].filter((frame) => frame > 0 && frame < last)]);
  const found = simplified(row, height * TOLERANCE_SHARE, most).filter((frame) => !held.has(frame));
  return spaced([...held].sort(ascending), found, apart);
}

/**
 * Those that are held, and of those that were found all that are not too close to one before.
 * @param {number[]} held  ascending
 * @param {number[]} found  ascending
 * @param {number} apart
 */
function spaced(held, found, apart) {
  const taken = [...held];
  let [next, before] = [0, -Infinity];
  for (const frame of found) {
    while (next < held.length && held[next] < frame) next += 1;
    const left = Math.max(before, held[next - 1] ?? -Infinity);
    if (frame - left < apart || (held[next] ?? Infinity) - frame < apart) continue;
    taken.push(frame);
    before = frame;
  }
  return taken.sort(ascending);
}

/** @param {number} a @param {number} b */
const ascending = (a, b) => a - b;
