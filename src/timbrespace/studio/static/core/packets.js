// Arrays from the server in one binary message, as `studio/packets.py` packs them: four bytes with the
// header's length, the header as JSON padded to four bytes, then every array, padded to four bytes.

/** @typedef {Float32Array | Uint8Array | Int16Array | Int32Array | Uint32Array} Numbers */
/** @typedef {{values: Numbers, shape: number[]}} Packed values: row by row, as numpy's C order */
/** @typedef {{header: Record<string, any>, arrays: Record<string, Packed>}} Packet */

/** How each dtype is read from bytes. */
const TYPES = {
  float32: Float32Array,
  uint8: Uint8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint32: Uint32Array,
};

/**
 * What a message holds. The arrays are views of the message: nothing is copied, so do not write into them.
 *
 * @param {ArrayBuffer} message
 * @returns {Packet} header without its `arrays`; the arrays by name
 * @throws {Error} where the message is cut short, or is none
 */
export function unpack(message) {
  if (message.byteLength < 4) throw new Error(`a packet of ${message.byteLength} bytes has no header`);
  const length = new DataView(message).getUint32(0, true);
  let offset = 4 + length;
  if (offset > message.byteLength) throw new Error(`a packet's header of ${length} bytes is cut short`);
  const text = new TextDecoder().decode(new Uint8Array(message, 4, length));
  const { arrays: described, ...header } = JSON.parse(text);
  /** @type {Record<string, Packed>} */
  const arrays = {};
  for (const { name, dtype, shape } of described) {
    const values = view(message, offset, dtype, shape, name);
    arrays[name] = { values, shape };
    offset += Math.ceil(values.byteLength / 4) * 4;
  }
  return { header, arrays };
}

/**
 * @param {ArrayBuffer} message
 * @param {number} offset bytes
 * @param {string} dtype
 * @param {number[]} shape
 * @param {string} name
 * @returns {Numbers}
 */
function view(message, offset, dtype, shape, name) {
  const Type = TYPES[/** @type {keyof typeof TYPES} */ (dtype)];
  if (Type === undefined) throw new Error(`${name} is ${dtype}; packets hold ${Object.keys(TYPES).join(", ")}`);
  const count = shape.reduce((product, size) => product * size, 1);
  if (offset + count * Type.BYTES_PER_ELEMENT > message.byteLength) throw new Error(`${name} is cut short`);
  return new Type(message, offset, count);
}
