// Colours: Oklab by its published values, a map that is even to the eye.

import assert from "node:assert/strict";
import test from "node:test";

import { mapColour } from "../../src/timbrespace/studio/static/geometry/colour.js";
import { difference, hex, toRgb } from "../../src/timbrespace/studio/static/geometry/oklab.js";
import { allNear, near, randomly } from "./help.js";

const STEPS = 256;

/** @param {string} text @returns {[number, number, number]} */
const rgb = (text) => [channel(text, 1), channel(text, 3), channel(text, 5)];
/** @param {string} text @param {number} at */
const channel = (text, at) => parseInt(text.slice(at, at + 2), 16);

/** Its inverse in the page makes sRGB of it. @param {number} value 0…255 */
function linear(value) {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

/**
 * The published inverse of `toRgb`.
 *
 * @param {[number, number, number]} colour
 * @returns {[number, number, number]}
 */
function toLab(colour) {
  const [red, green, blue] = colour.map(linear);
  const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const medium = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ];
}

test("known colours in Oklab", () => {
  allNear(toLab([255, 255, 255]), [1, 0, 0], 1e-4);
  allNear(toLab([255, 0, 0]), [0.62796, 0.22486, 0.12585], 1e-4);
  allNear(toLab([0, 0, 255]), [0.45201, -0.03246, -0.31153], 1e-4);
  assert.equal(hex([0, 128, 255]), "#0080ff");
});

test("every colour of a screen comes back, and what none shows keeps its lightness", () => {
  randomly(100, (random) => {
    const colour = [0, 0, 0].map(() => Math.floor(256 * random()));
    assert.deepEqual(toRgb(toLab([colour[0], colour[1], colour[2]])), colour);
  });
  near(toLab(toRgb([0.6, 0.5, -0.2]))[0], 0.6, 0.01);
});

test("the map goes from dark to light in even steps", () => {
  const colours = Array.from({ length: STEPS }, (_, step) => toLab(rgb(mapColour(step / (STEPS - 1)))));
  for (let step = 8; step < STEPS; step += 8) assert.ok(colours[step][0] > colours[step - 8][0], `at ${step}`);
  const steps = colours.slice(8).map((colour, index) => difference(colour, colours[index]));
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  assert.ok(steps.every((step) => step > 0.8 * mean && step < 1.2 * mean));
});

test("beyond its ends the map is as at them", () => {
  assert.equal(mapColour(-1), mapColour(0));
  assert.equal(mapColour(2), mapColour(1));
});
