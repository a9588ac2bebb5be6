// What a descriptor is to do over time: breakpoints in its unit, straight lines between them, held beyond both
// ends. Shapes are those of `timbrespace follow`; drawing gives other points and changes none.

import { noteName } from "./snapping.js";
import { kept } from "./thinning.js";

/** @typedef {{seconds: number, value: number}} TargetPoint */
/** @typedef {"sine" | "ramp" | "exp" | "steps"} Shape */

export const SHAPES = /** @type {Shape[]} */ (["sine", "ramp", "exp", "steps"]);

const STEPS = 8;
const RISER_SECONDS = 0.001; // between one step and the next
const EXP_POINTS = 65;
const PERIOD_POINTS = 32; // of a sine, fewer where there are many periods
const MOST_POINTS = 16_000;
const MOST_PERIODS = 1000;
const A4_HZ = 440;

/**
 * The target at a time.
 *
 * @param {TargetPoint[]} curve
 * @param {number} seconds
 */
export function targetAt(curve, seconds) {
  const next = curve.findIndex((point) => point.seconds > seconds);
  if (next === 0) return curve[0].value;
  if (next < 0) return curve[curve.length - 1].value;
  const [a, b] = [curve[next - 1], curve[next]];
  return a.value + ((b.value - a.value) * (seconds - a.seconds)) / (b.seconds - a.seconds);
}

/**
 * The breakpoints of a shape between two values: sine begins in the middle and rises; ramp goes straight, exp by
 * equal ratios, steps by equal ratios in eight steps.
 *
 * @param {Shape} name
 * @param {{low: number, high: number, seconds: number, period: number}} request
 * @returns {TargetPoint[]}
 */
export function shape(name, { low, high, seconds, period }) {
  const ratio = (/** @type {number} */ share) => low * (high / low) ** share;
  if (name === "ramp") return points([0, 1], seconds, (share) => low + (high - low) * share);
  if (name === "exp") return points(shares(EXP_POINTS), seconds, ratio);
  if (name === "steps")
    return steps(
      Array.from({ length: STEPS }, (_, n) => ratio(n / (STEPS - 1))),
      seconds,
    );
  const periods = Math.min(MOST_PERIODS, seconds / period);
  const count =
    Math.ceil(periods * Math.min(PERIOD_POINTS, Math.floor(MOST_POINTS / Math.max(1, periods)))) + 1;
  const wave = (/** @type {number} */ share) =>
    low + (high - low) * 0.5 * (1 + Math.sin(2 * Math.PI * share * periods));
  return points(shares(Math.max(count, 9)), seconds, wave);
}

/**
 * Values held one after the other, for equal times.
 *
 * @param {number[]} values
 * @param {number} seconds
 * @returns {TargetPoint[]}
 */
function steps(values, seconds) {
  const each = seconds / values.length;
  return values.flatMap((value, n) => [
    { seconds: n * each, value },
    { seconds: (n + 1) * each - (n + 1 < values.length ? RISER_SECONDS : 0), value },
  ]);
}

/**
 * A curve with what a hand has drawn in the place of what was there over the same time.
 *
 * @param {TargetPoint[]} before rising in time
 * @param {TargetPoint[]} stroke rising in time, at least one
 * @returns {TargetPoint[]}
 */
export function drawnOver(before, stroke) {
  const [from, to] = [stroke[0].seconds, stroke[stroke.length - 1].seconds];
  const left = before.filter((point) => point.seconds < from);
  const right = before.filter((point) => point.seconds > to);
  const joins = (/** @type {TargetPoint[]} */ side, /** @type {number} */ at) =>
    side.length && at > 0 && before.length ? [{ seconds: at, value: targetAt(before, at) }] : [];
  return [
    ...left,
    ...joins(left, from - RISER_SECONDS),
    ...stroke,
    ...joins(right, to + RISER_SECONDS),
    ...right,
  ].sort((a, b) => a.seconds - b.seconds);
}

/**
 * A moving hand's stroke, wherever it turned back: for every place the last value, rising in time.
 *
 * @param {TargetPoint[]} stroke as it was drawn
 * @param {TargetPoint} next where the hand is now
 * @returns {TargetPoint[]}
 */
export function strokeOn(stroke, next) {
  const last = stroke[stroke.length - 1];
  if (!last) return [next];
  const [from, to] = [Math.min(last.seconds, next.seconds), Math.max(last.seconds, next.seconds)];
  const outside = stroke.filter(({ seconds }) => seconds < from || seconds > to);
  const ends = last.seconds === next.seconds ? [next] : [last, next];
  return [...outside, ...ends].sort((a, b) => a.seconds - b.seconds);
}

/**
 * Fewer breakpoints for nearly the same curve.
 *
 * @param {TargetPoint[]} curve
 * @param {(point: TargetPoint) => [number, number]} place of a point, pixels
 * @param {number} tolerance pixels that the curve may move, up or down
 * @returns {TargetPoint[]}
 */
export function simplified(curve, place, tolerance) {
  const places = curve.map(place);
  const deviation = (/** @type {number} */ at, /** @type {number} */ from, /** @type {number} */ to) => {
    const [[x0, y0], [x1, y1], [x, y]] = [places[from], places[to], places[at]];
    return Math.abs(y - (x1 > x0 ? y0 + ((y1 - y0) * (x - x0)) / (x1 - x0) : y0));
  };
  return kept(curve.length, deviation, tolerance).map((n) => curve[n]);
}

/**
 * The curve on semitones: each held, with a step to the next where the curve crosses between two.
 *
 * @param {TargetPoint[]} curve
 * @returns {TargetPoint[]}
 */
export function onSemitones(curve) {
  let number = semitones(curve[0].value);
  const found = [{ seconds: curve[0].seconds, value: pitch(number) }];
  for (let n = 1; n < curve.length; n += 1) {
    const [from, to] = [curve[n - 1], curve[n]];
    const last = semitones(to.value);
    const up = Math.sign(last - number);
    while (number !== last) {
      const share = (pitch(number + up / 2) - from.value) / (to.value - from.value);
      const seconds = from.seconds + Math.min(1, Math.max(0, share)) * (to.seconds - from.seconds);
      const before = Math.max(found[found.length - 1].seconds, seconds - RISER_SECONDS);
      found.push({ seconds: before, value: pitch(number) }, { seconds, value: pitch(number + up) });
      number += up;
    }
  }
  const end = curve[curve.length - 1].seconds;
  return end > found[found.length - 1].seconds ? [...found, { seconds: end, value: pitch(number) }] : found;
}

/** The number of the nearest semitone, from A4. @param {number} hz */
function semitones(hz) {
  return Math.round(12 * Math.log2(hz / A4_HZ));
}

/** @param {number} number of semitones from A4, may have a fraction */
function pitch(number) {
  return A4_HZ * 2 ** (number / 12);
}

/**
 * What a pitch is called, with what it is off by: "A4", "C♯3 +12 cents".
 *
 * @param {number} hz
 */
export function note(hz) {
  const cents = Math.round(1200 * Math.log2(hz / pitch(semitones(hz))));
  return cents === 0 ? noteName(hz) : `${noteName(hz)} ${cents > 0 ? "+" : "−"}${Math.abs(cents)} cents`;
}

/** @param {number} count */
function shares(count) {
  return Array.from({ length: count }, (_, n) => n / (count - 1));
}

/**
 * @param {number[]} at shares of the time
 * @param {number} seconds
 * @param {(share: number) => number} curve
 */
function points(at, seconds, curve) {
  return at.map((share) => ({ seconds: share * seconds, value: curve(share) }));
}
