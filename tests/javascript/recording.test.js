import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRecording } from "../../src/timbrespace/studio/static/tray/recording.js";

test("a recording holds what came since it began, and clips only where that did", () => {
  const made = makeRecording();
  made.sampleRate = 100;
  const loud = new Float32Array(10).fill(-1);
  const soft = new Float32Array(10).fill(0.5);
  made.hear(loud);
  assert.equal(made.clipped.peek(), true);
  made.start();
  assert.equal(made.clipped.peek(), false);
  made.hear(soft);
  made.hear(soft);
  assert.deepEqual(made.levels.peek(), [1, 0.5, 0.5]);
  assert.ok(Math.abs(made.seconds.peek() - 0.2) < 1e-9);
  made.hear(loud);
  assert.equal(made.clipped.peek(), true);
  assert.deepEqual(made.stop(), [soft, soft, loud]);
});
