// What the page's tests share.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/**
 * Two numbers that differ by no more than rounding.
 *
 * @param {number} found
 * @param {number} expected
 * @param {number} tolerance
 */
export function near(found, expected, tolerance = 1e-9) {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);
}

/**
 * The same of two series.
 *
 * @param {ArrayLike<number>} found
 * @param {ArrayLike<number>} expected
 * @param {number} tolerance
 */
export function allNear(found, expected, tolerance = 1e-9) {
  assert.equal(found.length, expected.length);
  for (let index = 0; index < found.length; index += 1) near(found[index], expected[index], tolerance);
}

/**
 * Try a property many times, every time with the same numbers: `random` gives 0…1 (Lehmer's generator).
 *
 * @param {number} times
 * @param {(random: () => number) => void} property
 */
export function randomly(times, property) {
  let state = 12_345;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  for (let time = 0; time < times; time += 1) property(random);
}

/**
 * What Python computed, of tests/javascript/cases.
 *
 * @param {string} name
 * @returns {any}
 */
export function cases(name) {
  return JSON.parse(readFileSync(new URL(`cases/${name}.json`, import.meta.url), "utf8"));
}
