// A path over the plane: where the puck is at which second. Points in the order of time, straight lines between
// them, held before the first and after the last, as `plane.walk` reads them. Each function gives a new path.

import { firstAfter, interpolated } from "./curves.js";
import { kept } from "./thinning.js";

/** @typedef {{seconds: number, x: number, y: number}} PathPoint */
/** @typedef {{x: number, y: number}} Place  0 to 1; y grows upward */

const STEP_SECONDS = 0.02; // between samples of a path that is made anew
const MOST_SAMPLES = 6000;
const MOST_POINTS = 1500; // of a path: what is sent with every move of a hand
const ROUND_SAMPLES = 64; // of a drawn shape

/**
 * Where the path is at a time.
 *
 * @param {PathPoint[]} path
 * @param {number} seconds
 * @returns {Place}
 */
export function placeAt(path, seconds) {
  const [x, y] = [path.map((point) => point.x), path.map((point) => point.y)];
  return { x: interpolated(seconds, times(path), x), y: interpolated(seconds, times(path), y) };
}

/**
 * What a hand did, as a path that begins at 0 s: thinned to what can be told apart.
 *
 * @param {PathPoint[]} samples in the order of time, on any clock
 * @param {number} tolerance in widths of the plane
 */
export function recorded(samples, tolerance) {
  const begin = samples[0].seconds;
  return thinned(samples.map((point) => rounded({ ...point, seconds: point.seconds - begin })), tolerance); // prettier-ignore
}

/**
 * @param {PathPoint[]} path
 * @param {number} tolerance how far from the path a point that is left out may lie, at its time
 */
export function thinned(path, tolerance) {
  const away = (/** @type {number} */ at, /** @type {number} */ from, /** @type {number} */ to) =>
    distance(path[at], placeAt([path[from], path[to]], path[at].seconds));
  return kept(path.length, away, tolerance, MOST_POINTS).map((index) => path[index]);
}

/**
 * With its corners rounded: the mean over a stretch of time about every moment, its ends kept where they are.
 *
 * @param {PathPoint[]} path
 * @param {number} reach seconds, on either side
 * @param {number} tolerance as `thinned`
 */
export function smoothed(path, reach, tolerance) {
  const [from, to] = ends(path);
  if (!(to > from)) return path;
  const count = Math.min(Math.ceil((to - from) / STEP_SECONDS), MOST_SAMPLES);
  const dense = Array.from({ length: count + 1 }, (_, n) => placeAt(path, from + ((to - from) * n) / count));
  const width = Math.max(1, Math.round((reach * count) / (to - from)));
  const smooth = dense.map((_, n) => meanAbout(dense, n, Math.min(width, n, count - n)));
  return thinned(smooth.map((place, n) => rounded({ ...place, seconds: from + ((to - from) * n) / count })), tolerance); // prettier-ignore
}

/**
 * Slower or faster, so that it ends at a time.
 *
 * @param {PathPoint[]} path
 * @param {number} seconds
 */
export function retimed(path, seconds) {
  const [, end] = ends(path);
  return end > 0 ? path.map((point) => rounded({ ...point, seconds: (point.seconds / end) * seconds })) : path;
}

/**
 * The same way at one speed.
 *
 * @param {PathPoint[]} path
 */
export function evenPaced(path) {
  const [from, to] = ends(path);
  const way = path.map(() => 0);
  for (let n = 1; n < path.length; n += 1) way[n] = way[n - 1] + distance(path[n - 1], path[n]);
  const whole = way[way.length - 1];
  if (!(whole > 0)) return path;
  return path.map((point, n) => rounded({ ...point, seconds: from + ((to - from) * way[n]) / whole }));
}

/**
 * The other way round in the same time.
 *
 * @param {PathPoint[]} path
 */
export function reversed(path) {
  const [from, to] = ends(path);
  return path.map((point) => rounded({ ...point, seconds: from + to - point.seconds })).reverse();
}

/**
 * One point elsewhere, or at another time, which stays between its neighbours' times.
 *
 * @param {PathPoint[]} path
 * @param {number} index
 * @param {Partial<PathPoint>} to
 */
export function moved(path, index, to) {
  const [low, high] = [path[index - 1]?.seconds ?? 0, path[index + 1]?.seconds ?? Infinity];
  const wanted = { ...path[index], ...to };
  const seconds = Math.min(Math.max(wanted.seconds, low), high);
  return path.with(index, rounded({ ...wanted, seconds }));
}

