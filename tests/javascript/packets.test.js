// What studio/packets.py packs is what the page unpacks; a cut or foreign message says what is wrong.

import assert from "node:assert/strict";
import test from "node:test";

import { unpack } from "../../src/timbrespace/studio/static/core/packets.js";
import { cases } from "./help.js";

const CASE = cases("packets");

function message() {
  const bytes = Buffer.from(CASE.message, "base64");
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

test("header and arrays are those that Python packed", () => {
  const { header, arrays } = unpack(message());
  assert.deepEqual(header, CASE.header);
  assert.deepEqual(Object.keys(arrays), Object.keys(CASE.arrays));
  for (const [name, { values, shape }] of Object.entries(arrays)) {
    assert.deepEqual(Array.from(values), CASE.arrays[name].values, name);
    assert.deepEqual(shape, CASE.arrays[name].shape, name);
  }
  assert.ok(arrays.z.values instanceof Float32Array);
  assert.ok(arrays.image.values instanceof Uint8Array);
});

test("a message cut anywhere is refused", () => {
  const whole = message();
  for (let length = 0; length < whole.byteLength - 3; length += 1) {
    assert.throws(() => unpack(whole.slice(0, length)), Error, `${length} bytes`);
  }
});

test("a dtype that packets do not hold is named", () => {
  const text = JSON.stringify({ arrays: [{ name: "x", dtype: "float64", shape: [1] }] }).padEnd(60);
  const bytes = new Uint8Array(4 + text.length + 8);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(new TextEncoder().encode(text), 4);
  assert.throws(() => unpack(bytes.buffer), /x is float64; packets hold float32/);
});
