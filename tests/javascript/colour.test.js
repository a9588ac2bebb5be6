// Colours: Oklab by its published values, maps that are even to the eye, curves told apart and readable.

import assert from "node:assert/strict";
import test from "node:test";

import {
  colourMap,
  dimensionColour,
  mapColour,
  spectrogramPixels,
  STEPS,
} from "../../src/timbrespace/studio/static/geometry/colour.js";
import {
  contrast,
  difference,
  hex,
  toLab,
  toRgb,
} from "../../src/timbrespace/studio/static/geometry/oklab.js";
import { allNear, near, randomly } from "./help.js";

const MAPS = /** @type {const} */ (["ember", "paper", "leaf"]);
const PAGES = /** @type {const} */ ({ dark: [28, 30, 36], light: [244, 243, 240] });

/** @param {string} text @returns {[number, number, number]} */
const rgb = (text) => [channel(text, 1), channel(text, 3), channel(text, 5)];
/** @param {string} text @param {number} at */
const channel = (text, at) => parseInt(text.slice(at, at + 2), 16);

/** @param {typeof MAPS[number]} name */
function labs(name) {
  const table = colourMap(name);
  return Array.from({ length: STEPS }, (_, step) => {
    return toLab([table[3 * step], table[3 * step + 1], table[3 * step + 2]]);
  });
}

test("known colours in Oklab", () => {
  allNear(toLab([255, 255, 255]), [1, 0, 0], 1e-4);
  allNear(toLab([255, 0, 0]), [0.62796, 0.22486, 0.12585], 1e-4);
  allNear(toLab([0, 0, 255]), [0.45201, -0.03246, -0.31153], 1e-4);
});

test("every colour of a screen comes back, and what none shows keeps its lightness", () => {
  randomly(100, (random) => {
    const colour = [0, 0, 0].map(() => Math.floor(256 * random()));
    assert.deepEqual(toRgb(toLab([colour[0], colour[1], colour[2]])), colour);
  });
  near(toLab(toRgb([0.6, 0.5, -0.2]))[0], 0.6, 0.01);
});

test("contrast as WCAG counts it", () => {
  near(contrast([0, 0, 0], [255, 255, 255]), 21);
  near(contrast([255, 255, 255], [118, 118, 118]), 4.54, 0.005);
  assert.equal(hex([0, 128, 255]), "#0080ff");
});

for (const name of MAPS) {
  test(`${name} goes one way in lightness, in even steps`, () => {
    const colours = labs(name);
    const rises = Math.sign(colours[STEPS - 1][0] - colours[0][0]);
    for (let step = 8; step < STEPS; step += 8) {
      assert.ok(rises * (colours[step][0] - colours[step - 8][0]) > 0, `at ${step}`);
    }
    const steps = colours.slice(8).map((colour, index) => difference(colour, colours[index]));
    const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
    assert.ok(steps.every((step) => step > 0.8 * mean && step < 1.2 * mean));
  });
}

test("ember begins dark and ends light, paper the other way round", () => {
  assert.ok(labs("ember")[0][0] < 0.2 && labs("ember")[255][0] > 0.9);
  assert.ok(labs("paper")[0][0] > 0.9 && labs("paper")[255][0] < 0.3);
  assert.equal(mapColour("ember", -1), mapColour("ember", 0));
  assert.equal(mapColour("ember", 2), mapColour("ember", 1));
  assert.deepEqual(rgb(mapColour("ember", 1)), [...colourMap("ember").slice(-3)]);
});

for (const theme of /** @type {const} */ (["dark", "light"])) {
  test(`16 and 24 curves can be told apart and read on the ${theme} page`, () => {
    for (const { count, apart } of [
      { count: 16, apart: 0.06 },
      { count: 24, apart: 0.03 },
    ]) {
      const colours = Array.from({ length: count }, (_, index) => dimensionColour(index, count, theme));
      for (const [index, colour] of colours.entries()) {
        const found = contrast(rgb(colour), [...PAGES[theme]]);
        assert.ok(found >= 4.5, `${colour} has a contrast of ${found}`);
        for (const other of colours.slice(0, index)) {
          const far = difference(toLab(rgb(colour)), toLab(rgb(other)));
          assert.ok(far >= apart, `${colour} and ${other} are ${far} apart`);
        }
      }
    }
  });
}

test("neighbours differ more than curves in general must, and colours come again after 24", () => {
  for (let index = 1; index < 16; index += 1) {
    const [one, other] = [index - 1, index].map((number) => toLab(rgb(dimensionColour(number, 16, "dark"))));
    assert.ok(difference(one, other) >= 0.2);
  }
  assert.equal(dimensionColour(3, 256, "dark"), dimensionColour(27, 256, "dark"));
  assert.match(dimensionColour(0, 1, "light"), /^#[0-9a-f]{6}$/);
});

test("a spectrogram's lowest band is at the bottom, in the map's colours", () => {
  const image = Uint8Array.of(0, 255, 128, 0, 0, 64); // columns of two bands
  const pixels = spectrogramPixels(image, 3, 2, "ember", 0.5);
  assert.equal(pixels.length, 3 * 2 * 4);
  const table = colourMap("ember");
  const at = (/** @type {number} */ row, /** @type {number} */ column) => [
    ...pixels.slice(4 * (3 * row + column), 4 * (3 * row + column) + 4),
  ];
  assert.deepEqual(at(0, 0), [...table.slice(3 * 255), 128]);
  assert.deepEqual(at(1, 0), [...table.slice(0, 3), 128]);
  assert.deepEqual(at(0, 2), [...table.slice(3 * 64, 3 * 64 + 3), 128]);
});
