// How many sounds have what value of a descriptor, in bins that are equal on the axis.

/** @typedef {{from: number, to: number, sounds: number, frames: number}} Bin values in the descriptor's unit */

/**
 * @param {Float32Array} values [K], above 0; NaN has none
 * @param {Int32Array} counts [K], frames of the data on each sound
 * @param {number} bins
 * @returns {Bin[]} empty where no sound has a value
 */
export function histogram(values, counts, bins) {
  const has = [...values.keys()].filter((n) => !isNaN(values[n]));
  if (!has.length) return [];
  const scaled = has.map((n) => Math.log2(Math.max(values[n], 1e-12)));
  const low = scaled.reduce((least, value) => Math.min(least, value));
  const width = (scaled.reduce((most, value) => Math.max(most, value)) - low) / bins;
  const found = Array.from({ length: width > 0 ? bins : 1 }, (_, n) => ({
    from: 2 ** (low + n * width),
    to: 2 ** (low + (n + 1) * width),
    sounds: 0,
    frames: 0,
  }));
  has.forEach((n, at) => {
    const bin = found[width > 0 ? Math.min(bins - 1, Math.floor((scaled[at] - low) / width)) : 0];
    bin.sounds += 1;
    bin.frames += counts[n];
  });
  return found;
}
