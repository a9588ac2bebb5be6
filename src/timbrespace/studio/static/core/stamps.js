/**
 * Gestures on their way out: the newest of each kind wins, at most one a frame of the screen, and each carries
 * a stamp by which its sound is known when it comes back.
 */
import { link } from "./link.js";

const SPACING_MS = 12; // a frame of the screen, less what its clock wavers
const LETTERS_A_MS = 1000; // of long gestures: reading one takes the server a tenth of what it must then wait
const KEPT = 4000; // measured stamps

/** Milliseconds from a gesture to the first sample made from it, by stamp. @type {Map<number, number>} */
export const stamps = new Map();

/** @type {Map<number, number>} */
const begun = new Map(); // when the hand moved, by stamp
/** @type {Map<string, {message: object, since: number}>} */
const pending = new Map();
let stamp = 0;
let lastSent = 0;
let spacing = SPACING_MS;
let frame = 0;

/**
 * Send a gesture now, or with the next frame where one has just gone out.
 * @param {string} kind  a newer gesture of the same kind takes its place
 * @param {object} message
 */
export function whenSent(kind, message) {
  const now = performance.now();
  pending.set(kind, { message, since: pending.get(kind)?.since ?? now });
  if (now - lastSent >= spacing) flush();
  else frame ||= requestAnimationFrame(flushOnceDue);
}

/** A long one has the next wait for more than a frame. */
function flushOnceDue() {
  if (performance.now() - lastSent >= spacing - SPACING_MS) flush();
  else frame = requestAnimationFrame(flushOnceDue);
}

function flush() {
  cancelAnimationFrame(frame);
  frame = 0;
  lastSent = performance.now();
  let letters = 0;
  for (const { message, since } of pending.values()) {
    stamp += 1;
    const sent = link.send({ ...message, stamp });
    if (sent) begun.set(stamp, since);
    letters += sent;
  }
  spacing = Math.max(SPACING_MS, letters / LETTERS_A_MS);
  pending.clear();
}

/**
 * Sound made from this gesture, or a newer one, goes out now.
 * @param {number} heard
 */
export function rememberStamp(heard) {
  const now = performance.now();
  for (const [each, since] of begun) {
    if (each > heard) break;
    stamps.set(each, now - since);
    begun.delete(each);
  }
  while (stamps.size > KEPT) stamps.delete(/** @type {number} */ (stamps.keys().next().value));
}
