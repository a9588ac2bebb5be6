/**
 * The latents of the last seconds, as they went to the decoder, whatever was played.
 */
import { signal } from "@preact/signals-core";
import { link } from "../core/link.js";

export const SHOWN_SECONDS = 10;
const MOST = 400; // rows, at 30 a second and a little

/** @typedef {{time: number, values: Float32Array}} Row  milliseconds; z and after it loudness_db */

/** @type {Row[]} */
const rows = [];

/** Grows with every row that comes. */
export const rowsHeard = signal(0);

/** The rows of the last SHOWN_SECONDS before the newest, oldest first. */
export function history() {
  const newest = rows.at(-1)?.time ?? 0;
  const first = rows.findIndex(({ time }) => newest - time <= SHOWN_SECONDS * 1000);
  return first < 0 ? [] : rows.slice(first);
}

link.onLatents(({ values }) => {
  if (rows.length && rows[0].values.length !== values.length) rows.length = 0; // of another model
  rows.push({ time: performance.now(), values: values.slice() });
  if (rows.length > MOST) rows.shift();
  rowsHeard.value += 1;
});
