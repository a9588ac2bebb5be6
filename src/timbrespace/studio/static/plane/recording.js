/**
 * Recording what the puck does: armed first, it begins with the puck's first move, and ends when the hand lets go
 * (or, of keys, when it is ended). Where the hand rested the path rests.
 */
import { computed, signal } from "@preact/signals-core";
import { LONGEST_PART } from "../core/lengths.js";
import { tidied } from "../geometry/path.js";
import { recorded } from "../geometry/plane.js";
import { plane } from "./state.js";

/** @import {PathPoint} from "../core/types.js" */
/** @import {Place} from "../geometry/plane.js" */

const REST_SECONDS = 0.06; // without a move: the puck stood still, and went on only now
const STEP_SECONDS = 0.02; // that a move takes after a rest
const SHORTEST_SECONDS = 0.2; // less is a slip of the hand

/** @typedef {{begun: number | null, path: PathPoint[]}} Recording  begun: on the page's clock, ms */
/** @type {import("@preact/signals-core").Signal<Recording | null>} */
const recording = signal(null);

export const isArmed = computed(() => recording.value !== null);

/** What has been recorded so far, to be drawn; null where nothing is being recorded. */
export const trail = computed(() => (recording.value?.path.length ? recording.value.path : null));

/** Be ready to record, or not to. */
export function arm() {
  recording.value = recording.peek() ? null : { begun: null, path: [] };
}

export function disarm() {
  recording.value = null;
}

/** The puck is here now. @param {Place} place */
export function follow(place) {
  const held = recording.peek();
  if (!held) return;
  const begun = held.begun ?? performance.now();
  const seconds = Math.min((performance.now() - begun) / 1000, LONGEST_PART);
  const last = held.path[held.path.length - 1];
  const rested = last && seconds - last.seconds > REST_SECONDS;
  const before = rested ? recorded(held.path, last, seconds - STEP_SECONDS) : held.path;
  recording.value = { begun, path: recorded(before, place, seconds) };
}

/** Keep it as the path, in the time that it took. */
export function finish() {
  const held = recording.peek();
  const source = plane.source.peek();
  if (!held || held.begun === null || !source) return;
  recording.value = null;
  const seconds = Math.min((performance.now() - held.begun) / 1000, LONGEST_PART);
  if (seconds < SHORTEST_SECONDS) return;
  const whole = recorded(held.path, held.path[held.path.length - 1], seconds);
  void plane.keep({ ...source, path: tidied(whole), seconds: Number(seconds.toFixed(3)) });
}
