// The points of a plane as a list, and the ground that shows which one rules where.

import assert from "node:assert/strict";
import { test } from "node:test";

import { weights } from "../../src/timbrespace/studio/static/geometry/plane.js";
import * as list from "../../src/timbrespace/studio/static/geometry/points.js";
import { rgbOf, territory } from "../../src/timbrespace/studio/static/geometry/territory.js";

/** @returns {import("../../src/timbrespace/studio/static/core/types.js").PlaneSource} */
const plane = (count = 3) => ({
  kind: "plane",
  points: Array.from({ length: count }, (_, n) => ({ x: n / 4, y: 0, name: `${n}`, seed: n })),
  path: [{ seconds: 0, x: 0.5, y: 0.5 }],
  latents: null,
  loudness: 2,
});

test("a new point goes where there is room and is unlike the others in colour", () => {
  const more = list.withPoint(plane(), { seed: 9, name: "new" });
  const { x, y, hue, radius } = more.points[3];
  assert.deepEqual([x, y], [1, 1]);
  assert.equal(radius, Math.SQRT2);
  const others = more.points.slice(0, 3).map((point) => point.hue);
  assert.ok(others.every((each) => Math.abs(((Number(each) - Number(hue) + 540) % 360) - 180) > 30));
});

test("a new point does not cover the puck", () => {
  const corners = { ...plane(), points: [[0, 0], [1, 0], [0, 1], [1, 1]].map(([x, y]) => ({ x, y, name: "", seed: 1 })) };
  const place = (/** @type {{x: number, y: number}[]} */ ...taken) => {
    const { x, y } = list.withPoint(corners, { seed: 9, name: "new" }, taken).points[4];
    return [x, y];
  };
  assert.deepEqual(place(), [0.5, 0.5]);
  assert.notDeepEqual(place({ x: 0.5, y: 0.5 }), [0.5, 0.5]);
});

test("a dropped point lies where it was dropped, within the plane", () => {
  const more = list.withPoint(plane(), { seed: 9, name: "new", x: 1.2, y: 0.25 });
  assert.deepEqual([more.points[3].x, more.points[3].y], [1, 0.25]);
});

test("there are 26 points at most and one at least", () => {
  const full = plane(26);
  assert.equal(list.withPoint(full, { seed: 1, name: "one more" }), full);
  const last = plane(1);
  assert.equal(list.withoutPoint(last, 0), last);
});

test("what one point alone gives follows its number when another goes, and ends with it", () => {
  assert.equal(list.withoutPoint(plane(), 0).loudness, 1);
  assert.equal(list.withoutPoint(plane(), 2).loudness, null);
  assert.equal(list.withoutPoint({ ...plane(), latents: 0 }, 2).latents, 0);
});

test("colours stay with their points when one goes", () => {
  const before = list.huesOf(plane().points);
  const after = list.huesOf(list.withoutPoint(plane(), 0).points);
  assert.deepEqual(after, before.slice(1));
});

test("a point changes within bounds", () => {
  const { points } = list.changedPoint(plane(), 1, { x: -3, y: 0.123456, radius: 0 });
  assert.deepEqual([points[1].x, points[1].y, points[1].radius], [0, 0.1235, list.SMALLEST_RADIUS]);
  assert.equal(points[1].seed, 1);
});

test("corners are A, B, C and D; a polygon goes round the middle", () => {
  const corners = list.arranged(plane(4), "corners").points.map(({ x, y }) => [x, y]);
  assert.deepEqual(corners, [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ]);
  for (const count of [1, 2, 3, 4, 7]) {
    const points = list.arranged(plane(count), "polygon").points;
    const middle = points.reduce((sum, { x, y }) => [sum[0] + x / count, sum[1] + y / count], [0, 0]);
    assert.ok(Math.abs(middle[0] - 0.5) < 1e-3 && Math.abs(middle[1] - 0.5) < 1e-3, `${count}: ${middle}`);
  }
});

test("the ground has a point's own colour at it, brightest, and the mixture half way", () => {
  const points = [
    { x: 0.25, y: 0.5, radius: 0.6 },
    { x: 0.75, y: 0.5, radius: 0.6 },
  ];
  const size = 40;
  const pixels = territory(points, [70, 230], size, "dark");
  const pixel = (/** @type {number} */ column) => [
    ...pixels.slice(4 * (20 * size + column), 4 * (20 * size + column) + 4),
  ];
  const [at, between] = [pixel(10), pixel(19)];
  rgbOf(70, "dark").forEach((value, channel) => assert.ok(Math.abs(value - at[channel]) < 6));
  assert.ok(at[3] > pixel(14)[3]);
  const share = weights({ x: 19.5 / size, y: 1 - 20.5 / size }, points);
  const mixed = Math.sqrt(share[0] * rgbOf(70, "dark")[0] ** 2 + share[1] * rgbOf(230, "dark")[0] ** 2);
  assert.ok(Math.abs(between[0] - mixed) <= 1);
});
