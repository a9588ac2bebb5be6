/**
 * A spectrogram packet as a picture: one pixel a column and band, low bands at the bottom.
 * Draw it where its `start` and `end` lie: `context.drawImage(image, x0, top, x1 - x0, height)`.
 */

/** @import {Packet} from "../core/types.js" */

/** Colours from the floor to the loudest: the ground, embers, the accent, almost white (or ink). */
const STOPS = {
  dark: [[9, 10, 11], [38, 24, 33], [105, 48, 42], [196, 104, 40], [244, 163, 64], [255, 238, 206]],
  light: [[252, 251, 248], [244, 228, 200], [233, 185, 122], [205, 118, 34], [122, 58, 20], [40, 22, 14]],
}; // prettier-ignore
const LEVELS = 256;

/** @type {Map<boolean, Uint32Array>} */
const tables = new Map();

/**
 * Little-endian RGBA by level.
 * @param {boolean} dark
 */
function table(dark) {
  const found = tables.get(dark);
  if (found) return found;
  const stops = dark ? STOPS.dark : STOPS.light;
  const made = new Uint32Array(LEVELS).map((_, level) => {
    const place = (level / (LEVELS - 1)) * (stops.length - 1);
    const at = Math.min(stops.length - 2, Math.floor(place));
    const [red, green, blue] = stops[at].map((from, n) =>
      Math.round(from + (place - at) * (stops[at + 1][n] - from)),
    );
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
  tables.set(dark, made);
  return made;
}

/**
 * @param {Packet} packet  `image` uint8 [columns, bands]
 * @param {boolean} dark
 * @returns {HTMLCanvasElement}
 */
export function spectrogramImage({ arrays }, dark) {
  const { values, shape } = arrays.image;
  const [columns, bands] = shape;
  const colours = table(dark);
  const pixels = new Uint32Array(columns * bands);
  for (let column = 0; column < columns; column++) {
    for (let band = 0; band < bands; band++) {
      pixels[(bands - 1 - band) * columns + column] = colours[values[column * bands + band]];
    }
  }
  const canvas = Object.assign(document.createElement("canvas"), {
    width: Math.max(1, columns),
    height: Math.max(1, bands),
  });
  const data = new ImageData(new Uint8ClampedArray(pixels.buffer), columns, bands);
  canvas.getContext("2d")?.putImageData(data, 0, 0);
  return canvas;
}
