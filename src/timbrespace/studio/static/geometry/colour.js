// The colours of spectrograms, maps and curves: even to the eye, told apart by lightness too, and readable on
// the dark page and on the light one.

import { difference, fromHue, hex, shown, toRgb } from "./oklab.js";

/** @typedef {import("./oklab.js").Lab} Lab */
/** @typedef {import("./oklab.js").Rgb} Rgb */
/** @typedef {"dark" | "light"} Theme */
/**
 * ember, paper: for spectrograms, on the dark page and the light one. leaf: for descriptors.
 *
 * @typedef {"ember" | "paper" | "leaf"} MapName
 */

export const STEPS = 256;

/**
 * Where each map passes: lightness, chroma, hue in degrees.
 *
 * @type {Record<MapName, [number, number, number][]>}
 */
const COURSES = {
  ember: [
    [0.15, 0.012, 270],
    [0.3, 0.09, 300],
    [0.45, 0.15, 352],
    [0.62, 0.17, 40],
    [0.8, 0.15, 75],
    [0.97, 0.06, 100],
  ],
  paper: [
    [0.97, 0.006, 90],
    [0.85, 0.07, 75],
    [0.68, 0.14, 45],
    [0.5, 0.15, 10],
    [0.34, 0.1, 330],
    [0.2, 0.03, 290],
  ],
  leaf: [
    [0.25, 0.11, 300],
    [0.42, 0.1, 260],
    [0.56, 0.09, 205],
    [0.7, 0.13, 155],
    [0.83, 0.16, 120],
    [0.93, 0.15, 105],
  ],
};
const LIGHTNESS = { dark: [0.8, 0.66], light: [0.37, 0.52] };
const MOST_HUES = 24;
const FIRST_HUE = 70; // degrees: amber
const CHROMA = 0.15;

/** @type {Map<MapName, Uint8Array>} */
const made = new Map();

/**
 * A colour map: 256 colours from low to high, red, green, blue of each, made when it is first asked for.
 *
 * @param {MapName} name
 * @returns {Uint8Array} [256 · 3]
 */
export function colourMap(name) {
  const table = made.get(name) ?? evened(COURSES[name]);
  made.set(name, table);
  return table;
}

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
 * One colour of a map, for CSS.
 *
 * @param {MapName} name
 * @param {number} share 0 low … 1 high
 */
export function mapColour(name, share) {
  const at = 3 * Math.round(Math.min(Math.max(share, 0), 1) * (STEPS - 1));
  const [red, green, blue] = colourMap(name).subarray(at, at + 3);
  return hex([red, green, blue]);
}

/**
 * A colour for every curve of `count`: hues all around, curves that follow each other far apart, every other
 * hue lighter; beyond 24 they begin again. All have a contrast of 4.5 and more with the page.
 *
 * @param {number} index
 * @param {number} count
 * @param {Theme} theme
 * @returns {string} #rrggbb
 */
export function dimensionColour(index, count, theme) {
  const hues = Math.min(2 * Math.ceil(count / 2), MOST_HUES);
  const place = (index * strideOf(hues)) % hues;
  return hex(toRgb(fromHue(LIGHTNESS[theme][place % 2], CHROMA, FIRST_HUE + (360 * place) / hues)));
}

/**
 * A step around the circle that comes by every hue and is near the golden section.
 *
 * @param {number} hues
 */
function strideOf(hues) {
  let stride = Math.max(1, Math.round(0.382 * hues));
  while (divisor(stride, hues) !== 1) stride += 1;
  return stride;
}

/**
 * The greatest common divisor.
 *
 * @param {number} one
 * @param {number} other
 * @returns {number}
 */
function divisor(one, other) {
  return other === 0 ? one : divisor(other, one % other);
}

/**
 * A spectrogram as pixels for an `ImageData` of columns × bands: the lowest band at the bottom.
 *
 * @param {Uint8Array} image [columns, bands], 0 the floor … 255 the loudest
 * @param {number} columns
 * @param {number} bands
 * @param {MapName} name
 * @param {number} opacity 0…1
 * @returns {Uint8ClampedArray<ArrayBuffer>} [bands · columns · 4], red, green, blue, opacity
 */
export function spectrogramPixels(image, columns, bands, name, opacity = 1) {
  const words = new Uint32Array(columns * bands);
  const palette = packed(colourMap(name), Math.round(255 * opacity));
  for (let band = 0; band < bands; band += 1) {
    const row = (bands - 1 - band) * columns;
    for (let column = 0; column < columns; column += 1)
      words[row + column] = palette[image[column * bands + band]];
  }
  return new Uint8ClampedArray(words.buffer);
}

/**
 * A table's colours, each in one word, in this machine's order of bytes.
 *
 * @param {Uint8Array} table [256 · 3]
 * @param {number} alpha 0…255
 */
function packed(table, alpha) {
  const bytes = new Uint8Array(4 * STEPS);
  for (let step = 0; step < STEPS; step += 1)
    bytes.set([...table.subarray(3 * step, 3 * step + 3), alpha], 4 * step);
  return new Uint32Array(bytes.buffer);
}
