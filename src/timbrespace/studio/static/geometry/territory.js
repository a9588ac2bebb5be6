// The ground of the plane: at every place the colours of the points, mixed as their sounds are; bright where one
// rules, dim where several share or none reaches, with a line where one rule ends and the next begins.

import { fromHue, hex, toRgb } from "./oklab.js";
import { weights } from "./plane.js";

/** @typedef {import("./plane.js").Zone} Zone */
/** @typedef {import("./oklab.js").Rgb} Rgb */

const LIGHTNESS = { dark: 0.77, light: 0.56 };
const CHROMA = 0.14;
const DIM = 0.1; // opacity of the ground where nothing reaches
const GLOW = { dark: 0.56, light: 0.6 }; // and what is added at a point
const BORDER = 0.07; // and on a border between two

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
  const rulers = new Int16Array(size * size);
  for (let n = 0; n < size * size; n += 1) {
    const place = { x: ((n % size) + 0.5) / size, y: 1 - (Math.floor(n / size) + 0.5) / size };
    const share = weights(place, points);
    const ruler = share.indexOf(Math.max(...share));
    rulers[n] = ruler;
    for (let channel = 0; channel < 3; channel += 1) {
      pixels[4 * n + channel] = Math.sqrt(share.reduce((sum, weight, point) => sum + weight * colours[point][channel], 0));
    }
    const nearness = Math.max(0, ...points.map((point) => 1 - Math.hypot(point.x - place.x, point.y - place.y) / point.radius));
    pixels[4 * n + 3] = 255 * (DIM + GLOW[theme] * share[ruler] ** 2 * nearness ** 1.25);
  }
  for (let n = 0; n < size * size; n += 1) if (isBorder(rulers, n, size)) pixels[4 * n + 3] += 255 * BORDER;
  return pixels;
}

/**
 * Whether another rules at the right or below.
 *
 * @param {Int16Array} rulers
 * @param {number} n
 * @param {number} size
 */
function isBorder(rulers, n, size) {
  const right = n % size < size - 1 && rulers[n + 1] !== rulers[n];
  return right || (n + size < size * size && rulers[n + size] !== rulers[n]);
}
