// What a hand is drawn to, and only within reach.

import assert from "node:assert/strict";
import test from "node:test";

import {
  curveTargets,
  frameAt,
  gridTarget,
  noteName,
  secondsOf,
  semitoneTarget,
  snapped,
  toFrame,
  zeroTarget,
} from "../../src/timbrespace/studio/static/geometry/snapping.js";
import { allNear, cases, near } from "./help.js";

test("frames lie where Python has them", () => {
  for (const { signal, seconds } of cases("frames")) {
    allNear(
      seconds.map((/** @type {number} */ _, /** @type {number} */ frame) => secondsOf(frame, signal)),
      seconds,
    );
    near(frameAt(seconds[5], signal), 5);
    near(toFrame(seconds[5] + (0.4 * signal.hop) / signal.sample_rate, signal, 8), seconds[5]);
    near(toFrame(1e6, signal, 8), seconds[7]);
    near(toFrame(-1e6, signal, 8), seconds[0]);
  }
});

test("the nearest target within reach draws, and the first of two as near", () => {
  const targets = [zeroTarget(), gridTarget(0.3, 0.25), { value: 0.31, kind: "curve" }];
  assert.deepEqual(snapped(0.3, targets, 0.1), { value: 0.31, kind: "curve" });
  assert.deepEqual(snapped(0.02, targets, 0.1), { value: 0, kind: "zero" });
  assert.deepEqual(snapped(0.15, targets, 0.05), { value: 0.15, kind: null });
  assert.deepEqual(
    snapped(
      0.5,
      [
        { value: 0, kind: "a" },
        { value: 1, kind: "b" },
      ],
      0.5,
    ),
    { value: 0, kind: "a" },
  );
});

test("grid lines on both sides of zero, without a negative zero", () => {
  assert.equal(gridTarget(0.6, 0.5).value, 0.5);
  assert.equal(gridTarget(-0.8, 0.5).value, -1);
  assert.ok(Object.is(gridTarget(-0.1, 0.5).value, 0));
});

test("semitones of A4 = 440 Hz", () => {
  near(semitoneTarget(450).value, 440);
  near(semitoneTarget(262).value, 261.6255653005986);
  assert.deepEqual([440, 261.6, 60, 8000].map(noteName), ["A4", "C4", "B1", "B8"]);
});

test("other curves draw where they have the frame", () => {
  assert.deepEqual(curveTargets([[1, 2], [5]], 1), [{ value: 2, kind: "curve" }]);
  assert.deepEqual(curveTargets([[1, 2]], -1), []);
});
