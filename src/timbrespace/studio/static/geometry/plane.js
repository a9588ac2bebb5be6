// The plane of the interpolation room: how much every point counts at a place, as `plane.py` says it, and the
// paths that a hand draws over it.

import { interpolated } from "./curves.js";
import { kept } from "./thinning.js";

/** A place in the square from 0 to 1. @typedef {{x: number, y: number}} Place */
/** radius: where the point's influence ends, in the plane's unit. @typedef {Place & {radius: number}} Zone */
/** Where a path is at a time. @typedef {Place & {seconds: number}} Step */

export const MOST_POINTS = 26;
export const REACHES_ALL = Math.SQRT2; // from corner to corner
const CORNERS = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
];

/**
 * Places of so many points: the corners for four, else a regular polygon from the left, clockwise.
 *
 * @param {number} count 2 to 26
 * @returns {Place[]}
 */
export function defaultPoints(count) {
  if (!(count >= 2 && count <= MOST_POINTS))
    throw new RangeError(`${count} points; a plane has 2 to ${MOST_POINTS}`);
  if (count === CORNERS.length) return CORNERS.map(([x, y]) => ({ x, y }));
  return Array.from({ length: count }, (_, index) => {
    const angle = Math.PI - (2 * Math.PI * index) / count;
    return { x: 0.5 + 0.5 * Math.cos(angle), y: 0.5 + 0.5 * Math.sin(angle) };
  });
}

/**
 * How much every point counts at a place: Shepard's weights as Franke and Nielson fade them out, summing
 * to 1. Exactly 1 at a point (shared where points coincide), nothing from its radius on; where none reaches,
 * the one plays alone whose edge is nearest.
 *
 * @param {Place} place
 * @param {Zone[]} points not empty
 * @returns {Float64Array} [points]
 */
export function weights(place, points) {
  return weighed(place.x, place.y, points, new Float64Array(points.length));
}

/**
 * `weights`, written into an array: for whoever needs those of many places.
 *
 * @param {number} x
 * @param {number} y
 * @param {Zone[]} points not empty
 * @param {Float64Array} found [points]
 */
export function weighed(x, y, points, found) {
  let [nearest, alone, edge] = [Infinity, 0, Infinity];
  for (let n = 0; n < points.length; n += 1) {
    const point = points[n];
    const distance = Math.sqrt((x - point.x) ** 2 + (y - point.y) ** 2);
    found[n] = distance;
    if (distance < point.radius) nearest = Math.min(nearest, distance);
    if (distance - point.radius < edge) [alone, edge] = [n, distance - point.radius];
  }
  if (nearest === Infinity) {
    found.fill(0);
    found[alone] = 1;
    return found;
  }
  let sum = 0;
  for (let n = 0; n < points.length; n += 1) {
    const { radius } = points[n];
    const closeness = found[n] > nearest ? nearest / found[n] : 1;
    found[n] = found[n] < radius ? (((radius - found[n]) / radius) * closeness) ** 2 : 0;
    sum += found[n];
  }
  for (let n = 0; n < points.length; n += 1) found[n] /= sum;
  return found;
}

/**
 * The nearest place within the plane.
 *
 * @param {Place} place
 * @returns {Place}
 */
export function inside(place) {
  return { x: Math.min(Math.max(place.x, 0), 1), y: Math.min(Math.max(place.y, 0), 1) };
}

/**
 * A path being recorded, one place on. A place at the time of the last one, or before, takes its stead.
 *
 * @param {Step[]} path
 * @param {Place} place
 * @param {number} seconds since the recording began
 * @returns {Step[]}
 */
export function recorded(path, place, seconds) {
  const before = path.length > 0 && path[path.length - 1].seconds >= seconds ? path.slice(0, -1) : path;
  const since = before.length > 0 ? before[before.length - 1].seconds : 0;
  return [...before, { ...inside(place), seconds: Math.max(seconds, since) }];
}

/**
 * Where a path is at a time; before and after it, at its ends.
 *
 * @param {Step[]} path not empty
 * @param {number} seconds
 * @returns {Place}
 */
export function placeAt(path, seconds) {
  const times = path.map((step) => step.seconds);
  const [x, y] = /** @type {const} */ (["x", "y"]).map((axis) =>
    interpolated(
      seconds,
      times,
      path.map((step) => step[axis]),
    ),
  );
  return { x, y };
}

/**
 * The same path with fewer points: at no time further than the tolerance from where it was then, if `most`
 * points are enough for that.
 *
 * @param {Step[]} path
 * @param {number} tolerance in the plane's unit
 * @param {number} most at least 2
 * @returns {Step[]}
 */
export function thinned(path, tolerance = 0.005, most = 200) {
  return kept(path.length, (at, from, to) => away(path[at], path[from], path[to]), tolerance, most).map(
    (index) => path[index],
  );
}

/**
 * How far a step lies from where the straight line from one step to another is at its time.
 *
 * @param {Step} step
 * @param {Step} from
 * @param {Step} to
 */
function away(step, from, to) {
  const share = to.seconds > from.seconds ? (step.seconds - from.seconds) / (to.seconds - from.seconds) : 0;
  return Math.hypot(step.x - from.x - share * (to.x - from.x), step.y - from.y - share * (to.y - from.y));
}

/**
 * One point of a path moved over the plane, and in time where that is given, not past its neighbours.
 *
 * @param {Step[]} path
 * @param {number} index
 * @param {Place & {seconds?: number}} target
 * @returns {Step[]}
 */
export function movedStep(path, index, target) {
  const [least, most] = [path[index - 1]?.seconds ?? 0, path[index + 1]?.seconds ?? Infinity];
  const seconds = Math.min(Math.max(target.seconds ?? path[index].seconds, least), most);
  return path.with(index, { ...inside(target), seconds });
}

/**
 * The path with its time stretched or shortened to so many seconds.
 *
 * @param {Step[]} path
 * @param {number} seconds above 0
 * @returns {Step[]}
 */
export function lasting(path, seconds) {
  const end = path.length > 0 ? path[path.length - 1].seconds : 0;
  return end > 0 ? path.map((step) => ({ ...step, seconds: (step.seconds / end) * seconds })) : path;
}

/**
 * The nearest of some places to the pointer, within reach.
 *
 * @param {Place[]} places
 * @param {Place} pointer
 * @param {number} reach in the plane's unit
 * @returns {number} its number, or -1
 */
export function nearestPlace(places, pointer, reach) {
  let [found, least] = [-1, reach];
  for (const [index, place] of places.entries()) {
    const distance = Math.hypot(place.x - pointer.x, place.y - pointer.y);
    if (distance <= least) [found, least] = [index, distance];
  }
  return found;
}
