/**
 * A series as columns, one Float32Array a dimension, and what is drawn of a column: every frame where there
 * is room for it, else the least and the most of every few, so that ten minutes scroll as ten seconds do.
 * Pure.
 */

/** @import {Dimension, Series} from "../core/types.js" */
/**
 * @typedef {object} Columns
 * @property {number} frames
 * @property {number} rate  frames a second
 * @property {number} dimensions  of z
 * @property {Map<Dimension, Float32Array>} rows
 */

/** @type {WeakMap<Series, {now: Columns, source: Columns}>} */
const known = new WeakMap();

/** @type {WeakMap<Float32Array, {other: Float32Array, same: boolean}>} */
const compared = new WeakMap();

/**
 * The columns of a series as it is, and as its source gave it; made once a series.
 * @param {Series} series
 */
export function columnsOf(series) {
  let found = known.get(series);
  if (!found) {
    const { dimensions, frame_rate_hz: rate } = series;
    const now = taken(series.z, series.loudness_db, dimensions, rate);
    found = { now, source: taken(series.source_z, series.source_loudness_db, dimensions, rate) };
    known.set(series, found);
  }
  return found;
}

/**
 * Columns from z, row after row, and loudness.
 * @param {Float32Array} z  [L, D]
 * @param {Float32Array} level  [L], dBFS
 * @param {number} dimensions
 * @param {number} rate
 * @returns {Columns}
 */
export function taken(z, level, dimensions, rate) {
  const frames = level.length;
  /** @type {Map<Dimension, Float32Array>} */
  const rows = new Map([["loudness", level]]);
  for (let d = 0; d < dimensions; d += 1) {
    const row = new Float32Array(frames);
    for (let n = 0, at = d; n < frames; n += 1, at += dimensions) row[n] = z[at];
    rows.set(d, row);
  }
  return { frames, rate, dimensions, rows };
}

/**
 * Frames in one drawn step: as many as a pixel and a half hold, a power of two, so that steps stay where they
 * are while the view moves.
 * @param {number} framesPerPixel
 */
export function stepFor(framesPerPixel) {
  return framesPerPixel <= 1.5 ? 1 : 2 ** Math.floor(Math.log2(framesPerPixel * 1.5));
}

/**
 * What is drawn of a row from one frame to another: pairs frame, value in `out`. One pair a frame for step 1;
 * else two for every step, its least and its most, in the order in which they come.
 * @param {Float32Array} row
 * @param {number} from
 * @param {number} to  the last frame and one
 * @param {number} step
 * @param {Float32Array} out  room for 4·((to − from) / step + 2) numbers
 * @returns {number} how many numbers were written
 */
export function outline(row, from, to, step, out) {
  const first = Math.max(0, Math.floor(from / step) * step);
  const end = Math.min(row.length, to);
  let count = 0;
  if (step === 1) {
    for (let n = first; n < end; n += 1) {
      out[count++] = n;
      out[count++] = row[n];
    }
    return count;
  }
  for (let start = first; start < end; start += step) {
    const stop = Math.min(start + step, row.length);
    let [low, high] = [start, start];
    for (let n = start + 1; n < stop; n += 1) {
      if (row[n] < row[low]) low = n;
      else if (row[n] > row[high]) high = n;
    }
    const [one, other] = low < high ? [low, high] : [high, low];
    out[count++] = one;
    out[count++] = row[one];
    out[count++] = other;
    out[count++] = row[other];
  }
  return count;
}

/**
 * The same for a curve that is not in hand: one pair a step, the mean of it in its middle, which is calmer
 * and costs less where many curves lie over each other.
 * @param {Float32Array} row
 * @param {number} from
 * @param {number} to
 * @param {number} step
 * @param {Float32Array} out
 * @returns {number} how many numbers were written
 */
export function course(row, from, to, step, out) {
  const first = Math.max(0, Math.floor(from / step) * step);
  const end = Math.min(row.length, to);
  let count = 0;
  for (let start = first; start < end; start += step) {
    const stop = Math.min(start + step, row.length);
    let sum = 0;
    for (let n = start; n < stop; n += 1) sum += row[n];
    out[count++] = (start + stop - 1) / 2;
    out[count++] = sum / (stop - start);
  }
  return count;
}

/**
 * Whether two rows are the same, found out once for each pair.
 * @param {Float32Array} row
 * @param {Float32Array} other
 */
export function same(row, other) {
  const held = compared.get(row);
  if (held?.other === other) return held.same;
  const found = row.length === other.length && row.every((value, n) => value === other[n]);
  compared.set(row, { other, same: found });
  return found;
}

/**
 * The value of a row at a fractional frame: linear between frames, held beyond either end.
 * @param {Float32Array} row  not empty
 * @param {number} frame
 */
export function valueAt(row, frame) {
  const at = Math.min(Math.max(frame, 0), row.length - 1);
  const before = Math.floor(at);
  const after = Math.min(before + 1, row.length - 1);
  return row[before] + (row[after] - row[before]) * (at - before);
}

/**
 * The least and the most of rows, or null where there is nothing.
 * @param {Iterable<Float32Array>} rows
 * @returns {[number, number] | null}
 */
export function extent(rows) {
  let [low, high] = [Infinity, -Infinity];
  for (const row of rows) {
    for (const value of row) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : null;
}
