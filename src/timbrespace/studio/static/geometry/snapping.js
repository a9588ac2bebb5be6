// What a hand is drawn to: frames, a grid, zero, semitones, other curves. Nothing is forced: a value goes to
// the nearest of these only within reach.

/** The model's frames. @typedef {{sample_rate: number, hop: number, n_fft: number}} Signal */
/** kind: what it is, to be shown. @typedef {{value: number, kind: string}} Target */

const CONCERT_PITCH_HZ = 440;

/**
 * The middle of a frame, seconds: the middle of its window, as `SignalConfig.centre_seconds`.
 *
 * @param {number} frame may have a fraction
 * @param {Signal} signal
 */
export function secondsOf(frame, signal) {
  return ((frame + 1) * signal.hop - signal.n_fft / 2) / signal.sample_rate;
}

/**
 * Where a time lies among the frames, with a fraction: the inverse of `secondsOf`.
 *
 * @param {number} seconds
 * @param {Signal} signal
 */
export function frameAt(seconds, signal) {
  return (seconds * signal.sample_rate + signal.n_fft / 2) / signal.hop - 1;
}

/**
 * The middle of the frame that is nearest to a time.
 *
 * @param {number} seconds
 * @param {Signal} signal
 * @param {number} frames how many there are
 */
export function toFrame(seconds, signal, frames) {
  return secondsOf(Math.min(Math.max(Math.round(frameAt(seconds, signal)), 0), frames - 1), signal);
}

/**
 * The nearest of some targets within reach; where none is, the value as it is.
 *
 * @param {number} value
 * @param {Target[]} targets the first of equally near ones counts
 * @param {number} reach in the value's unit
 * @returns {{value: number, kind: string | null}}
 */
export function snapped(value, targets, reach) {
  /** @type {{value: number, kind: string | null}} */
  let found = { value, kind: null };
  let least = reach;
  for (const target of targets) {
    const distance = Math.abs(target.value - value);
    if (distance < least || (distance <= reach && found.kind === null)) {
      found = target;
      least = distance;
    }
  }
  return found;
}

/**
 * The nearest line of a grid.
 *
 * @param {number} value
 * @param {number} step above 0
 * @returns {Target}
 */
export function gridTarget(value, step) {
  return { value: Math.round(value / step) * step + 0, kind: "grid" };
}

/** The middle of the data, or silence's opposite, 0 dB. @returns {Target} */
export function zeroTarget() {
  return { value: 0, kind: "zero" };
}

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

/**
 * What other curves are at a frame.
 *
 * @param {ArrayLike<number>[]} curves
 * @param {number} frame
 * @returns {Target[]}
 */
export function curveTargets(curves, frame) {
  return curves
    .filter((curve) => frame >= 0 && frame < curve.length)
    .map((curve) => ({ value: curve[frame], kind: "curve" }));
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
