// Curves between their points, under a hand, resampled and on a canvas.

import assert from "node:assert/strict";
import test from "node:test";

import {
  clamped,
  constant,
  drawn,
  firstAfter,
  interpolated,
  linePoints,
  resampled,
  smoothed,
} from "../../src/timbrespace/studio/static/geometry/curves.js";
import { allNear, cases, near, randomly } from "./help.js";

test("interpolation is numpy's", () => {
  for (const { xs, ys, at, found } of cases("curves")) {
    allNear(
      at.map((/** @type {number} */ place) => interpolated(place, xs, ys)),
      found,
      1e-12,
    );
  }
});

test("between equal places the later counts, as for numpy", () => {
  assert.equal(interpolated(1, [0, 1, 1, 2], [0, 10, 20, 30]), 20);
  assert.equal(firstAfter(1, [0, 1, 1, 2]), 3);
  assert.equal(firstAfter(2, [0, 1, 1, 2]), 4);
});

test("a quick hand leaves no gaps", () => {
  const stroke = drawn(
    [
      { frame: 2.2, value: 0 },
      { frame: 6.4, value: 4 },
    ],
    100,
  );
  assert.equal(stroke?.start, 2);
  assert.deepEqual(Array.from(stroke?.values ?? []), [0, 1, 2, 3, 4]);
});

test("a click sets one frame, and nothing sets none", () => {
  assert.deepEqual(drawn([{ frame: 3.6, value: 7 }], 100), { start: 4, values: Float64Array.of(7) });
  assert.equal(drawn([], 100), null);
  assert.equal(drawn([{ frame: 0, value: 1 }], 0), null);
});

test("coming back over a frame, the later value counts", () => {
  const trail = [
    { frame: 0, value: 1 },
    { frame: 4, value: 1 },
    { frame: 2, value: 9 },
  ];
  assert.deepEqual(Array.from(drawn(trail, 10)?.values ?? []), [1, 1, 9, 5, 1]);
  const still = [
    { frame: 1, value: 0 },
    { frame: 1, value: 3 },
  ];
  assert.deepEqual(drawn(still, 10), { start: 1, values: Float64Array.of(3) });
});

test("what leaves the curve on either side is held at its ends", () => {
  const stroke = drawn(
    [
      { frame: -30, value: 2 },
      { frame: 400, value: 4 },
    ],
    3,
  );
  assert.deepEqual(stroke, { start: 0, values: Float64Array.of(2, 3, 4) });
});

test("a stroke stays between the values of the hand and touches every frame between", () => {
  randomly(200, (random) => {
    const trail = Array.from({ length: 1 + Math.floor(20 * random()) }, () => ({
      frame: 120 * random() - 10,
      value: random(),
    }));
    const stroke = drawn(trail, 100);
    assert.ok(stroke);
    const touched = trail.map((spot) => Math.min(Math.max(Math.round(spot.frame), 0), 99));
    assert.equal(stroke.start, Math.min(...touched));
    assert.equal(stroke.values.length, Math.max(...touched) - stroke.start + 1);
    const [low, high] = [Math.min(...trail.map((s) => s.value)), Math.max(...trail.map((s) => s.value))];
    assert.ok(stroke.values.every((value) => value >= low - 1e-12 && value <= high + 1e-12));
    const last = trail[trail.length - 1];
    assert.equal(stroke.values[touched[touched.length - 1] - stroke.start], last.value);
  });
});

test("resampling keeps ends and straight lines", () => {
  allNear(resampled([0, 1, 2], 5), [0, 0.5, 1, 1.5, 2]);
  allNear(resampled([0, 1, 2, 3, 4], 3), [0, 2, 4]);
  allNear(resampled([7], 3), [7, 7, 7]);
  allNear(resampled([1, 2, 3], 1), [1]);
  allNear(resampled([3, 1, 4, 1, 5], 5), [3, 1, 4, 1, 5]);
  assert.equal(resampled([1, 2], 0).length, 0);
});

test("clamped, constant, smoothed", () => {
  allNear(clamped([-2, 0, 2], -1, 1), [-1, 0, 1]);
  allNear(constant(3, 2), [3, 3]);
  allNear(smoothed([0, 0, 3, 0, 0], 1), [0, 1, 1, 1, 0]);
  allNear(smoothed([1, 5, 9], 0), [1, 5, 9]);
  allNear(smoothed(constant(2, 7), 10), constant(2, 7));
  assert.equal(smoothed([], 2).length, 0);
  randomly(20, (random) => {
    const values = Array.from({ length: 30 }, random);
    const [radius, at] = [Math.floor(6 * random()), Math.floor(30 * random())];
    let sum = 0;
    for (let o = -radius; o <= radius; o += 1) sum += values[Math.min(Math.max(at + o, 0), 29)];
    near(smoothed(values, radius)[at], sum / (2 * radius + 1));
  });
});

const HEIGHT = { from: 0, to: 1, size: 100, upward: true };

test("a line passes through every frame that has a pixel of its own", () => {
  const points = linePoints([0, 1, 0.5], { from: 0, to: 2, size: 200 }, HEIGHT);
  assert.deepEqual(Array.from(points), [0, 100, 100, 0, 200, 50]);
});

test("only what is in sight is drawn, and up to the edge", () => {
  const points = linePoints(constant(0, 1000), { from: 10.5, to: 12.5, size: 200 }, HEIGHT);
  assert.deepEqual(Array.from(points), [-50, 100, 50, 100, 150, 100, 250, 100]);
  assert.equal(linePoints([], { from: 0, to: 1, size: 100 }, HEIGHT).length, 0);
});

test("a peak among thousands of frames is not lost, and the points stay few and in order", () => {
  const values = constant(0.5, 60_000);
  values[31_234] = 1;
  values[31_236] = 0;
  const points = linePoints(values, { from: 0, to: 60_000, size: 800 }, HEIGHT);
  assert.ok(points.length <= 2 * 4 * 801);
  const [xs, ys] = [points.filter((_, i) => i % 2 === 0), points.filter((_, i) => i % 2 === 1)];
  assert.deepEqual([Math.min(...ys), Math.max(...ys)], [0, 100]);
  assert.ok(xs.every((x, index) => index === 0 || x >= xs[index - 1]));
});
