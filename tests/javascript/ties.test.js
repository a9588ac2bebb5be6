import assert from "node:assert/strict";
import { test } from "node:test";
import { tied } from "../../src/timbrespace/studio/static/core/ties.js";

/** @import {Source} from "../../src/timbrespace/studio/static/core/types.js" */
/** @typedef {{id: string, source: Source}} Made */

/** @param {string} id @param {string} a @param {string} b @returns {Made} */
const morph = (id, a, b) => ({ id, source: { kind: "morph", a, b, curve: [] } });

test("parts are tied to what they are made of and to what is made of them, over any number of steps", () => {
  /** @type {Source} */
  const sound = { kind: "sound", sound: "s1" };
  /** @type {Source} */
  const plane = { kind: "plane", points: [{ x: 0, y: 0, ref: "p2" }], path: [] };
  const parts = [{ id: "p0", source: sound }, { id: "p1", source: sound }, morph("p2", "p1", "s1"),
    morph("p3", "s1", "s1"), { id: "p4", source: plane }]; // prettier-ignore
  assert.deepEqual([...tied("p1", parts)].sort(), ["p1", "p2", "p4"]);
  assert.deepEqual([...tied("p4", parts)].sort(), ["p1", "p2", "p4"]);
  assert.deepEqual([...tied("p3", parts)], ["p3"]);
});
