// Waveforms as shapes: nothing is lost between columns, silence is a line, everything stays in its frame.

import assert from "node:assert/strict";
import test from "node:test";

import {
  outline,
  peaksOf,
  samplePoints,
  showingGain,
} from "../../src/timbrespace/studio/static/geometry/waveform.js";
import { allNear, near, randomly } from "./help.js";

test("the peaks of columns", () => {
  const { low, high } = peaksOf([0, 1, -1, 0, 0.5, 0.25], 3);
  allNear(low, [0, -1, 0.25]);
  allNear(high, [1, 0, 0.5]);
});

test("every sample lies within its column's peaks, also where columns are uneven", () => {
  randomly(50, (random) => {
    const samples = Float32Array.from({ length: 50 + Math.floor(100 * random()) }, () => 2 * random() - 1);
    const { low, high } = peaksOf(samples, 7);
    near(Math.min(...low), Math.min(...samples));
    near(Math.max(...high), Math.max(...samples));
  });
});

test("an outline goes to the right along the highs and back along the lows", () => {
  const points = outline({ low: [-1, -0.5], high: [1, 0.5] }, { width: 200, height: 100 });
  assert.deepEqual(Array.from(points), [50, 0, 150, 25, 150, 75, 50, 100]);
});

test("int16 peaks, gain, and what is too loud for the frame", () => {
  const frame = { width: 100, height: 100, scale: 32_767, gain: 2 };
  const points = outline({ low: [-32_767], high: [16_383.5] }, frame);
  assert.deepEqual(Array.from(points), [50, 0, 50, 100]);
});

test("silence is a line one pixel thick in the middle", () => {
  assert.deepEqual(
    Array.from(outline({ low: [0], high: [0] }, { width: 10, height: 40 })),
    [5, 19.5, 5, 20.5],
  );
});

test("single samples from edge to edge", () => {
  assert.deepEqual(
    Array.from(samplePoints([0, 1, -1], { width: 200, height: 100 })),
    [0, 50, 100, 0, 200, 100],
  );
  assert.deepEqual(Array.from(samplePoints([0], { width: 200, height: 100 })), [0, 50]);
});

test("quiet sounds are shown larger, but silence is not blown up", () => {
  near(showingGain(0.5), 1.9);
  assert.equal(showingGain(0.001), 8);
  assert.equal(showingGain(0), 1);
});
