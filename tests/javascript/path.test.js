// A path over the plane: what it reads, and what is made of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as ways from "../../src/timbrespace/studio/static/geometry/path.js";

const PATH = [
  { seconds: 0, x: 0, y: 0 },
  { seconds: 1, x: 1, y: 0 },
  { seconds: 4, x: 1, y: 1 },
];

test("a path is read between its points and held beyond its ends", () => {
  assert.deepEqual(ways.placeAt(PATH, 0.5), { x: 0.5, y: 0 });
  assert.deepEqual(ways.placeAt(PATH, 2.5), { x: 1, y: 0.5 });
  assert.deepEqual(ways.placeAt(PATH, -1), { x: 0, y: 0 });
  assert.deepEqual(ways.placeAt(PATH, 9), { x: 1, y: 1 });
});

test("what is recorded begins at 0 s, inside the plane, with its pauses kept", () => {
  const samples = [];
  for (let n = 0; n <= 100; n += 1) samples.push({ seconds: 7 + n / 100, x: Math.min(n / 50, 1.2), y: 0.5 });
  const path = ways.recorded(samples, 0.002);
  assert.equal(path[0].seconds, 0);
  assert.equal(path.at(-1).seconds, 1);
  assert.equal(path.length, 3);
  assert.ok(Math.abs(ways.placeAt(path, 0.25).x - 0.5) < 0.005);
  assert.equal(ways.placeAt(path, 0.8).x, 1);
});

test("a pause on a straight way is not thinned away", () => {
  const path = ways.thinned([0, 1, 2, 3].map((seconds) => ({ seconds, x: seconds < 3 ? 0 : 1, y: 0 })), 0.01); // prettier-ignore
  assert.deepEqual(path.map(({ seconds }) => seconds), [0, 2, 3]); // prettier-ignore
});

test("retimed it is slower or faster all along", () => {
  const slow = ways.retimed(PATH, 8);
  assert.deepEqual(slow.map(({ seconds }) => seconds), [0, 2, 8]); // prettier-ignore
  assert.deepEqual(ways.placeAt(slow, 1), ways.placeAt(PATH, 0.5));
  assert.deepEqual(ways.retimed([{ seconds: 0, x: 0.5, y: 0.5 }], 8), [{ seconds: 0, x: 0.5, y: 0.5 }]);
});

test("at an even pace equal ways take equal times", () => {
  assert.deepEqual(ways.evenPaced(PATH).map(({ seconds }) => seconds), [0, 2, 4]); // prettier-ignore
});

test("reversed it goes the other way in the same time", () => {
  const back = ways.reversed(PATH);
  assert.deepEqual(ways.placeAt(back, 1.5), ways.placeAt(PATH, 2.5));
  assert.deepEqual(ways.reversed(back), PATH);
});

test("smoothing rounds the corner, keeps the ends, and leaves a straight way straight", () => {
  const smooth = ways.smoothed(PATH, 0.4, 0.002);
  assert.deepEqual(smooth[0], PATH[0]);
  assert.deepEqual(smooth.at(-1), PATH[2]);
  assert.ok(ways.placeAt(smooth, 1).y > 0.01);
  const straight = [PATH[0], { seconds: 2, x: 1, y: 0 }];
  assert.deepEqual(ways.smoothed(straight, 0.4, 0.002), straight);
  const still = [PATH[0]];
  assert.equal(ways.smoothed(still, 0.4, 0.002), still);
});

test("points are moved within their neighbours' times, put in on the way, taken out", () => {
  assert.equal(ways.moved(PATH, 1, { seconds: 9 })[1].seconds, 4);
  assert.deepEqual(ways.moved(PATH, 1, { x: 2, y: -1 })[1], { seconds: 1, x: 1, y: 0 });
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
  assert.equal(ways.nearest(PATH, { x: 0.98, y: 0.02 }, 0.05), 1);
  assert.equal(ways.nearest(PATH, { x: 0.5, y: 0.5 }, 0.05), -1);
});

test("every preset lasts as long as asked and stays on the plane", () => {
  for (const name of ways.PRESETS) {
    const path = ways.preset(name, 6);
    assert.deepEqual(ways.ends(path), [0, 6], name);
    assert.ok(path.every(({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1), name);
  }
  assert.deepEqual(ways.placeAt(ways.preset("square", 4), 1.5), { x: 1, y: 0.5 });
  assert.deepEqual(ways.placeAt(ways.preset("circle", 4), 0), { x: 0.5, y: 0 });
});
