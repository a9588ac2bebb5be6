// Handles on a curve: where they come, and what moving one does to the frames around it.

import assert from "node:assert/strict";
import test from "node:test";

import {
  hit,
  moved,
  removed,
  simplified,
} from "../../src/timbrespace/studio/static/geometry/breakpoints.js";
import { interpolated } from "../../src/timbrespace/studio/static/geometry/curves.js";
import { kept } from "../../src/timbrespace/studio/static/geometry/thinning.js";
import { allNear, near, randomly } from "./help.js";

const RAMP = [0, 1, 2, 3, 4, 3, 2, 1, 0];
const MANNERS = /** @type {const} */ (["bend", "line"]);

/** @param {() => number} random */
function wandering(random) {
  let value = 0;
  return Array.from({ length: 60 + Math.floor(100 * random()) }, () => (value += random() - 0.5));
}

/**
 * @param {number[]} values
 * @param {{start: number, values: Float64Array}} change
 */
function changed(values, change) {
  return values.map((value, frame) => change.values[frame - change.start] ?? value);
}

test("straight lines need handles only where they turn", () => {
  assert.deepEqual(simplified(RAMP, 0.01), [0, 4, 8]);
  assert.deepEqual(simplified([5, 5, 5, 5], 0.01), [0, 3]);
  assert.deepEqual(simplified([5], 0.01), [0]);
  assert.deepEqual(simplified([], 0.01), []);
});

test("no frame lies further from the lines between handles than the tolerance", () => {
  randomly(50, (random) => {
    const values = wandering(random);
    const handles = simplified(values, 0.4, Infinity);
    const at = handles.map((frame) => values[frame]);
    values.forEach((value, frame) => near(interpolated(frame, handles, at), value, 0.4));
    assert.ok(handles.length < values.length);
  });
});

test("of a greatest number of handles, the worst places come first", () => {
  const values = [0, 0, 9, 0, 0, 4, 0, 0];
  assert.deepEqual(simplified(values, 0, 3), [0, 2, 7]);
  assert.equal(simplified(values, 0, 5).length, 5);
  assert.ok(simplified(values, 0, 5).includes(2));
});

test("ten thousand points of noise are thinned worst first", () => {
  /** @type {number[]} */
  const values = [];
  randomly(10_000, (random) => values.push(random()));
  const few = kept(values.length, (at) => values[at], 0.5, 100);
  const many = kept(values.length, (at) => values[at], 0.5, 200);
  assert.deepEqual([few.length, many.length], [100, 200]);
  assert.ok(few.every((index) => many.includes(index)));
});

test("bending adds a tent and keeps the detail", () => {
  const change = moved(RAMP, [0, 4, 8], 1, { frame: 4, value: 6 }, "bend");
  assert.equal(change.start, 1);
  allNear(change.values, [1.5, 3, 4.5, 6, 4.5, 3, 1.5]);
  assert.deepEqual(change.handles, [0, 4, 8]);
  const rough = RAMP.map((value, frame) => value + (frame % 2) / 10);
  const bent = changed(rough, moved(rough, [0, 4, 8], 1, { frame: 4, value: 6 }, "bend"));
  allNear(
    bent.map((value, frame) => value - rough[frame]),
    [0, 0.5, 1, 1.5, 2, 1.5, 1, 0.5, 0],
  );
});

test("lines lead straight to the neighbours", () => {
  const rough = RAMP.map((value, frame) => value + (frame % 2) / 10);
  const change = moved(rough, [0, 4, 8], 1, { frame: 2, value: 2 }, "line");
  assert.equal(change.start, 1);
  allNear(change.values, [1, 2, 5 / 3, 4 / 3, 1, 2 / 3, 1 / 3]);
  assert.deepEqual(change.handles, [0, 2, 8]);
});

test("moved in time, the detail goes along", () => {
  const values = [0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0];
  const change = moved(values, [0, 8, 12], 1, { frame: 4, value: 0 }, "bend");
  assert.equal(change.values[2 - change.start], 5); // half way to the handle before and after
  assert.equal(change.values[4 - change.start], 0);
});

test("a handle stays where it is put, between its neighbours, and nothing else moves", () => {
  randomly(200, (random) => {
    const values = wandering(random);
    const handles = simplified(values, 0.3, 12);
    const index = Math.floor(handles.length * random());
    const target = { frame: 1.2 * values.length * random(), value: 4 * random() - 2 };
    for (const manner of MANNERS) {
      const change = moved(values, handles, index, target, manner);
      const after = changed(values, change);
      near(after[change.handles[index]], target.value);
      assert.ok(change.handles.every((frame, n) => n === 0 || frame > change.handles[n - 1]));
      assert.deepEqual([change.handles[0], change.handles.at(-1)], [0, values.length - 1]);
      handles.forEach(
        (frame, n) => n !== index && assert.equal(after[frame], values[frame], `${manner} ${n}`),
      );
      assert.ok(change.start >= (handles[index - 1] ?? -1) + 1);
      assert.ok(change.start + change.values.length <= (handles[index + 1] ?? values.length));
    }
  });
});

test("bent there and back, the curve is as it was", () => {
  randomly(50, (random) => {
    const values = wandering(random);
    const handles = simplified(values, 0.3, 12);
    const index = Math.floor(handles.length * random());
    const frame = handles[index];
    const there = changed(values, moved(values, handles, index, { frame, value: 9 }, "bend"));
    const back = changed(there, moved(there, handles, index, { frame, value: values[frame] }, "bend"));
    allNear(back, values);
  });
});

test("the first and the last handle move in value only", () => {
  const first = moved(RAMP, [0, 4, 8], 0, { frame: 3, value: 4 }, "line");
  assert.deepEqual([first.start, first.handles], [0, [0, 4, 8]]);
  allNear(first.values, [4, 4, 4, 4]);
  const last = moved(RAMP, [0, 4, 8], 2, { frame: 6, value: 4 }, "bend");
  assert.equal(last.start, 5);
  allNear(last.values, [4, 4, 4, 4]);
  allNear(moved([3], [0], 0, { frame: 0, value: 5 }, "bend").values, [5]);
});

test("a handle taken away takes its bump along", () => {
  for (const manner of MANNERS) {
    const change = removed(RAMP, [0, 4, 8], 1, manner);
    assert.ok(change);
    assert.deepEqual(change.handles, [0, 8]);
    allNear(changed(RAMP, change), new Array(9).fill(0));
  }
  assert.equal(removed(RAMP, [0, 4, 8], 0, "bend"), null);
  assert.equal(removed(RAMP, [0, 4, 8], 2, "bend"), null);
});

test("the nearest handle within reach is hit", () => {
  const [time, height] = [
    { from: 0, to: 8, size: 800 },
    { from: 0, to: 4, size: 400, upward: true },
  ];
  assert.equal(hit(RAMP, [0, 4, 8], { x: 405, y: 4 }, time, height), 1);
  assert.equal(hit(RAMP, [0, 4, 8], { x: 411, y: 0 }, time, height), -1);
  assert.equal(hit(RAMP, [0, 3, 4], { x: 360, y: 30 }, time, height, 100), 2);
});
