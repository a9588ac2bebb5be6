/**
 * How long parts are, and what of them is looped, in seconds.
 */
import { viewOf } from "./series.js";
import { modelOf } from "./state.js";

/** @import {Part, Sound} from "./types.js" */

/** Of a part, seconds; the server takes no more. */
export const LONGEST_PART = 600;

/** Whether all of a sound is more than a part can be. @param {Sound} sound */
export const isLong = (sound) => sound.frames / sound.sample_rate > LONGEST_PART;

/**
 * Frames a second of the part's series; 0 where its model is not open here.
 * @param {Part} part
 */
export function frameRateOf(part) {
  return modelOf(part.model)?.frame_rate_hz ?? 0;
}

/**
 * The part's length, 0 until it is known; follows it where it is read in a component.
 * @param {Part} part
 */
export function secondsOf(part) {
  const view = viewOf(part.id).value;
  return view && view.frame_rate_hz ? view.frames / view.frame_rate_hz : 0;
}

/**
 * The part's selection, or null.
 * @param {Part} part
 * @returns {[number, number] | null}
 */
export function selectionOf(part) {
  const rate = frameRateOf(part);
  return part.selection && rate ? [part.selection[0] / rate, part.selection[1] / rate] : null;
}

/**
 * What is looped of the part: its selection, else all, else nothing.
 * @param {Part} part
 * @returns {[number, number] | null}
 */
export function loopOf(part) {
  if (!part.loop) return null;
  const seconds = secondsOf(part);
  return selectionOf(part) ?? (seconds > 0 ? [0, seconds] : null);
}
