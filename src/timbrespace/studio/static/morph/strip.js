/**
 * One of the two sounds, as it lies under the morph's time: its spectrogram, and its waveform in the voice's colour.
 */
import { html } from "htm/preact";
import { useEffect, useMemo } from "preact/hooks";
import * as api from "../core/api.js";
import { soundOf, viewOf } from "../core/store.js";
import { windowed } from "../core/windows.js";
import { tiles } from "../geometry/morphing.js";
import { showingGain } from "../geometry/waveform.js";
import { isPart, secondsOf } from "../widgets/refs.js";
import { Surface } from "../widgets/surface.js";
import { drawSpectrum, drawWave } from "../widgets/wavedraw.js";

/** @import {Size} from "../widgets/surface.js" */

const COLUMNS = 600;
const SPECTRUM = 0.62; // of the strip's height

/**
 * @param {{of: string, name: string, align: "stretch" | "trim" | "loop", whole: number, second?: boolean,
 *   model: string}} props
 *   whole: seconds of the morph
 */
export function Strip({ of, name, align, whole, second, model }) {
  const seconds = secondsOf(of);
  const version = isPart(of) ? (viewOf(of).value?.fingerprint ?? "") : "";
  const pictures = useMemo(() => picturesOf(of, seconds, model), [of, version, seconds, model]);
  useEffect(() => () => pictures.forEach((each) => each.end()), [pictures]);
  const [peaks, image] = pictures;
  const gain = showingGain(soundOf(of)?.peak ?? 1);
  const draw = (/** @type {CanvasRenderingContext2D} */ context, /** @type {Size} */ { width, height }) => {
    if (!(seconds > 0 && whole > 0)) return;
    for (const each of pictures) each.look({ start: 0, end: seconds }, COLUMNS);
    const split = Math.round(height * SPECTRUM);
    for (const { from, to, end } of tiles(align, seconds, whole)) {
      const [left, right] = [from * width, to * width];
      const scale = end / (right - left); // seconds for a pixel
      const time = { from: -left * scale, to: (width - left) * scale, size: width };
      context.save();
      context.beginPath();
      context.rect(left, 0, right - left, height);
      context.clip();
      drawSpectrum(context, time, { top: 0, height: split }, image);
      drawWave(context, time, { top: split, height: height - split }, peaks, { second, gain });
      context.restore();
    }
  };
  return html`<${Surface}
    class="morph-strip"
    draw=${draw}
    label=${`Spectrogram and waveform of ${name}, as they lie under the morph`}
  />`;
}

/** @param {string} ref @param {number} seconds @param {string} model */
function picturesOf(ref, seconds, model) {
  const [peaks, spectrogram] = isPart(ref)
    ? [api.partPeaks, api.partSpectrogram]
    : [api.soundPeaks, api.soundSpectrogram];
  return [
    windowed((range, stopped) => peaks(ref, range, stopped), seconds),
    windowed((range, stopped) => spectrogram(ref, isPart(ref) ? range : { ...range, model }, stopped), seconds),
  ];
}
