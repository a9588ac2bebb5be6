// The plane's weights are Python's; paths are recorded, thinned and moved without losing their way.

import assert from "node:assert/strict";
import test from "node:test";

import {
  defaultPoints,
  inside,
  lasting,
  movedStep,
  nearestPlace,
  placeAt,
  recorded,
  thinned,
  weights,
} from "../../src/timbrespace/studio/static/geometry/plane.js";
import { allNear, cases, near, randomly } from "./help.js";

const { layouts, weights: weighed } = cases("plane");
/** @param {number[]} pair */
const place = ([x, y]) => ({ x, y });

test("layouts are Python's", () => {
  for (const [count, points] of Object.entries(layouts)) {
    const found = defaultPoints(Number(count));
    allNear(
      found.flatMap(({ x, y }) => [x, y]),
      points.flat(),
      1e-12,
    );
  }
  assert.throws(() => defaultPoints(1), /1 points; a plane has 2 to 26/);
  assert.throws(() => defaultPoints(27), RangeError);
});

test("weights are Python's", () => {
  for (const one of weighed) {
    const points = one.points.map((/** @type {number[]} */ pair, /** @type {number} */ index) => {
      return { ...place(pair), radius: one.radii[index] };
    });
    one.places.forEach((/** @type {number[]} */ pair, /** @type {number} */ row) => {
      allNear(weights(place(pair), points), one.weights[row], 1e-9);
    });
  }
});

test("weights are shares, all of a point at its place, and change little with a small step", () => {
  randomly(200, (random) => {
    const points = Array.from({ length: 5 }, () => ({ x: random(), y: random(), radius: 0.8 + random() }));
    const here = { x: random(), y: random() };
    const found = weights(here, points);
    near(
      found.reduce((sum, weight) => sum + weight, 0),
      1,
    );
    assert.ok(found.every((weight) => weight >= 0));
    assert.equal(weights(points[3], points)[3], 1);
    allNear(weights({ x: here.x + 1e-7, y: here.y }, points), found, 1e-3);
  });
});

test("a path is recorded in time, within the plane", () => {
  let path = recorded([], { x: 0.5, y: 0.5 }, 0);
  path = recorded(path, { x: 2, y: -1 }, 0.5);
  path = recorded(path, { x: 0.2, y: 0.2 }, 0.5);
  path = recorded(path, { x: 0.3, y: 0.3 }, 0.4); // a clock that went back
  assert.deepEqual(path, [
    { x: 0.5, y: 0.5, seconds: 0 },
    { x: 0.3, y: 0.3, seconds: 0.4 },
  ]);
  assert.deepEqual(inside({ x: 2, y: -1 }), { x: 1, y: 0 });
});

test("between its points a path goes straight, beyond them it stays", () => {
  const path = [
    { seconds: 1, x: 0, y: 1 },
    { seconds: 3, x: 1, y: 0 },
  ];
  assert.deepEqual(placeAt(path, 2), { x: 0.5, y: 0.5 });
  assert.deepEqual(placeAt(path, 0), { x: 0, y: 1 });
  assert.deepEqual(placeAt(path, 9), { x: 1, y: 0 });
});

test("a thinned path is where the whole one was at every time", () => {
  const path = Array.from({ length: 500 }, (_, index) => ({
    seconds: index / 60,
    x: 0.5 + 0.5 * Math.sin(index / 40),
    y: 0.5 + 0.5 * Math.sin(index / 23),
  }));
  const few = thinned(path, 0.01);
  assert.ok(few.length < 80, `${few.length} points`);
  for (const step of path) {
    const found = placeAt(few, step.seconds);
    assert.ok(Math.hypot(found.x - step.x, found.y - step.y) <= 0.01 + 1e-9);
  }
  assert.equal(thinned(path, 0, 10).length, 10);
});

test("a hand that waits is kept waiting", () => {
  const still = [0, 1, 2].map((seconds) => ({ seconds, x: 0, y: 0 }));
  const path = [...still, { seconds: 2.5, x: 1, y: 0 }];
  assert.deepEqual(thinned(path), [path[0], path[2], path[3]]);
});

test("a step moves over the plane, and in time not past its neighbours", () => {
  const path = [0, 1, 2].map((seconds) => ({ seconds, x: 0.5, y: 0.5 }));
  assert.deepEqual(movedStep(path, 1, { x: 0.9, y: 0.1 })[1], { seconds: 1, x: 0.9, y: 0.1 });
  assert.equal(movedStep(path, 1, { x: 0, y: 0, seconds: 7 })[1].seconds, 2);
  assert.equal(movedStep(path, 1, { x: 0, y: 0, seconds: -7 })[1].seconds, 0);
  assert.equal(movedStep(path, 2, { x: 0, y: 0, seconds: 7 })[2].seconds, 7);
  assert.deepEqual(path[1], { seconds: 1, x: 0.5, y: 0.5 });
});

test("a path may last longer or shorter", () => {
  const path = [0, 1, 4].map((seconds) => ({ seconds, x: 0, y: 0 }));
  assert.deepEqual(
    lasting(path, 8).map((step) => step.seconds),
    [0, 2, 8],
  );
  assert.deepEqual(lasting(path.slice(0, 1), 8), path.slice(0, 1));
});

test("the nearest place within reach", () => {
  const places = [
    { x: 0, y: 0 },
    { x: 1, y: 1 },
  ];
  assert.equal(nearestPlace(places, { x: 0.95, y: 0.95 }, 0.1), 1);
  assert.equal(nearestPlace(places, { x: 0.5, y: 0.5 }, 0.1), -1);
});
