/**
 * The spectrogram behind the curves: of the sound that the part was made from, or of its result. While
 * another one is fetched the one before stays.
 */
import { computed } from "@preact/signals-core";
import { useEffect, useMemo, useRef } from "preact/hooks";
import * as api from "../core/api.js";
import { activePart, renderOf, soundOf, viewOf } from "../core/store.js";
import { palette } from "../core/theme.js";
import { windowed } from "../core/windows.js";
import { drawSpectrum } from "../widgets/wavedraw.js";
import { backdrop, duration } from "./state.js";

/** @import {Axis} from "../geometry/viewport.js" */
/** @import {Part} from "../core/types.js" */
/** @import {Packet} from "../core/packets.js" */
/** @typedef {(window: any, stopped: AbortSignal) => Promise<Packet>} FetchWindow */
/** @typedef {{key: string, seconds: number, fetch: FetchWindow}} Pictured */

const STRENGTH = { dark: 0.55, light: 0.4 }; // of the picture: the curves come first
const MOST_COLUMNS = 1200;

/**
 * What is to be seen, by a key that changes with it; null: nothing.
 * @type {import("@preact/signals-core").ReadonlySignal<Pictured | null>}
 */
const pictured = computed(() => {
  const part = activePart.value;
  if (!part || backdrop.value === "none" || !duration.value) return null;
  return backdrop.value === "source" ? pictureOfSource(part) : pictureOfResult(part);
});

/** Whether the part comes from one sound, which can be seen. @param {Part | null} part */
export const hasPicturedSource = (part) =>
  part?.source.kind === "sound" && soundOf(part.source.sound) !== null;

/** @param {Part} part @returns {Pictured | null} */
function pictureOfSource({ source, model }) {
  const sound = source.kind === "sound" ? soundOf(source.sound) : null;
  if (!sound || source.kind !== "sound") return null;
  const start = source.start ?? 0;
  const seconds = (source.end ?? sound.frames / sound.sample_rate) - start;
  return {
    key: `${sound.id} ${start} ${seconds} ${model}`,
    seconds,
    fetch: async (window, stopped) => {
      const shifted = { ...window, start: window.start + start, end: window.end + start, model };
      const packet = await api.soundSpectrogram(sound.id, shifted, stopped);
      const { start: from, end: to } = packet.header;
      return { ...packet, header: { ...packet.header, start: from - start, end: to - start } };
    },
  };
}

/** @param {Part} part @returns {Pictured} */
function pictureOfResult({ id }) {
  const { share, fingerprint } = renderOf(id).value;
  const known = (share >= 1 && fingerprint) || viewOf(id).value?.fingerprint;
  return {
    key: `${id} ${known}`,
    seconds: duration.value,
    fetch: (window, stopped) => api.partSpectrogram(id, { ...window, version: "result" }, stopped),
  };
}

/**
 * How to draw what is behind, for a component; null where nothing is.
 * @returns {((context: CanvasRenderingContext2D, time: Axis, height: number) => void) | null}
 */
export function useBackdrop() {
  const wanted = pictured.value;
  const images = useMemo(() => wanted && windowed(wanted.fetch, wanted.seconds), [wanted?.key]);
  const before = useRef(/** @type {ReturnType<typeof windowed> | null} */ (null));
  useEffect(() => () => images?.end(), [images]);
  if (!images || !wanted) return null;
  return (context, time, height) => {
    const ratio = wanted.seconds / Math.max(duration.value, 1e-6); // a stretched part's source is shorter
    const seen = { ...time, from: time.from * ratio, to: Math.min(time.to * ratio, wanted.seconds) };
    images.look(
      { start: seen.from, end: seen.to },
      Math.min(Math.max(2, Math.round(time.size)), MOST_COLUMNS),
    );
    if (images.overview.value) before.current = images;
    const ready = images.overview.value ? images : (before.current ?? images);
    drawTinted(context, time.size, height, () => drawSpectrum(context, seen, { top: 0, height }, ready));
  };
}

/**
 * A picture in the cool colour, by daylight in grey, so that it is not taken for the active curve.
 * @param {CanvasRenderingContext2D} context
 * @param {number} width
 * @param {number} height
 * @param {() => void} draw
 */
function drawTinted(context, width, height, draw) {
  const { dark, well, second, muted } = palette.value;
  context.save();
  context.fillStyle = well;
  context.fillRect(0, 0, width, height);
  context.globalAlpha = dark ? STRENGTH.dark : STRENGTH.light;
  draw();
  context.globalAlpha = 1;
  context.globalCompositeOperation = "color";
  context.fillStyle = dark ? second : muted;
  context.fillRect(0, 0, width, height);
  context.restore();
}
