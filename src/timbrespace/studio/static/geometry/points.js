// The points of a plane as a list that hands change: added where there is room and in a colour of their own,
// moved, taken out. Each function gives a new source; what is kept keeps its number, or the number is corrected.

import { defaultPoints, inside, MOST_POINTS, REACHES_ALL } from "./plane.js";

/** @typedef {import("../core/types.js").PlanePoint} PlanePoint */
/** @typedef {import("../core/types.js").PlaneSource} PlaneSource */
/** @typedef {import("./plane.js").Place} Place */

const FIRST_HUE = 70; // degrees: amber
const TURN = 360;
const GRID = 8; // places to a side that are tried for a new point
export const SMALLEST_RADIUS = 0.04;
export const LARGEST_RADIUS = 2;

/**
 * What of a point the geometry is about.
 *
 * @param {PlanePoint} point
 */
export function zoneOf({ x, y, radius = REACHES_ALL }) {
  return { x, y, radius };
}

/**
 * The hue farthest from those that are taken, degrees.
 *
 * @param {number[]} taken
 */
export function freeHue(taken) {
  if (taken.length === 0) return FIRST_HUE;
  const around = [...new Set(taken)].sort((one, other) => one - other);
  const gaps = around.map((hue, n) => (around[n + 1] ?? around[0] + TURN) - hue);
  const widest = gaps.indexOf(Math.max(...gaps));
  return Math.round(around[widest] + gaps[widest] / 2) % TURN;
}

/**
 * The colour of every point: its own, or one that is free.
 *
 * @param {PlanePoint[]} points
 * @returns {number[]} degrees
 */
export function huesOf(points) {
  const taken = points.flatMap(({ hue }) => (hue === null || hue === undefined ? [] : [hue]));
  return points.map(({ hue }) => {
    if (hue !== null && hue !== undefined) return hue;
    taken.push(freeHue(taken));
    return taken[taken.length - 1];
  });
}

/**
 * The place farthest from all points, the middle first.
 *
 * @param {Place[]} points
 * @returns {Place}
 */
function freePlace(points) {
  let found = { x: 0.5, y: 0.5 };
  let farthest = room(found, points);
  for (let n = 0; n < (GRID + 1) ** 2; n += 1) {
    const place = { x: (n % (GRID + 1)) / GRID, y: Math.floor(n / (GRID + 1)) / GRID };
    if (room(place, points) > farthest + 1e-9) [found, farthest] = [place, room(place, points)];
  }
  return found;
}

/** How far it is to the nearest point. @param {Place} place @param {Place[]} points */
function room(place, points) {
  return Math.min(...points.map((point) => Math.hypot(point.x - place.x, point.y - place.y)));
}

/**
 * With one point more; the same source where there are as many as there may be.
 *
 * @param {PlaneSource} source
 * @param {Omit<PlanePoint, "x" | "y"> & Partial<Place>} point without a place it gets one with room around it
 * @param {Place[]} taken places that it keeps away from besides the points: that of the puck, which it would cover
 */
export function withPoint(source, point, taken = []) {
  if (source.points.length >= MOST_POINTS) return source;
  const place =
    point.x === undefined || point.y === undefined
      ? freePlace([...source.points, ...taken])
      : inside({ x: point.x, y: point.y });
  const hues = huesOf(source.points);
  const points = source.points.map((each, n) => ({ ...each, hue: hues[n] }));
  return { ...source, points: [...points, { hue: freeHue(hues), radius: REACHES_ALL, ...point, ...rounded(place) }] };
}

/**
 * Without a point; what it alone gave, the place gives. The last point stays.
 *
 * @param {PlaneSource} source
 * @param {number} index
 */
export function withoutPoint(source, index) {
  if (source.points.length < 2) return source;
  const hues = huesOf(source.points);
  const points = source.points.map((point, n) => ({ ...point, hue: hues[n] })).toSpliced(index, 1);
  return { ...source, points, latents: after(source.latents, index), loudness: after(source.loudness, index) };
}

/** The number of a point once another is gone. @param {number | null | undefined} number @param {number} gone */
function after(number, gone) {
  if (number === null || number === undefined || number === gone) return null;
  return number > gone ? number - 1 : number;
}

/**
 * With some fields of one point changed; places and radii kept within bounds.
 *
 * @param {PlaneSource} source
 * @param {number} index
 * @param {Partial<PlanePoint>} fields
 */
export function changedPoint(source, index, fields) {
  const { x, y, radius, ...rest } = { ...source.points[index], ...fields };
  const held = Math.min(Math.max(radius ?? REACHES_ALL, SMALLEST_RADIUS), LARGEST_RADIUS);
  const point = { ...rest, ...rounded(inside({ x, y })), radius: Number(held.toFixed(4)) };
  return { ...source, points: source.points.with(index, point) };
}

/**
 * All points in the corners (four of them; fewer leave corners empty) or on a circle around the middle.
 *
 * @param {PlaneSource} source
 * @param {"corners" | "polygon"} shape
 */
export function arranged(source, shape) {
  const count = source.points.length;
  const places = shape === "corners" && count <= 4 ? defaultPoints(4) : polygon(count);
  return { ...source, points: source.points.map((point, n) => ({ ...point, ...rounded(places[n]) })) };
}

/** @param {number} count @returns {Place[]} */
function polygon(count) {
  if (count === 1) return [{ x: 0.5, y: 0.5 }];
  if (count !== 4) return defaultPoints(count);
  return [
    [0, 0.5],
    [0.5, 1],
    [1, 0.5],
    [0.5, 0],
  ].map(([x, y]) => ({ x, y }));
}

/** @param {Place} place @returns {Place} */
function rounded({ x, y }) {
  return { x: Number(x.toFixed(4)), y: Number(y.toFixed(4)) };
}
