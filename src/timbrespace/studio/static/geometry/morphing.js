// The curve of a morph: where between A (place 0) and B (place 1) it stands over its time (share 0 to 1).
// Points in the order of time; straight lines between them, as the server reads them; each function gives a new curve.

import { firstAfter, interpolated } from "./curves.js";
import { kept } from "./thinning.js";

/** @typedef {{share: number, place: number}} MorphPoint */

/** How far beyond A and B a curve may be drawn. */
export const LOWEST = -1;
export const HIGHEST = 2;
/** Of the sigmoid, as `interpolation.STEEPNESS`. */
const STEEPNESS = 10;
const STEPS = 5;
const TURNS = 2; // of the ping-pong, there and back
const SAMPLED = 64; // lines that stand for a bent shape
const MOST_POINTS = 1000; // of a curve: what is sent with every move of a hand
const MOST_TILES = 500; // of a short sound under a long one: more cannot be seen
const SAME = 1e-9;

/**
 * Where the curve stands at a share of the time; held before its first and after its last point.
 *
 * @param {MorphPoint[]} curve
 * @param {number} share
 */
export function placeAt(curve, share) {
  return interpolated(
    share,
    shares(curve),
    curve.map((point) => point.place),
  );
}

/** @type {Record<string, () => MorphPoint[]>} */
const SHAPES = {
  line: () => [at(0, 0), at(1, 1)],
  sigmoid: () =>
    sampled((share) => 0.5 + (0.5 * Math.tanh((STEEPNESS / 2) * (share - 0.5))) / Math.tanh(STEEPNESS / 4)),
  steps: () => Array.from({ length: STEPS }, (_, step) => stair(step)).flat(),
  "ping-pong": () => Array.from({ length: 2 * TURNS + 1 }, (_, turn) => at(turn / (2 * TURNS), turn % 2)),
};

/** The curves there are to begin with, by name. */
export const PRESETS = Object.keys(SHAPES);

/**
 * A curve by its name in `PRESETS`.
 *
 * @param {string} shape
 * @returns {MorphPoint[]}
 */
export function preset(shape) {
  return SHAPES[shape]();
}

/**
 * The same line with as few points as it can be told apart by.
 *
 * @param {MorphPoint[]} curve
 * @param {number} tolerance in places
 */
export function thinned(curve, tolerance) {
  const away = (/** @type {number} */ n, /** @type {number} */ from, /** @type {number} */ to) =>
    Math.abs(curve[n].place - placeAt([curve[from], curve[to]], curve[n].share));
  return kept(curve.length, away, tolerance, MOST_POINTS).map((index) => curve[index]);
}

/**
 * The curve with a stroke of the hand in the place of what was there, from its earliest to its latest share.
 *
 * @param {MorphPoint[]} curve
 * @param {MorphPoint[]} stroke in the order in which it was drawn; going back overwrites
 * @param {number} tolerance as `thinned`
 */
export function overdrawn(curve, stroke, tolerance) {
  const drawn = forward(stroke.map(bounded));
  const [from, to] = [drawn[0].share, drawn[drawn.length - 1].share];
  const before = [...curve.filter((point) => point.share < from), ...edge(curve, from)];
  const after = [...edge(curve, to), ...curve.filter((point) => point.share > to)];
  const whole = [...(from > SAME ? before : []), ...thinned(drawn, tolerance), ...(to < 1 - SAME ? after : [])];
  return whole.map(rounded).filter((point, index, all) => index === 0 || !equal(point, all[index - 1]));
}

/**
 * With one point more, where the curve is or elsewhere; and its number.
 *
 * @param {MorphPoint[]} curve
 * @param {MorphPoint} point
 * @returns {{curve: MorphPoint[], index: number}}
 */
export function inserted(curve, point) {
  const index = firstAfter(point.share, shares(curve));
  return { curve: curve.toSpliced(index, 0, rounded(bounded(point))), index };
}

/**
 * With one point elsewhere, not past its neighbours in time; the first and last keep to the ends they hold.
 *
 * @param {MorphPoint[]} curve
 * @param {number} index
 * @param {MorphPoint} to
 */
export function moved(curve, index, to) {
  const [low, high] = [curve[index - 1]?.share ?? 0, curve[index + 1]?.share ?? 1];
  const held = atEnd(curve, index) ? curve[index].share : Math.min(Math.max(to.share, low), high);
  return curve.with(index, rounded(bounded({ share: held, place: to.place })));
}

