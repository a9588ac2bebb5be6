/**
 * The WebSocket's binary messages: blocks of audio and latents from the server, the microphone to it.
 */

const HEADER_BYTES = 24; // of a block of audio or latents
const MICROPHONE_HEADER_BYTES = 8;

export const AUDIO = 1;
export const LATENTS = 2;
export const MICROPHONE = 3;
export const FIRST = 1; // flag: the first block after a discontinuity
export const LAST = 2; // flag: nothing follows

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
