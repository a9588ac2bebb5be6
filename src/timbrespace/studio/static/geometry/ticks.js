// Where an axis is marked, and what the marks say: round numbers of the unit, no closer than can be read.

import { toPixel } from "./viewport.js";

/** @typedef {import("./viewport.js").Axis} Axis */
/** @typedef {"seconds" | "db" | "hz" | "deviations"} Unit */
/** @typedef {{value: number, pixel: number, label: string}} Tick */

/** Steps of time above a second, in seconds: those of a clock. */
const CLOCK = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];
/** Steps of level, in dB: 6 is a doubling. */
const LEVELS = [1, 2, 3, 6, 12, 24, 48];
const DECADE = [1, 2, 5];
/** For axes that show little more than a doubling. */
const FINER = [1, 1.5, 2, 3, 5, 7];
const NARROWEST_RATIO = 1.4; // of neighbours in FINER

/**
 * The marks of an axis, from low to high.
 *
 * @param {Axis} axis
 * @param {Unit} unit
 * @param {number} apart the least distance between two, pixels
 * @returns {Tick[]}
 */
export function ticks(axis, unit, apart = 60) {
  if (!(axis.size > 0)) return [];
  const values = axis.log ? decades(axis, apart) : multiples(axis, stepOf(axis, unit, apart));
  const step = values.length > 1 ? values[1] - values[0] : axis.to - axis.from;
  return values.map((value) => ({ value, pixel: toPixel(axis, value), label: label(value, unit, step) }));
}

/**
 * @param {Axis} axis linear
 * @param {Unit} unit
 * @param {number} apart pixels
 */
function stepOf(axis, unit, apart) {
  const least = ((axis.to - axis.from) * apart) / axis.size;
  const own = unit === "seconds" ? CLOCK : unit === "db" ? LEVELS : [];
  const found = least >= (own[0] ?? Infinity) ? own.find((step) => step >= least) : undefined;
  return found ?? decimal(least, own[0]);
}

/**
 * The least of 1, 2, 5 times a power of ten that is not below `least`; `most` where that is less and enough.
 *
 * @param {number} least
 * @param {number} [most]
 */
function decimal(least, most) {
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [...DECADE, 10].map((digit) => digit * power).find((value) => value >= least * (1 - 1e-9));
  const found = step ?? 10 * power;
  return most !== undefined && least <= most ? Math.min(found, most) : found;
}

/**
 * @param {Axis} axis
 * @param {number} step
 */
function multiples(axis, step) {
  const first = Math.ceil(axis.from / step - 1e-9);
  const last = Math.floor(axis.to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => rounded((first + index) * step));
}

/**
 * 1, 2, 5 of every decade where there is room, or still more, else the decades alone.
 *
 * @param {Axis} axis logarithmic
 * @param {number} apart pixels
 */
function decades(axis, apart) {
  const decade = axis.size / Math.log10(axis.to / axis.from);
  const coarse = decade * Math.log10(2) >= apart ? DECADE : [1];
  const digits = decade * Math.log10(NARROWEST_RATIO) >= apart && axis.to / axis.from < 100 ? FINER : coarse;
  const found = [];
  for (let power = Math.floor(Math.log10(axis.from)); 10 ** power <= axis.to; power += 1) {
    for (const digit of digits) found.push(rounded(digit * 10 ** power));
  }
  return found.filter((value) => value >= axis.from && value <= axis.to);
}

/**
 * What a value is called on the axis, without its unit; a minus is a minus sign.
 *
 * @param {number} value
 * @param {Unit} unit
 * @param {number} step between marks, says how many digits count
 */
export function label(value, unit, step) {
  const places = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));
  if (unit === "seconds") return clock(value, places);
  if (unit === "hz" && Math.abs(value) >= 1000) return `${trimmed(value / 1000, places + 3)}k`;
  return trimmed(value, places).replace("-", "−");
}

/**
 * Seconds as 1.5, 1:02.5 or 1:00:00.
 *
 * @param {number} seconds
 * @param {number} places digits after the point
 */
export function clock(seconds, places = 0) {
  const total = Number(Math.abs(seconds).toFixed(places));
  const sign = seconds < 0 && total > 0 ? "−" : "";
  const [hours, minutes] = [Math.floor(total / 3600), Math.floor(total / 60) % 60];
  const rest = (total % 60).toFixed(places);
  if (total < 60) return sign + rest;
  const padded = rest.padStart(places > 0 ? places + 3 : 2, "0");
  return (
    sign + (hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${padded}` : `${minutes}:${padded}`)
  );
}

/**
 * @param {number} value
 * @param {number} places
 */
function trimmed(value, places) {
  return String(rounded(Number(value.toFixed(places))));
}

/**
 * Without the last bits that sums of decimal fractions leave, and without a negative zero.
 *
 * @param {number} value
 */
function rounded(value) {
  return Number(value.toPrecision(12)) + 0;
}
