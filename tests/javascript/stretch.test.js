import assert from "node:assert/strict";
import { test } from "node:test";
import { begunAt, endedAt } from "../../src/timbrespace/studio/static/geometry/stretch.js";

test("a stretch begins where the key says and keeps its end", () => {
  assert.deepEqual(begunAt(null, 3, 10), [3, 10]);
  assert.deepEqual(begunAt([1, 6], 3, 10), [3, 6]);
  assert.deepEqual(begunAt([1, 3], 3, 10), [3, 10]);
  assert.equal(begunAt([1, 6], 10, 10), null);
});

test("a stretch ends where the key says and keeps its beginning", () => {
  assert.deepEqual(endedAt(null, 3), [0, 3]);
  assert.deepEqual(endedAt([1, 6], 3), [1, 3]);
  assert.deepEqual(endedAt([4, 6], 3), [0, 3]);
  assert.equal(endedAt(null, 0), null);
});
