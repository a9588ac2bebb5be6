/**
 * A sound to look at and to take hold of: waveform, spectrogram or both; drag selects, click places, the wheel
 * zooms about the pointer (sideways or with Shift: moves along), double-click lets the selection go.
 */
import { html } from "htm/preact";
import { useEffect, useMemo } from "preact/hooks";
import { palette } from "../core/theme.js";
import { windowed } from "../core/windows.js";
import { toPixel } from "../geometry/viewport.js";
import { Surface } from "./surface.js";
import { drawRuler, drawSelection, drawSpectrum, drawWave, RULER } from "./wavedraw.js";
import { handsOf, keysOf, wanting } from "./wavehands.js";

/** @import {Packet, Range} from "../core/types.js" */
/** @import {Axis} from "../geometry/viewport.js" */

const MOST_COLUMNS = 1200; // of a spectrogram
const WAVE_SHARE = 0.42; // of the height, where both are shown

/**
 * @typedef {object} WaveSource  what is shown; another `key` is another sound
 * @property {string} key
 * @property {number} seconds
 * @property {(window: any, signal: AbortSignal) => Promise<Packet>} peaks
 * @property {(window: any, signal: AbortSignal) => Promise<Packet>} [spectrogram]
 */
/**
 * @typedef {object} WaveProps
 * @property {WaveSource} source
 * @property {string} label
 * @property {import("@preact/signals").Signal<Range | null>} view  seconds; null: all
 * @property {[number, number] | null} selection  seconds
 * @property {(range: [number, number] | null) => void} select
 * @property {(seconds: number) => void} seek
 * @property {() => number | null} playhead  reads signals
 * @property {"wave" | "spectrum" | "both"} [show]
 * @property {number} [gain]  factor of the drawing
 * @property {boolean} [ruler]
 * @property {boolean} [second]  in the other voice's colour
 * @property {string} [picture]
 */

/** @param {WaveProps} given */
export function WaveView(given) {
  const props = wanting(given);
  const { source, label, view, show = "wave", ruler = true, picture } = props;
  const peaks = useMemo(() => windowed(source.peaks, source.seconds), [source.key]);
  const images = useMemo(() => source.spectrogram && windowed(source.spectrogram, source.seconds), [source.key]);
  useEffect(() => () => peaks.end(), [peaks]);
  useEffect(() => () => images?.end(), [images]);
  const axisOf = (/** @type {number} */ width) => axis(view.value, source.seconds, width);
  const held = useMemo(() => /** @type {{width: number}} */ ({ width: 1 }), []);
  const hands = handsOf(props, () => axis(view.peek(), source.seconds, held.width));

  /** @param {CanvasRenderingContext2D} context @param {import("./surface.js").Size} size */
  const draw = (context, { width, height }) => {
    held.width = width;
    const time = axisOf(width);
    const range = { start: time.from, end: time.to };
    const columns = Math.max(2, Math.round(width));
    const top = ruler ? RULER : 0;
    const box = { top, height: height - top };
    const [upper, lower] = images && show === "both" ? split(box) : [box, box];
    if (images && show !== "wave") {
      images.look(range, Math.min(columns, MOST_COLUMNS));
      drawSpectrum(context, time, lower, images);
    }
    if (!images || show !== "spectrum") {
      peaks.look(range, columns);
      drawWave(context, time, upper, peaks, props);
    }
    if (ruler) drawRuler(context, time);
    drawSelection(context, time, box, hands.dragged.value ?? props.selected());
    const at = props.playhead();
    if (at !== null) drawPlayhead(context, toPixel(time, at), height);
  };
  return html`<${Surface} class="wave" label=${label} role="application" tabindex="0" picture=${picture}
    draw=${draw} ...${hands.events}
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => keysOf(props, event, axisOf(held.width))} />`;
}

/** @param {Range | null} range @param {number} seconds @param {number} size @returns {Axis} */
function axis(range, seconds, size) {
  return { from: range?.start ?? 0, to: range?.end ?? Math.max(seconds, 1e-3), size };
}

/** The waveform above, its spectrogram below. @param {{top: number, height: number}} box */
function split({ top, height }) {
  const tall = Math.round(height * WAVE_SHARE);
  return [
    { top, height: tall },
    { top: top + tall, height: height - tall },
  ];
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} height */
function drawPlayhead(context, x, height) {
  context.fillStyle = palette.value.accent;
  context.fillRect(Math.round(x) - 0.5, 0, 1.5, height);
  context.beginPath();
  context.moveTo(x - 4.5, 0);
  context.lineTo(x + 4.5, 0);
  context.lineTo(x, 6);
  context.fill();
}
