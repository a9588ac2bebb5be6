// Points on the map, and paths over them.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  evenly,
  joined,
  pathOf,
  pointAt,
  retimed,
  thinned,
  trimmed,
} from "../../src/timbrespace/studio/static/geometry/codepath.js";
import { gridOf, nearest, neighbour } from "../../src/timbrespace/studio/static/geometry/nearest.js";

const SIZE = { width: 800, height: 300 };

/** @param {number} seed */
function random(seed) {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

/** @param {Float32Array} xs @param {Float32Array} ys @param {number} x @param {number} y */
function byLooking(xs, ys, x, y) {
  let [best, least] = [-1, Infinity];
  xs.forEach((_, n) => {
    const away = Math.hypot((xs[n] - x) * SIZE.width, (ys[n] - y) * SIZE.height);
    if (away < least) [best, least] = [n, away];
  });
  return best;
}

test("the grid finds what looking at every point finds, inside and outside of it", () => {
  const next = random(7);
  const xs = Float32Array.from({ length: 500 }, () => next() ** 3); // crowded at one side
  const ys = Float32Array.from({ length: 500 }, next);
  const grid = gridOf(xs, ys);
  for (let n = 0; n < 400; n += 1) {
    const [x, y] = [1.6 * next() - 0.3, 1.6 * next() - 0.3];
    assert.equal(nearest(grid, x, y, SIZE), byLooking(xs, ys, x, y));
  }
});

test("nothing is nearest where all is too far, and points that are nowhere are never found", () => {
  const grid = gridOf(Float32Array.of(0.5, NaN), Float32Array.of(0.5, 0.1));
  assert.equal(nearest(grid, 0.5, 0.6, SIZE, 31), 0);
  assert.equal(nearest(grid, 0.5, 0.6, SIZE, 29), -1);
  assert.equal(nearest(grid, 0, 0.1, SIZE), 0);
  assert.equal(nearest(gridOf(Float32Array.of(NaN), Float32Array.of(0)), 0, 0, SIZE), -1);
  assert.equal(nearest(gridOf(new Float32Array(0), new Float32Array(0)), 0, 0, SIZE), -1);
});

test("a neighbour lies in its direction", () => {
  const xs = Float32Array.of(0.5, 0.7, 0.52, 0.5, 0.5);
  const ys = Float32Array.of(0.5, 0.5, 0.9, 0.6, 0.2);
  const grid = gridOf(xs, ys);
  const square = { width: 100, height: 100 };
  assert.equal(neighbour(grid, 0, "right", square), 1);
  assert.equal(neighbour(grid, 0, "up", square), 3);
  assert.equal(neighbour(grid, 3, "up", square), 2);
  assert.equal(neighbour(grid, 0, "down", square), 4);
  assert.equal(neighbour(grid, 0, "left", square), -1);
});

test("a recorded path begins at 0, keeps changes only, and lasts", () => {
  const recorded = [
    { seconds: 3, row: 5 },
    { seconds: 3.1, row: 5 },
    { seconds: 3.25, row: 9 },
  ];
  const points = [
    { seconds: 0, row: 5 },
    { seconds: 0.25, row: 9 },
  ];
  assert.deepEqual(pathOf(recorded, 3.5, 0.1), { points, seconds: 0.5 });
  assert.equal(pathOf(recorded.slice(0, 1), 3.01, 0.25).seconds, 0.25);
});

const PATH = evenly([1, 2, 3, 2], 0.5);

test("what sounds at a time is the last that began", () => {
  assert.deepEqual(
    [-1, 0, 0.49, 0.5, 1.9, 99].map((time) => pointAt(PATH, time)),
    [0, 0, 0, 1, 3, 3],
  );
});

test("trimming keeps what sounds at both ends", () => {
  const points = [
    { seconds: 0, row: 2 },
    { seconds: 0.25, row: 3 },
  ];
  assert.deepEqual(trimmed(PATH, 0.75, 1.4), { points, seconds: 0.65 });
  assert.deepEqual(trimmed(PATH, 0, 2), PATH);
});

test("retiming there and back changes nothing", () => {
  assert.deepEqual(
    retimed(PATH, 6).points.map((point) => point.seconds),
    [0, 1.5, 3, 4.5],
  );
  assert.deepEqual(retimed(retimed(PATH, 6), 2), PATH);
});

test("thinning drops what is short and joins what then is one", () => {
  const path = {
    points: [
      { seconds: 0, row: 1 },
      { seconds: 0.5, row: 2 },
      { seconds: 0.52, row: 1 },
      { seconds: 1, row: 4 },
    ],
    seconds: 1.01,
  };
  assert.deepEqual(thinned(path, 0.1), { points: [{ seconds: 0, row: 1 }], seconds: 1.01 });
  assert.deepEqual(thinned(path, 0.001), path);
});

test("thinning a quick run leaves every second, or third, of it", () => {
  const run = evenly([0, 1, 2, 3, 4, 5, 6], 0.04);
  assert.deepEqual(
    thinned(run, 0.05).points,
    [0, 2, 4].map((row) => ({ seconds: row * 0.04, row })),
  );
  assert.deepEqual(
    thinned(run, 0.1).points,
    [0, 3].map((row) => ({ seconds: row * 0.04, row })),
  );
  assert.equal(thinned(run, 9).points.length, 1);
});

test("joined paths go on where the first ends", () => {
  const both = joined(PATH, evenly([2, 7], 1));
  assert.deepEqual(both.points.at(-1), { seconds: 3, row: 7 });
  assert.deepEqual([both.points.length, both.seconds], [5, 4]); // the 2 goes on
});
