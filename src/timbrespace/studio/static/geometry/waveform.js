// A waveform as a shape in pixels: zoomed out an outline of lows and highs column by column, zoomed in a line
// through the samples.

/**
 * The least and the greatest sample of every column.
 *
 * @typedef {{low: ArrayLike<number>, high: ArrayLike<number>}} Peaks
 */

/**
 * width, height: pixels. scale: what full scale is, 1, or 32767 for peaks in int16. gain: of what is shown.
 *
 * @typedef {{width: number, height: number, scale?: number, gain?: number}} Frame
 */

const THINNEST = 1; // pixel: silence is a line, too

/**
 * The least and the greatest of every column's samples.
 *
 * @param {ArrayLike<number>} samples [T], at least one a column
 * @param {number} columns
 * @returns {{low: Float32Array, high: Float32Array}}
 */
export function peaksOf(samples, columns) {
  const [low, high] = [new Float32Array(columns), new Float32Array(columns)];
  for (let column = 0; column < columns; column += 1) {
    const start = Math.floor((column * samples.length) / columns);
    const end = Math.max(start + 1, Math.floor(((column + 1) * samples.length) / columns));
    let [least, most] = [samples[start], samples[start]];
    for (let at = start + 1; at < end; at += 1) {
      if (samples[at] < least) least = samples[at];
      if (samples[at] > most) most = samples[at];
    }
    low[column] = least;
    high[column] = most;
  }
  return { low, high };
}

/**
 * The closed outline of peaks: along the highs to the right, back along the lows; x, y, x, y …
 *
 * @param {Peaks} peaks [columns]
 * @param {Frame} frame
 * @returns {Float32Array} [4 · columns]
 */
export function outline(peaks, frame) {
  const columns = peaks.low.length;
  const points = new Float32Array(4 * columns);
  const y = vertical(frame);
  for (let column = 0; column < columns; column += 1) {
    const x = ((column + 0.5) / columns) * frame.width;
    let [top, bottom] = [y(peaks.high[column]), y(peaks.low[column])];
    if (bottom - top < THINNEST)
      [top, bottom] = [(top + bottom - THINNEST) / 2, (top + bottom + THINNEST) / 2];
    points.set([x, top], 2 * column);
    points.set([x, bottom], 4 * columns - 2 - 2 * column);
  }
  return points;
}

/**
 * The line through single samples, the first on the left edge and the last on the right; x, y, x, y …
 *
 * @param {ArrayLike<number>} samples
 * @param {Frame} frame
 * @returns {Float32Array} [2 · samples]
 */
export function samplePoints(samples, frame) {
  const points = new Float32Array(2 * samples.length);
  const y = vertical(frame);
  const apart = samples.length > 1 ? frame.width / (samples.length - 1) : 0;
  for (let at = 0; at < samples.length; at += 1) points.set([at * apart, y(samples[at])], 2 * at);
  return points;
}

/**
 * A sample's place from the top, kept within the frame.
 *
 * @param {Frame} frame
 * @returns {(sample: number) => number}
 */
function vertical({ height, scale = 1, gain = 1 }) {
  return (sample) => (0.5 - Math.min(Math.max((sample / scale) * gain, -1), 1) / 2) * height;
}

/**
 * The gain that shows a sound at nearly full height, as far as `most` allows: quiet ones stay smaller.
 *
 * @param {number} peak of full scale 1
 * @param {number} most
 */
export function showingGain(peak, most = 8) {
  return peak > 0 ? Math.min(0.95 / peak, most) : 1;
}
