// Curves between their points and under a hand.

import assert from "node:assert/strict";
import test from "node:test";

import { drawn, firstAfter, interpolated } from "../../src/timbrespace/studio/static/geometry/curves.js";
import { allNear, cases, randomly } from "./help.js";

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
