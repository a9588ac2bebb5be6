/**
 * What of a long curve a hand has changed: the server has the rest, and a curve may be a megabyte.
 */

/** @import {Source} from "./types.js" */

const SHORT = 500; // points; so many are sent whole

/**
 * In `curve` (of an aim), `put` in the place of `drop` of its `length` points from `start` on.
 * @typedef {{curve: "curve" | "path" | "target" | "loudness", aim: number, length: number, start: number,
 *   drop: number, put: object[]}} Splice
 */

/**
 * What makes one source of another; null where more than one curve differs, or it is short: send it whole.
 * @param {Source} before  as it is kept
 * @param {Source} after
 * @returns {Splice | null}
 */
export function splice(before, after) {
  const [held, wanted] = [curvesOf(before), curvesOf(after)];
  if (without(before) !== without(after) || held.length !== wanted.length) return null;
  const other = wanted.flatMap((each, index) => {
    const found = difference(held[index].points, each.points);
    return found ? [{ curve: each.curve, aim: each.aim, ...found }] : [];
  });
  return other.length === 1 && other[0].length > SHORT ? other[0] : null;
}

/** @param {Source} source @returns {{curve: Splice["curve"], aim: number, points: object[]}[]} */
function curvesOf(source) {
  const all = /** @type {Record<string, any>} */ (source);
  const names = /** @type {const} */ (["curve", "path", "loudness"]).filter((name) => Array.isArray(all[name]));
  const aims = /** @type {{target: object[]}[]} */ (all.aims ?? []);
  return [
    ...names.map((curve) => ({ curve, aim: 0, points: all[curve] })),
    ...aims.map(({ target }, aim) => ({ curve: /** @type {const} */ ("target"), aim, points: target })),
  ];
}

/** All but the curves, as text. @param {Source} source */
function without(source) {
  const curves = new Set(curvesOf(source).map(({ points }) => points));
  return JSON.stringify(source, (_, value) => (curves.has(value) ? "a curve" : value));
}

/** @param {object[]} before @param {object[]} after */
function difference(before, after) {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && same(before[start], after[start])) start += 1;
  if (start === before.length && start === after.length) return null;
  let left = 0;
  while (left < shorter - start && same(before[before.length - 1 - left], after[after.length - 1 - left])) left += 1;
  return {
    length: before.length,
    start,
    drop: before.length - start - left,
    put: after.slice(start, after.length - left),
  };
}

/** @param {any} a @param {any} b */
const same = (a, b) => a === b || Object.keys(b).every((name) => a[name] === b[name]);
