// Soft take-over of dials by controllers, and the lanes of the live room.

import assert from "node:assert/strict";
import { test } from "node:test";
import { laneAt, lanes, named, toLane } from "../../src/timbrespace/studio/static/geometry/lanes.js";
import { taken, wayTo } from "../../src/timbrespace/studio/static/geometry/takeover.js";

test("a controller that is far from its dial moves nothing until it has come there", () => {
  let grip = taken(null, 0.1, 0.5, 0);
  assert.equal(grip.held, false);
  assert.equal(wayTo(grip, 0.5), 1);
  grip = taken(grip, 0.3, 0.5, 10);
  assert.equal(grip.held, false);
  grip = taken(grip, 0.6, 0.5, 20);
  assert.equal(grip.held, true);
  assert.equal(wayTo(grip, 0.5), 0);
});

test("it takes over from above too, and at once where it stands at the dial", () => {
  const above = taken(null, 0.9, 0.5, 0);
  assert.equal(wayTo(above, 0.5), -1);
  assert.equal(taken(above, 0.5, 0.5, 1).held, true);
  assert.equal(taken(null, 64 / 127, 0.5, 0).held, true);
});

test("it holds on while the dial follows late, and lets go when another hand has moved the dial", () => {
  const grip = taken(null, 0.5, 0.5, 0);
  const quick = taken(grip, 0.8, 0.5, 5); // the dial is not drawn anew yet
  assert.equal(quick.held, true);
  assert.equal(taken(quick, 0.82, 0.8, 5000).held, true);
  assert.equal(taken(quick, 0.82, 0.2, 5000).held, false);
});

test("lanes fill the height, and the active one is the largest", () => {
  const all = lanes(5, 2, 400);
  assert.deepEqual(all.map(({ top }) => top), [0, 50, 100, 300, 350]);
  assert.equal(all[2].height, 200);
  assert.equal(laneAt(all, 299.9), 2);
  assert.equal(laneAt(all, 400), -1);
  assert.deepEqual(lanes(2, -1, 10), [{ top: 0, height: 5 }, { top: 5, height: 5 }]);
});

test("values lie in their lane, high ones up, and never beyond it", () => {
  const lane = { top: 100, height: 50 };
  const range = { low: -2, high: 2 };
  assert.equal(toLane(lane, range, 2), 100);
  assert.equal(toLane(lane, range, -1), 137.5);
  assert.equal(toLane(lane, range, -9), 150);
  assert.equal(toLane(lane, { low: 1, high: 1 }, 1), 125);
});

test("names of lanes do not lie over each other, and the active one has its own", () => {
  const wide = lanes(5, 2, 400);
  assert.deepEqual([...named(wide, 2, 11)].sort(), [0, 1, 2, 3, 4]);
  const narrow = lanes(17, 6, 120); // 6 pixels each
  const found = [...named(narrow, 6, 11)].sort((a, b) => a - b);
  assert.ok(found.includes(6) && found.length > 6);
  const middles = found.map((n) => narrow[n].top + narrow[n].height / 2);
  middles.slice(1).forEach((middle, n) => assert.ok(middle - middles[n] >= 10.5));
  assert.deepEqual(named([], 0, 11).size, 0);
});
