// What is sent of a long curve of which a hand has changed a little.
import assert from "node:assert/strict";
import { test } from "node:test";
import { splice } from "../../src/timbrespace/studio/static/core/splicing.js";

/** @import {Source} from "../../src/timbrespace/studio/static/core/types.js" */

const path = Array.from({ length: 1000 }, (_, at) => ({ seconds: at / 10, x: at / 1000, y: 0.5 }));
/** @type {Source} */
const plane = { kind: "plane", points: [], path, seconds: 100 };
const there = { seconds: 3, x: 0.9, y: 0.9 };
const target = path.map(({ seconds }) => ({ seconds, value: 440 }));
/** @type {Source} */
const follow = { kind: "follow", aims: [{ descriptor: "f0", target }, { descriptor: "centroid", target }] };

/** @param {typeof path} points @returns {Source} */
const along = (points) => ({ ...plane, path: points });

test("one point moved, one put in, one taken out", () => {
  const base = { curve: "path", aim: 0, length: 1000 };
  const moved = path.with(30, there);
  assert.deepEqual(splice(plane, along(moved)), { ...base, start: 30, drop: 1, put: [there] });
  const more = path.toSpliced(30, 0, there);
  assert.deepEqual(splice(plane, along(more)), { ...base, start: 30, drop: 0, put: [there] });
  assert.deepEqual(splice(plane, along(path.toSpliced(999, 1))), { ...base, start: 999, drop: 1, put: [] });
  assert.deepEqual(splice(plane, along([])), { ...base, start: 0, drop: 1000, put: [] });
});

test("the curve of the second aim", () => {
  const drawn = { descriptor: "centroid", target: [...target, { seconds: 101, value: 500 }] };
  const made = splice(follow, /** @type {Source} */ ({ ...follow, aims: [follow.aims[0], drawn] }));
  const put = [{ seconds: 101, value: 500 }];
  assert.deepEqual(made, { curve: "target", aim: 1, length: 1000, start: 1000, drop: 0, put });
});

test("what is sent whole", () => {
  assert.equal(splice(plane, along([...path])), null); // nothing is another
  assert.equal(splice(plane, /** @type {Source} */ ({ ...along([]), seconds: 50 })), null);
  assert.equal(splice(plane, follow), null);
  assert.equal(splice(along(path.slice(0, 9)), along([there])), null); // short
});
