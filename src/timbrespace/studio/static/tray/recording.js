/**
 * What the microphone gives while the recorder is open: its level, and from the press of the button on its samples.
 */
import { signal } from "@preact/signals-core";

const LONGEST_SECONDS = 3600;
const COLUMN_SECONDS = 0.04; // of the level that is drawn
export const SHOWN = 200; // columns
export const CLIPPED = 0.999;

export function makeRecording() {
  const recording = signal(false);
  const seconds = signal(0);
  const clipped = signal(false);
  const levels = signal(/** @type {number[]} */ ([]));
  /** @type {Float32Array[]} */
  let blocks = [];
  let peak = 0;
  let since = 0;
  const made = {
    recording, seconds, clipped, levels,
    sampleRate: 48000,
    full: () => {}, // called when no more can be taken in
    start() {
      blocks = [];
      seconds.value = 0;
      clipped.value = false; // what was too loud before is not in it
      recording.value = true;
    },
    stop() {
      recording.value = false;
      return blocks;
    },
    /** @param {Float32Array} samples */
    hear(samples) {
      for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
      since += samples.length / made.sampleRate;
      if (recording.peek()) blocks.push(samples);
      if (since < COLUMN_SECONDS) return;
      levels.value = [...levels.peek(), peak].slice(-SHOWN);
      if (peak >= CLIPPED) clipped.value = true;
      if (recording.peek()) seconds.value += since;
      if (seconds.peek() > LONGEST_SECONDS) made.full();
      peak = since = 0;
    },
  }; // prettier-ignore
  return made;
}
