// Values to pixels and back; zooming holds what is under the pointer; nothing leaves the limits.

import assert from "node:assert/strict";
import test from "node:test";

import {
  panned,
  pixelsPerUnit,
  showing,
  toPixel,
  toValue,
  zoomed,
} from "../../src/timbrespace/studio/static/geometry/viewport.js";
import { near, randomly } from "./help.js";

const TIME = { from: 2, to: 6, size: 800 };
const LEVEL = { from: -60, to: 0, size: 300, upward: true };
const PITCH = { from: 50, to: 12_800, size: 800, upward: true, log: true };
const LIMITS = { from: 0, to: 10, narrowest: 0.01 };
const OCTAVES = { from: 20, to: 20_480, narrowest: 2 };

test("known pixels of time, level and pitch", () => {
  assert.equal(toPixel(TIME, 2), 0);
  assert.equal(toPixel(TIME, 3), 200);
  assert.equal(toPixel(LEVEL, 0), 0);
  assert.equal(toPixel(LEVEL, -60), 300);
  near(toPixel(PITCH, 100), 700); // eight octaves over 800 pixels
  near(pixelsPerUnit(PITCH), 100);
  assert.equal(pixelsPerUnit(TIME), 200);
});

test("a pixel's value lies at that pixel", () => {
  randomly(100, (random) => {
    for (const axis of [TIME, LEVEL, PITCH]) {
      const pixel = 2000 * random() - 500;
      near(toPixel(axis, toValue(axis, pixel)), pixel, 1e-7);
    }
  });
});

test("zooming holds what is under the pointer", () => {
  randomly(100, (random) => {
    const [pixel, factor] = [800 * random(), 1 + random()];
    for (const { axis, limits } of [
      { axis: TIME, limits: LIMITS },
      { axis: PITCH, limits: OCTAVES },
    ]) {
      const closer = zoomed(axis, factor, pixel, limits);
      near(toValue(closer, pixel), toValue(axis, pixel), 1e-6);
      near(pixelsPerUnit(closer), pixelsPerUnit(axis) * factor, 1e-6);
    }
  });
});

test("zooming out ends at the limits, zooming in at the narrowest", () => {
  assert.deepEqual(zoomed(TIME, 1e-6, 10, LIMITS), { ...TIME, from: 0, to: 10 });
  const closest = zoomed(TIME, 1e9, 400, LIMITS);
  near(closest.to - closest.from, 0.01);
  near((closest.to + closest.from) / 2, 4);
  const octave = zoomed(PITCH, 1e9, 400, OCTAVES);
  near(octave.to / octave.from, 2);
});

test("panning moves by pixels and stops at the end without shrinking", () => {
  assert.deepEqual(panned(TIME, 200, LIMITS), { ...TIME, from: 3, to: 7 });
  assert.deepEqual(panned(TIME, 1e6, LIMITS), { ...TIME, from: 6, to: 10 });
  assert.deepEqual(panned(TIME, -1e6, LIMITS), { ...TIME, from: 0, to: 4 });
  const lower = panned(LEVEL, 30, { from: -100, to: 6, narrowest: 1 });
  near(lower.from, -66);
  near(panned(PITCH, 100, OCTAVES).from, 25);
});

test("a range is shown with a margin, and not beyond the limits", () => {
  assert.deepEqual(showing(TIME, 4, 2, LIMITS), { ...TIME, from: 2, to: 4 });
  assert.deepEqual(showing(TIME, 2, 4, LIMITS, 0.5), { ...TIME, from: 1, to: 5 });
  assert.deepEqual(showing(TIME, -5, 30, LIMITS), { ...TIME, from: 0, to: 10 });
});
