// The ground of the plane: at every place the colours of the points, mixed as their sounds are; bright where one
// rules, dim where several share or none reaches, with a line where one rule ends and the next begins.

import { fromHue, hex, toRgb } from "./oklab.js";
import { weighed } from "./plane.js";

/** @typedef {import("./plane.js").Zone} Zone */
/** @typedef {import("./oklab.js").Rgb} Rgb */

const LIGHTNESS = { dark: 0.77, light: 0.56 };
const CHROMA = 0.14;
const DIM = 0.1; // opacity of the ground where nothing reaches
const GLOW = { dark: 0.56, light: 0.6 }; // and what is added at a point
const BORDER = 0.1; // and on a border between two
const EVEN = 0.035; // the difference of two shares at which a border ends

/**
 * @param {number} hue degrees
 * @param {"dark" | "light"} theme
 * @returns {Rgb}
 */
export function rgbOf(hue, theme) {
  return toRgb(fromHue(LIGHTNESS[theme], CHROMA, hue));
}

/**
 * For CSS.
 *
 * @param {number} hue degrees
 * @param {"dark" | "light"} theme
 */
export function colourOf(hue, theme) {
  return hex(rgbOf(hue, theme));
}

/**
 * The plane as pixels for an `ImageData` of size × size; y grows upward.
 *
 * @param {Zone[]} points
 * @param {number[]} hues degrees, [points]
 * @param {number} size pixels to a side
 * @param {"dark" | "light"} theme
 * @returns {Uint8ClampedArray<ArrayBuffer>} [size · size · 4]
 */
export function territory(points, hues, size, theme) {
  const colours = hues.map((hue) => rgbOf(hue, theme).map((value) => value ** 2)); // near enough to linear light
  const pixels = new Uint8ClampedArray(4 * size * size);
  const share = new Float64Array(points.length);
  for (let n = 0; n < size * size; n += 1) {
    const [x, y] = [((n % size) + 0.5) / size, 1 - (Math.floor(n / size) + 0.5) / size];
    weighed(x, y, points, share);
    for (let channel = 0; channel < 3; channel += 1) {
      let light = 0;
      for (let point = 0; point < points.length; point += 1) light += share[point] * colours[point][channel];
      pixels[4 * n + channel] = Math.sqrt(light);
    }
    pixels[4 * n + 3] = 255 * opacity(x, y, points, share, theme);
  }
  return pixels;
}

/**
 * Brighter towards a point that rules, and on the line between two that weigh the same.
 *
 * @param {number} x
 * @param {number} y
 * @param {Zone[]} points
 * @param {Float64Array} share
 * @param {"dark" | "light"} theme
 */
function opacity(x, y, points, share, theme) {
  let [first, second, nearness] = [0, 0, 0];
  for (let n = 0; n < points.length; n += 1) {
    const point = points[n];
    if (share[n] > first) [first, second] = [share[n], first];
    else if (share[n] > second) second = share[n];
    nearness = Math.max(nearness, 1 - Math.sqrt((point.x - x) ** 2 + (point.y - y) ** 2) / point.radius);
  }
  const border = BORDER * Math.max(0, 1 - (first - second) / EVEN);
  return DIM + GLOW[theme] * first ** 2 * nearness ** 1.25 + border;
}
