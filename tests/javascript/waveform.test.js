// A waveform is drawn large enough to be seen.

import assert from "node:assert/strict";
import test from "node:test";

import { showingGain } from "../../src/timbrespace/studio/static/geometry/waveform.js";
import { near } from "./help.js";

test("quiet sounds are shown larger, but silence is not blown up", () => {
  near(showingGain(0.5), 1.9);
  assert.equal(showingGain(0.001), 8);
  assert.equal(showingGain(0), 1);
});
