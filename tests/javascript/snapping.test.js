// Semitones and the names of notes.

import assert from "node:assert/strict";
import test from "node:test";

import { noteName, semitoneTarget } from "../../src/timbrespace/studio/static/geometry/snapping.js";
import { near } from "./help.js";

test("semitones of A4 = 440 Hz", () => {
  near(semitoneTarget(450).value, 440);
  near(semitoneTarget(262).value, 261.6255653005986);
  assert.deepEqual([440, 261.6, 60, 8000].map(noteName), ["A4", "C4", "B1", "B8"]);
});
