/**
 * What was played live, kept in the page all the while, so that a good take is not lost because nobody had
 * pressed record; one button puts it into the tray.
 */
import { signal } from "@preact/signals-core";
import { link } from "../core/link.js";
import { doc, transport } from "../core/store.js";
import { add } from "../tray/adding.js";
import { wavOf } from "../tray/wav.js";

const LONGEST_SECONDS = 900;
const TOLD_SECONDS = 0.1;
const OTHERWISE_HZ = 44100;

/** How long the take is by now. */
export const takeSeconds = signal(0);

/** @type {Float32Array[]} */
let blocks = [];
let samples = 0;
let rate = OTHERWISE_HZ;

/** @param {Float32Array} values */
function hear(values) {
  blocks.push(values);
  samples += values.length;
  while (samples > LONGEST_SECONDS * rate) samples -= blocks.shift()?.length ?? samples;
  if (Math.abs(samples / rate - takeSeconds.peek()) >= TOLD_SECONDS) takeSeconds.value = samples / rate;
}

/** Forget what was played so far. */
export function beginAnew() {
  blocks = [];
  samples = takeSeconds.value = 0;
}

/** Put what was played into the tray; the next take begins here. */
export function keepTake() {
  if (!samples) return;
  add(wavOf(blocks, rate), nextName(), "result");
  beginAnew();
}

function nextName() {
  const names = new Set(doc.peek()?.sounds.map((sound) => sound.name));
  let number = 1;
  while (names.has(`Take ${number}`)) number += 1;
  return `Take ${number}`;
}

link.onAudio(({ values }) => {
  if (transport.peek().what?.kind === "live" && values.length) hear(values);
});
link.on("playing", ({ what, sample_rate: playing }) => {
  if (what.kind !== "live" || playing === rate) return;
  keepTake(); // one file has one rate
  rate = playing;
});