/**
 * With one point more on its way at a time; and its number.
 *
 * @param {PathPoint[]} path
 * @param {number} seconds
 * @returns {{path: PathPoint[], index: number}}
 */
export function inserted(path, seconds) {
  const index = firstAfter(seconds, times(path));
  const point = rounded({ seconds, ...placeAt(path, seconds) });
  return { path: path.toSpliced(index, 0, point), index };
}

/**
 * Without one point; the last one that there is stays.
 *
 * @param {PathPoint[]} path
 * @param {number} index
 */
export function without(path, index) {
  return path.length > 1 ? path.toSpliced(index, 1) : path;
}

/**
 * The number of the point nearest to a place, −1 where none is within reach.
 *
 * @param {Place[]} points
 * @param {Place} place
 * @param {number} reach
 */
export function nearest(points, place, reach) {
  const away = points.map((point) => distance(point, place));
  const found = away.indexOf(Math.min(...away));
  return away[found] <= reach ? found : -1;
}

/**
 * When the path comes nearest to a place, null where it stays out of reach.
 *
 * @param {PathPoint[]} path
 * @param {Place} place
 * @param {number} reach
 * @returns {number | null} seconds
 */
export function whenNear(path, place, reach) {
  let best = reach;
  let found = null;
  for (let n = 1; n < path.length; n += 1) {
    const [a, b] = [path[n - 1], path[n]];
    const square = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
    const along = square > 0 ? ((place.x - a.x) * (b.x - a.x) + (place.y - a.y) * (b.y - a.y)) / square : 0;
    const share = Math.min(Math.max(along, 0), 1);
    const away = distance(between(a, b, share), place);
    if (away > best) continue;
    best = away;
    found = a.seconds + share * (b.seconds - a.seconds);
  }
  return found;
}

/** Ways round the plane, as `plane.PATHS` has them: places at shares 0 to 1. @type {Record<string, (share: number) => Place>} */
const SHAPES = {
  circle: (share) => ({ x: 0.5 + 0.5 * Math.sin(turn(share)), y: 0.5 - 0.5 * Math.cos(turn(share)) }),
  diagonal: (share) => ({ x: share, y: share }),
  eight: (share) => ({ x: 0.5 + 0.5 * Math.sin(turn(share)), y: 0.5 + 0.5 * Math.sin(2 * turn(share)) }),
  square: (share) => placeAt(CORNERS, 4 * share),
  spiral: (share) => {
    const wide = 0.5 * (1 - share);
    return { x: 0.5 + wide * Math.sin(3 * turn(share)), y: 0.5 - wide * Math.cos(3 * turn(share)) };
  },
};

const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]].map(([x, y], seconds) => ({ seconds, x, y })); // prettier-ignore

/** The ways there are to begin with, by name. */
export const PRESETS = Object.keys(SHAPES);

/**
 * A way by its name in `PRESETS`, over so many seconds.
 *
 * @param {string} shape
 * @param {number} seconds
 */
export function preset(shape, seconds) {
  const count = 3 * ROUND_SAMPLES;
  const samples = Array.from({ length: count + 1 }, (_, n) => ({ seconds: (seconds * n) / count, ...SHAPES[shape](n / count) })); // prettier-ignore
  return thinned(samples.map(rounded), 0.002);
}

/** @param {PathPoint[]} path @returns {[number, number]} seconds of its first and its last point */
export function ends(path) {
  return [path[0].seconds, path[path.length - 1].seconds];
}

/** @param {PathPoint[]} path */
function times(path) {
  return path.map((point) => point.seconds);
}

/** @param {number} share */
function turn(share) {
  return 2 * Math.PI * share;
}

/** @param {Place} a @param {Place} b */
export function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** @param {Place} a @param {Place} b @param {number} share @returns {Place} */
function between(a, b, share) {
  return { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y) };
}

/** @param {Place[]} places @param {number} at @param {number} width  places on either side */
function meanAbout(places, at, width) {
  const window = places.slice(at - width, at + width + 1);
  const sum = window.reduce((all, place) => ({ x: all.x + place.x, y: all.y + place.y }), { x: 0, y: 0 });
  return { x: sum.x / window.length, y: sum.y / window.length };
}

/** What is kept: a ten-thousandth of the plane, a tenth of a millisecond. @param {PathPoint} point @returns {PathPoint} */
function rounded({ seconds, x, y }) {
  const inside = (/** @type {number} */ value) => Number(Math.min(Math.max(value, 0), 1).toFixed(4));
  return { seconds: Number(Math.max(seconds, 0).toFixed(4)), x: inside(x), y: inside(y) };
}
