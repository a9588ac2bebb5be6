// The colours of a descriptor, from low to high: even to the eye, and told apart by lightness too.

import { difference, fromHue, hex, shown, toRgb } from "./oklab.js";

/** @typedef {import("./oklab.js").Lab} Lab */

const STEPS = 256;

/**
 * Where they pass: lightness, chroma, hue in degrees.
 *
 * @type {[number, number, number][]}
 */
const COURSE = [
  [0.25, 0.11, 300],
  [0.42, 0.1, 260],
  [0.56, 0.09, 205],
  [0.7, 0.13, 155],
  [0.83, 0.16, 120],
  [0.93, 0.15, 105],
];

/** @type {Uint8Array | null} */
let made = null; // [STEPS · 3], red, green, blue of each

/**
 * Along a course in steps that look equally large.
 *
 * @param {[number, number, number][]} course
 */
function evened(course) {
  const fine = Array.from({ length: 4 * STEPS }, (_, index) => alongCourse(course, index / (4 * STEPS - 1)));
  const way = [0];
  for (let index = 1; index < fine.length; index += 1) {
    way.push(way[index - 1] + difference(fine[index], fine[index - 1]));
  }
  const table = new Uint8Array(3 * STEPS);
  let at = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const wanted = (step / (STEPS - 1)) * way[way.length - 1];
    while (at < fine.length - 1 && way[at] < wanted) at += 1;
    table.set(toRgb(fine[at]), 3 * step);
  }
  return table;
}

/**
 * A place of a course, as a screen shows it; between its points along Catmull and Rom's spline in Oklab, so
 * that no edge is seen where it turns.
 *
 * @param {[number, number, number][]} course
 * @param {number} share 0…1
 * @returns {Lab}
 */
function alongCourse(course, share) {
  const last = course.length - 1;
  const before = Math.min(Math.floor(share * last), last - 1);
  const [one, two, three, four] = [-1, 0, 1, 2].map((step) => {
    return fromHue(...course[Math.min(Math.max(before + step, 0), last)]);
  });
  const at = share * last - before;
  const [lightness, a, b] = two.map((value, index) => {
    const [slope, next] = [(three[index] - one[index]) / 2, (four[index] - value) / 2];
    const rise = three[index] - value;
    return value + at * (slope + at * (3 * rise - 2 * slope - next + at * (slope + next - 2 * rise)));
  });
  return shown([lightness, a, b]);
}

/**
 * One colour, for CSS.
 *
 * @param {number} share 0 low … 1 high
 */
export function mapColour(share) {
  made ??= evened(COURSE);
  const at = 3 * Math.round(Math.min(Math.max(share, 0), 1) * (STEPS - 1));
  const [red, green, blue] = made.subarray(at, at + 3);
  return hex([red, green, blue]);
}
