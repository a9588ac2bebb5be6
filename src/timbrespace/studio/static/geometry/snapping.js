// Pitches that a hand is drawn to, and what they are called.

/** kind: what it is, to be shown. @typedef {{value: number, kind: string}} Target */

const CONCERT_PITCH_HZ = 440;

/**
 * The nearest tempered semitone.
 *
 * @param {number} hz above 0
 * @returns {Target}
 */
export function semitoneTarget(hz) {
  const semitones = Math.round(12 * Math.log2(hz / CONCERT_PITCH_HZ));
  return { value: CONCERT_PITCH_HZ * 2 ** (semitones / 12), kind: "semitone" };
}

const NOTES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];

/**
 * The nearest note's name, as musicians count octaves: A4 is 440 Hz.
 *
 * @param {number} hz above 0
 */
export function noteName(hz) {
  const number = Math.round(12 * Math.log2(hz / CONCERT_PITCH_HZ)) + 69;
  return NOTES[((number % 12) + 12) % 12] + (Math.floor(number / 12) - 1);
}
