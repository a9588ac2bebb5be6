/**
 * What the server knows of a model's sounds: fetched once a model, laid out as the musician wants to see it.
 */
import { signal } from "@preact/signals";
import { packet, query } from "../core/http.js";
import { gridOf } from "../geometry/nearest.js";

/** @import {Descriptor} from "../core/types.js" */
/** @import {Grid} from "../geometry/nearest.js" */

/**
 * @typedef {{sounds: number, low: number, high: number, middle_low: number, middle_high: number,
 *   gaps: [number, number][], covered: number, words: string}} Coverage
 */
/** @typedef {{unit: string, help: string, coverage: Coverage | null}} Described */
/**
 * @typedef {object} SoundMap  of K sounds of a model
 * @property {string} model
 * @property {number} count  K
 * @property {boolean} codes  whether sound k is code k; else they are frames of the data
 * @property {number} level_db
 * @property {Float32Array} place  [K, 2], row after row
 * @property {Int32Array} counts  [K], frames of the data on each
 * @property {Record<Descriptor, Float32Array>} columns  [K] each, NaN where there is none
 * @property {Record<Descriptor, Described>} descriptors
 * @property {Map<string, Layout>} layouts  those that were asked for
 */
/** @typedef {{x: string, y: string, grid: Grid}} Layout  x, y: what the axes are, in words */

/** In the order in which they are offered. */
export const DESCRIPTORS = /** @type {Descriptor[]} */ (["centroid", "bandwidth", "rolloff", "flatness", "f0"]);

/** Ways to lay the sounds out: by the model's own nearness, or on two descriptors. */
export const LAYOUTS =
  /** @type {Record<string, {text: string, columns: [Descriptor, Descriptor] | null}>} */ ({
    axes: { text: "By likeness", columns: null },
    pitch: { text: "Centroid × f0", columns: ["centroid", "f0"] },
    width: { text: "Centroid × bandwidth", columns: ["centroid", "bandwidth"] },
    noise: { text: "f0 × flatness", columns: ["f0", "flatness"] },
  });

/** @typedef {{map: SoundMap | null, error: string | null}} Fetched */
/** @type {Map<string, import("@preact/signals").Signal<Fetched>>} */
const known = new Map();

/**
 * The map of a model; fetched when asked for first.
 * @param {string} model
 */
export function mapOf(model) {
  const found = known.get(model);
  if (found) return found;
  const made = signal(/** @type {Fetched} */ ({ map: null, error: null }));
  known.set(model, made);
  void fetchMap(model, made);
  return made;
}

/** After a failure. @param {string} model */
export function askAgain(model) {
  const held = mapOf(model);
  held.value = { map: null, error: null };
  void fetchMap(model, held);
}

/** @param {string} model @param {import("@preact/signals").Signal<Fetched>} into */
async function fetchMap(model, into) {
  try {
    const { header, arrays } = await packet(`/api/models/${encodeURIComponent(model)}/map`);
    const columns = Object.fromEntries(DESCRIPTORS.map((name) => [name, arrays[name].values]));
    const { codes, level_db, descriptors } = header;
    const map = {
      model,
      codes,
      level_db,
      descriptors,
      count: arrays.count.shape[0],
      place: arrays.place.values,
    };
    into.value = {
      map: /** @type {any} */ ({ ...map, counts: arrays.count.values, columns, layouts: new Map() }),
      error: null,
    };
  } catch (error) {
    into.value = { map: null, error: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * The sounds' places, 0…1 both ways; NaN where a sound lacks a descriptor of the layout.
 * @param {SoundMap} map
 * @param {string} name  of `LAYOUTS`
 * @returns {Layout}
 */
export function layoutOf(map, name) {
  const found = map.layouts.get(name);
  if (found) return found;
  const columns = LAYOUTS[name]?.columns;
  const [xs, ys] = columns
    ? columns.map((column) => shares(map.columns[column]))
    : [0, 1].map((axis) => Float32Array.from({ length: map.count }, (_, n) => map.place[2 * n + axis]));
  const [x, y] = columns ?? ["first axis of likeness", "second axis"];
  const made = { x, y, grid: gridOf(xs, ys) };
  map.layouts.set(name, made);
  return made;
}

/** Layouts that lay out at least one sound. @param {SoundMap} map */
export function layoutsOf(map) {
  return Object.keys(LAYOUTS).filter((name) => {
    const columns = LAYOUTS[name].columns ?? [];
    return columns.every((column) => map.descriptors[column].coverage);
  });
}

/**
 * Where values lie between the least and the greatest, 0…1, by their ratios.
 * @param {Float32Array} values
 */
export function shares(values) {
  const scaled = values.map((value) => Math.log2(Math.max(value, 1e-12)));
  const has = scaled.filter((value) => !isNaN(value));
  const low = has.reduce((least, value) => Math.min(least, value), Infinity);
  const high = has.reduce((most, value) => Math.max(most, value), -Infinity);
  return scaled.map((value) => (high > low ? (value - low) / (high - low) : value - low + 0.5));
}

/**
 * Rows from the lowest to the highest of a descriptor, neighbours alike, and how long each is held.
 * @param {string} model
 * @param {Descriptor} descriptor
 * @param {number} frames
 * @returns {Promise<{rows: Int32Array, seconds_each: number}>}
 */
export async function traverse(model, descriptor, frames) {
  const path = query(`/api/models/${encodeURIComponent(model)}/traverse`, { descriptor, frames });
  const { header, arrays } = await packet(path);
  return { rows: /** @type {Int32Array} */ (arrays.rows.values), seconds_each: header.seconds_each };
}
