// A recording as a file: what a reader of WAV finds in it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { wavOf } from "../../src/timbrespace/studio/static/tray/wav.js";

test("one channel of float32, in the order in which it was heard", async () => {
  const file = wavOf([Float32Array.of(0.5, -0.5), Float32Array.of(1.5)], 48_000);
  const view = new DataView(await file.arrayBuffer());
  const text = (/** @type {number} */ at) => String.fromCharCode(...[0, 1, 2, 3].map((n) => view.getUint8(at + n)));
  assert.deepEqual([text(0), text(8), text(12), text(36)], ["RIFF", "WAVE", "fmt ", "data"]);
  assert.equal(view.getUint32(4, true), view.byteLength - 8);
  assert.deepEqual([view.getUint16(20, true), view.getUint16(22, true), view.getUint16(34, true)], [3, 1, 32]);
  assert.deepEqual([view.getUint32(24, true), view.getUint32(28, true)], [48_000, 192_000]);
  assert.equal(view.getUint32(40, true), 12);
  assert.deepEqual([0, 1, 2].map((n) => view.getFloat32(44 + 4 * n, true)), [0.5, -0.5, 1.5]);
});
