// What is made of a path over the plane once it is there, and ways to begin with. Points in the order of time,
// straight lines between them, held beyond its ends, as `plane.walk` reads them; each function gives a new path.

import { firstAfter } from "./curves.js";
import { inside, placeAt, thinned } from "./plane.js";

/** @typedef {import("./plane.js").Step} Step */
/** @typedef {import("./plane.js").Place} Place */

const STEP_SECONDS = 0.02; // between samples of a path that is made anew
const MOST_SAMPLES = 6000;
const MOST_POINTS = 800; // of a path: what is sent with every move of a hand
const FINENESS = 0.003; // of the plane: what is lost of a way that is made anew
const ROUND_SAMPLES = 64; // of a shape
const ROUNDNESS = 0.001; // as fineness

/**
 * As it is kept: to a ten-thousandth of the plane and of a second, without the points that nobody would miss.
 *
 * @param {Step[]} path
 * @param {number} fineness of the plane: how far it may be from where it was
 */
export function tidied(path, fineness = FINENESS) {
  return thinned(path.map(rounded), fineness, MOST_POINTS);
}

/**
 * With its corners rounded: the mean over a stretch of time about every moment, its ends kept where they are.
 *
 * @param {Step[]} path
 * @param {number} reach seconds, on either side
 */
export function smoothed(path, reach) {
  const [from, to] = ends(path);
  if (!(to > from)) return path;
  const count = Math.min(Math.ceil((to - from) / STEP_SECONDS), MOST_SAMPLES);
  const dense = Array.from({ length: count + 1 }, (_, n) => placeAt(path, from + ((to - from) * n) / count));
  const width = Math.max(1, Math.round((reach * count) / (to - from)));
  const smooth = dense.map((_, n) => meanAbout(dense, n, Math.min(width, n, count - n)));
  return tidied(smooth.map((place, n) => ({ ...place, seconds: from + ((to - from) * n) / count })));
}

/**
 * The same way at one speed.
 *
 * @param {Step[]} path
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
 * @param {Step[]} path
 */
export function reversed(path) {
  const [from, to] = ends(path);
  return path.map((point) => rounded({ ...point, seconds: from + to - point.seconds })).reverse();
}

/**
 * With one point more on its way at a time; and its number.
 *
 * @param {Step[]} path
 * @param {number} seconds
 * @returns {{path: Step[], index: number}}
 */
export function inserted(path, seconds) {
  const index = firstAfter(
    seconds,
    path.map((step) => step.seconds),
  );
  const point = rounded({ seconds, ...placeAt(path, seconds) });
  return { path: path.toSpliced(index, 0, point), index };
}

/**
 * Without one point; the last one that there is stays.
 *
 * @param {Step[]} path
 * @param {number} index
 */
export function without(path, index) {
  return path.length > 1 ? path.toSpliced(index, 1) : path;
}

/**
 * When the path comes nearest to a place, null where it stays out of reach.
 *
 * @param {Step[]} path
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

/**
 * Ways round the plane, as `plane.PATHS` has them: places at shares 0 to 1.
 * @type {Record<string, (share: number) => Place>}
 */
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

const CORNERS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
  [0, 0],
].map(([x, y], seconds) => ({ seconds, x, y }));

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
  const at = (/** @type {number} */ n) => ({ seconds: (seconds * n) / count, ...SHAPES[shape](n / count) });
  const samples = Array.from({ length: count + 1 }, (_, n) => at(n));
  return tidied(samples, ROUNDNESS);
}

/** @param {Step[]} path @returns {[number, number]} seconds of its first and its last point */
export function ends(path) {
  return [path[0].seconds, path[path.length - 1].seconds];
}

/** @param {number} share */
function turn(share) {
  return 2 * Math.PI * share;
}

/** @param {Place} a @param {Place} b */
function distance(a, b) {
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

/** @param {Step} step @returns {Step} */
function rounded(step) {
  const { x, y } = inside(step);
  return { seconds: Number(Math.max(step.seconds, 0).toFixed(4)), x: Number(x.toFixed(4)), y: Number(y.toFixed(4)) };
}