/**
 * Without one point; the last one that there is stays.
 *
 * @param {MorphPoint[]} curve
 * @param {number} index
 */
export function without(curve, index) {
  return curve.length > 1 ? curve.toSpliced(index, 1) : curve;
}

/**
 * From B to A instead of from A to B.
 *
 * @param {MorphPoint[]} curve
 */
export function flipped(curve) {
  return curve.map(({ share, place }) => rounded(bounded({ share, place: 1 - place })));
}

/**
 * The number of the point nearest to a place, or −1 where none is within reach.
 *
 * @param {MorphPoint[]} curve
 * @param {MorphPoint} to
 * @param {{share: number, place: number}} reach in both directions: the half axes of an ellipse
 */
export function nearest(curve, to, reach) {
  const away = curve.map((point) =>
    Math.hypot((point.share - to.share) / reach.share, (point.place - to.place) / reach.place),
  );
  const found = away.indexOf(Math.min(...away));
  return away[found] <= 1 ? found : -1;
}

/**
 * How one of the two sounds lies under the morph: from and to in shares of its time, up to which second of the
 * sound. "stretch": all of it over all; "trim": its beginning; "loop": again and again.
 *
 * @param {"stretch" | "trim" | "loop"} align
 * @param {number} seconds of the sound, above 0
 * @param {number} whole of the morph, above 0
 * @returns {{from: number, to: number, end: number}[]}
 */
export function tiles(align, seconds, whole) {
  if (align === "stretch") return [{ from: 0, to: 1, end: seconds }];
  const count = Math.min(Math.ceil(whole / seconds - SAME), MOST_TILES);
  return Array.from({ length: count }, (_, n) => {
    const from = n * seconds;
    const to = Math.min(from + seconds, whole);
    return { from: from / whole, to: to / whole, end: to - from };
  });
}

/** @param {MorphPoint[]} curve */
function shares(curve) {
  return curve.map((point) => point.share);
}

/** @param {number} share @param {number} place @returns {MorphPoint} */
function at(share, place) {
  return { share, place };
}

/** @param {number} step */
function stair(step) {
  return [at(step / STEPS, step / (STEPS - 1)), at((step + 1) / STEPS, step / (STEPS - 1))];
}

/** @param {(share: number) => number} shape */
function sampled(shape) {
  const points = Array.from({ length: SAMPLED + 1 }, (_, n) => rounded(at(n / SAMPLED, shape(n / SAMPLED))));
  return thinned(points, 0.004);
}

/**
 * A stroke as a curve: where the hand went back in time, the later of its doings counts.
 *
 * @param {MorphPoint[]} stroke
 */
function forward(stroke) {
  let found = stroke.slice(0, 1);
  for (let number = 1; number < stroke.length; number += 1) {
    const [last, point] = [stroke[number - 1], stroke[number]];
    const [low, high] = [Math.min(last.share, point.share), Math.max(last.share, point.share)];
    found = found.filter((each) => each.share < low || each.share > high);
    found.push(last, point);
    found.sort((one, other) => one.share - other.share);
  }
  return found;
}

/**
 * Where a curve stands at a share, as a point of it, for the seam of a stroke.
 * @param {MorphPoint[]} curve
 * @param {number} share
 */
function edge(curve, share) {
  return [at(share, placeAt(curve, share))];
}

/** @param {MorphPoint} one @param {MorphPoint} other */
function equal(one, other) {
  return one.share === other.share && one.place === other.place;
}

/** Whether a point holds the start or the end. @param {MorphPoint[]} curve @param {number} index */
function atEnd(curve, index) {
  const { share } = curve[index];
  return (index === 0 && share <= SAME) || (index === curve.length - 1 && share >= 1 - SAME);
}

/** @param {MorphPoint} point @returns {MorphPoint} */
function bounded({ share, place }) {
  return { share: Math.min(Math.max(share, 0), 1), place: Math.min(Math.max(place, LOWEST), HIGHEST) };
}

/** @param {MorphPoint} point @returns {MorphPoint} */
function rounded({ share, place }) {
  return { share: Number(share.toFixed(5)), place: Number(place.toFixed(4)) + 0 };
}
