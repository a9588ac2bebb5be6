// A path over the plane: what is made of it, and the ways to begin with.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as ways from "../../src/timbrespace/studio/static/geometry/path.js";
import { placeAt } from "../../src/timbrespace/studio/static/geometry/plane.js";

const PATH = [
  { seconds: 0, x: 0, y: 0 },
  { seconds: 1, x: 1, y: 0 },
  { seconds: 4, x: 1, y: 1 },
];

test("what is kept lies on the plane, with its pauses, and without points that nobody would miss", () => {
  const samples = Array.from({ length: 101 }, (_, n) => ({ seconds: n / 100, x: Math.min(n / 50, 1.2), y: 0.5 }));
  const path = ways.tidied(samples);
  assert.deepEqual(
    path.map(({ seconds }) => seconds),
    [0, 0.5, 1],
  );
  assert.ok(Math.abs(placeAt(path, 0.25).x - 0.5) < 0.005);
  assert.equal(placeAt(path, 0.8).x, 1);
});

test("at an even pace equal ways take equal times", () => {
  assert.deepEqual(
    ways.evenPaced(PATH).map(({ seconds }) => seconds),
    [0, 2, 4],
  );
});

test("reversed it goes the other way in the same time", () => {
  const back = ways.reversed(PATH);
  assert.deepEqual(placeAt(back, 1.5), placeAt(PATH, 2.5));
  assert.deepEqual(ways.reversed(back), PATH);
});

test("smoothing rounds the corner, keeps the ends, and leaves a straight way straight", () => {
  const smooth = ways.smoothed(PATH, 0.4);
  assert.deepEqual(smooth[0], PATH[0]);
  assert.deepEqual(smooth.at(-1), PATH[2]);
  assert.ok(placeAt(smooth, 1).y > 0.01);
  const straight = [PATH[0], { seconds: 2, x: 1, y: 0 }];
  assert.deepEqual(ways.smoothed(straight, 0.4), straight);
  const still = [PATH[0]];
  assert.equal(ways.smoothed(still, 0.4), still);
});

test("points are put in on the way and taken out", () => {
  const { path, index } = ways.inserted(PATH, 2.5);
  assert.equal(index, 2);
  assert.deepEqual(path[2], { seconds: 2.5, x: 1, y: 0.5 });
  assert.deepEqual(ways.without(path, 2), PATH);
  const one = [PATH[0]];
  assert.equal(ways.without(one, 0), one);
});

test("the path is found where it passes, the latest of its passes where there are several", () => {
  assert.equal(ways.whenNear(PATH, { x: 0.5, y: 0.01 }, 0.05), 0.5);
  assert.equal(ways.whenNear(PATH, { x: 0.5, y: 0.5 }, 0.05), null);
});

test("every preset lasts as long as asked and stays on the plane", () => {
  for (const name of ways.PRESETS) {
    const path = ways.preset(name, 6);
    assert.deepEqual(ways.ends(path), [0, 6], name);
    assert.ok(
      path.every(({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1),
      name,
    );
  }
  assert.deepEqual(placeAt(ways.preset("square", 4), 1.5), { x: 1, y: 0.5 });
  assert.deepEqual(placeAt(ways.preset("circle", 4), 0), { x: 0.5, y: 0 });
});
