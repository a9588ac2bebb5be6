/**
 * Reads what `packets.py` packs, and the WebSocket's binary messages.
 * Arrays are views of the message: nothing is copied.
 */

/** @import {Packet} from "./types.js" */

const TYPES = /** @type {Record<string, any>} */ ({
  float32: Float32Array,
  uint8: Uint8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint32: Uint32Array,
});
const HEADER_BYTES = 24; // of a block of audio or latents
const MICROPHONE_HEADER_BYTES = 8;

export const AUDIO = 1;
export const LATENTS = 2;
export const MICROPHONE = 3;
export const FIRST = 1; // flag: the first block after a discontinuity
export const LAST = 2; // flag: nothing follows

/**
 * The header and the arrays by name of a packet.
 * @param {ArrayBuffer} buffer
 * @returns {Packet}
 */
export function unpack(buffer) {
  const size = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  const arrays = /** @type {Record<string, any>} */ ({});
  const shapes = /** @type {Record<string, number[]>} */ ({});
  let offset = 4 + size;
  for (const { name, dtype, shape } of header.arrays) {
    const Type = TYPES[dtype];
    const length = shape.reduce((/** @type {number} */ product, /** @type {number} */ n) => product * n, 1);
    arrays[name] = new Type(buffer, offset, length);
    shapes[name] = shape;
    offset += Math.ceil((length * Type.BYTES_PER_ELEMENT) / 4) * 4;
  }
  return { header, arrays, shapes };
}

/**
 * @typedef {object} Block  of audio, or of latents: z and after it loudness_db
 * @property {number} kind  AUDIO or LATENTS
 * @property {number} flags  FIRST, LAST
 * @property {number} sequence
 * @property {number} stamp  of the newest gesture that it was made from
 * @property {number} seconds  of its first sample, in the thing that is played
 * @property {Float32Array} values
 */

/**
 * A binary message of the server.
 * @param {ArrayBuffer} buffer
 * @returns {Block}
 */
export function readBlock(buffer) {
  const view = new DataView(buffer);
  const count = view.getUint32(20, true);
  return {
    kind: view.getUint8(0),
    flags: view.getUint8(1),
    sequence: view.getUint32(4, true),
    stamp: view.getUint32(8, true),
    seconds: view.getFloat64(12, true),
    values: new Float32Array(buffer, HEADER_BYTES, count),
  };
}

/**
 * Samples of the microphone as the server takes them.
 * @param {Float32Array} samples  at the model's rate
 * @returns {ArrayBuffer}
 */
export function microphonePacket(samples) {
  const buffer = new ArrayBuffer(MICROPHONE_HEADER_BYTES + samples.byteLength);
  const view = new DataView(buffer);
  view.setUint8(0, MICROPHONE);
  view.setUint32(4, samples.length, true);
  new Float32Array(buffer, MICROPHONE_HEADER_BYTES).set(samples);
  return buffer;
}
