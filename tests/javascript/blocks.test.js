// The WebSocket's binary messages, against bytes laid out by hand as wire.py documents them.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AUDIO,
  FIRST,
  LAST,
  MICROPHONE,
  microphonePacket,
  readBlock,
} from "../../src/timbrespace/studio/static/core/blocks.js";

test("a block of audio is read as it was laid out", () => {
  const buffer = new ArrayBuffer(24 + 8);
  const view = new DataView(buffer);
  view.setUint8(0, 1);
  view.setUint8(1, 3);
  view.setUint32(4, 70_000, true);
  view.setUint32(8, 4_000_000_000, true);
  view.setFloat64(12, 1.25, true);
  view.setUint32(20, 2, true);
  view.setFloat32(24, 0.5, true);
  view.setFloat32(28, -0.25, true);
  const block = readBlock(buffer);
  assert.equal(block.kind, AUDIO);
  assert.equal(block.flags, FIRST | LAST);
  assert.deepEqual([block.sequence, block.stamp, block.seconds], [70_000, 4_000_000_000, 1.25]);
  assert.deepEqual([...block.values], [0.5, -0.25]);
});

test("samples of the microphone follow a header of eight bytes", () => {
  const packet = microphonePacket(Float32Array.of(0.125, -1));
  const view = new DataView(packet);
  assert.equal(packet.byteLength, 16);
  assert.deepEqual([view.getUint8(0), view.getUint32(4, true)], [MICROPHONE, 2]);
  assert.deepEqual([view.getFloat32(8, true), view.getFloat32(12, true)], [0.125, -1]);
});
