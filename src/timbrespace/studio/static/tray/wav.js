/**
 * A recording as a WAV file: one channel, float32, so that nothing of it is lost.
 */

const HEADER_BYTES = 44;
const FLOAT = 3; // format tag

/**
 * @param {Float32Array[]} blocks
 * @param {number} sampleRate
 * @returns {Blob}
 */
export function wavOf(blocks, sampleRate) {
  const samples = blocks.reduce((sum, block) => sum + block.length, 0);
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  const text = (/** @type {number} */ at, /** @type {string} */ letters) =>
    [...letters].forEach((letter, n) => header.setUint8(at + n, letter.charCodeAt(0)));
  text(0, "RIFF");
  header.setUint32(4, HEADER_BYTES - 8 + samples * 4, true);
  text(8, "WAVEfmt ");
  header.setUint32(16, 16, true);
  header.setUint16(20, FLOAT, true);
  header.setUint16(22, 1, true);
  header.setUint32(24, sampleRate, true);
  header.setUint32(28, sampleRate * 4, true);
  header.setUint16(32, 4, true);
  header.setUint16(34, 32, true);
  text(36, "data");
  header.setUint32(40, samples * 4, true);
  return new Blob([header, .../** @type {BlobPart[]} */ (blocks)], { type: "audio/wav" });
}
