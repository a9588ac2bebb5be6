/**
 * A selected stretch whose one end is put somewhere, as keys do it. Pure; in seconds or in frames.
 */

/** @typedef {[number, number] | null} Stretch */

/**
 * It begins here, and ends where it did; where that is not after this, or there was none, at the end of all.
 * @param {Stretch} stretch @param {number} at @param {number} whole
 * @returns {Stretch} null where nothing is left
 */
export function begunAt(stretch, at, whole) {
  const end = stretch && stretch[1] > at ? stretch[1] : whole;
  return end > at ? [at, end] : null;
}

/**
 * It ends here, and begins where it did; where that is not before this, or there was none, at the beginning.
 * @param {Stretch} stretch @param {number} at
 * @returns {Stretch}
 */
export function endedAt(stretch, at) {
  const begin = stretch && stretch[0] < at ? stretch[0] : 0;
  return at > begin ? [begin, at] : null;
}
