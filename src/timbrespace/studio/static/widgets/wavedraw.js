/**
 * How a waveform, a spectrogram, a ruler and a selection are drawn over an axis of time.
 */
import { palette } from "../core/theme.js";
import { ticks } from "../geometry/ticks.js";
import { toPixel } from "../geometry/viewport.js";
import { spectrogramImage } from "./spectrogram.js";

/** @import {Axis} from "../geometry/viewport.js" */
/** @import {Piece} from "../core/windows.js" */
/** @typedef {{top: number, height: number}} Box  pixels */
/** @typedef {ReturnType<typeof import("../core/windows.js").windowed>} Windowed */

export const RULER = 18; // pixels
const FULL_SCALE = 32767;
const FILL = 0.92; // of the half height, at full scale
const TICK_SPACING = 72; // pixels

/** @type {WeakMap<object, Map<boolean, HTMLCanvasElement>>} */
const pictures = new WeakMap();

/**
 * The detail where it has come and covers the view, else the overview.
 * @param {Windowed} windows @param {Axis} time
 */
function best(windows, time) {
  const detail = windows.detail.value;
  const slack = (time.to - time.from) * 0.02;
  const covers = detail && detail.start <= time.from + slack && detail.end >= time.to - slack;
  const finer = detail && detail.end - detail.start < 3 * (time.to - time.from);
  return covers && finer ? detail : windows.overview.value;
}

/**
 * @param {CanvasRenderingContext2D} context @param {Axis} time @param {Box} box @param {Windowed} windows
 * @param {{gain?: number, second?: boolean}} look
 */
export function drawWave(context, time, box, windows, { gain = 1, second }) {
  const colours = palette.value;
  const middle = box.top + box.height / 2;
  const half = (box.height / 2) * FILL;
  context.fillStyle = colours.grid;
  context.fillRect(0, Math.round(middle), time.size, 1);
  const piece = best(windows, time);
  if (!piece) return void drawWaiting(context, time, middle, windows.failure.value);
  context.save();
  context.beginPath();
  context.rect(0, box.top, time.size, box.height);
  context.clip();
  context.fillStyle = context.strokeStyle = second ? colours.second : colours.accent;
  if (piece.packet.arrays.samples) line(context, time, piece, (value) => middle - value * gain * half);
  else body(context, time, piece, (value) => middle - (value / FULL_SCALE) * gain * half);
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Axis} time
 * @param {Piece} piece
 * @param {(value: number) => number} y
 */
function body(context, time, { packet, from, to }, y) {
  const low = packet.arrays.low.values;
  const high = packet.arrays.high.values;
  const x = (/** @type {number} */ n) => toPixel(time, from + ((to - from) * (n + 0.5)) / low.length);
  context.beginPath();
  for (let n = 0; n < high.length; n++) context.lineTo(x(n), y(high[n]) - 0.5);
  for (let n = low.length - 1; n >= 0; n--) context.lineTo(x(n), y(low[n]) + 0.5);
  context.closePath();
  context.fill();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Axis} time
 * @param {Piece} piece
 * @param {(value: number) => number} y
 */
function line(context, time, { packet, from, to }, y) {
  const samples = packet.arrays.samples.values;
  const x = (/** @type {number} */ n) => toPixel(time, from + ((to - from) * n) / Math.max(1, samples.length));
  context.beginPath();
  for (let n = 0; n < samples.length; n++) context.lineTo(x(n), y(samples[n]));
  context.lineWidth = 1.5;
  context.lineJoin = "round";
  context.stroke();
  if (time.size / samples.length < 6) return;
  for (let n = 0; n < samples.length; n++) context.fillRect(x(n) - 1.5, y(samples[n]) - 1.5, 3, 3);
}

/** @param {CanvasRenderingContext2D} context @param {Axis} time @param {number} y @param {string | null} failure */
function drawWaiting(context, time, y, failure) {
  if (!failure) return;
  context.fillStyle = palette.value.danger;
  context.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  context.textAlign = "center";
  context.fillText(failure, time.size / 2, y - 8, time.size - 24);
}

/** @param {CanvasRenderingContext2D} context @param {Axis} time @param {Box} box @param {Windowed} windows */
export function drawSpectrum(context, time, box, windows) {
  const dark = palette.value.dark;
  context.imageSmoothingQuality = "high";
  const piece = best(windows, time);
  if (!piece) return drawWaiting(context, time, box.top + box.height / 2, windows.failure.value);
  const { from, to, packet } = piece;
  const known = pictures.get(packet) ?? new Map();
  if (!known.has(dark)) known.set(dark, spectrogramImage(packet, dark));
  pictures.set(packet, known);
  const left = toPixel(time, from);
  context.drawImage(known.get(dark), left, box.top, toPixel(time, to) - left, box.height);
  return undefined;
}

/** @param {CanvasRenderingContext2D} context @param {Axis} time */
export function drawRuler(context, time) {
  const colours = palette.value;
  context.font = `10.5px ${getComputedStyle(document.body).fontFamily}`;
  context.textAlign = "left";
  for (const { pixel, label } of ticks(time, "seconds", TICK_SPACING)) {
    context.fillStyle = colours.line;
    context.fillRect(Math.round(pixel), 4, 1, RULER - 4);
    if (pixel + 6 + context.measureText(label).width > time.size) continue;
    context.fillStyle = colours.muted;
    context.fillText(label, Math.round(pixel) + 4, 12.5);
  }
  context.fillStyle = colours.line;
  context.fillRect(0, RULER - 1, time.size, 1);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Axis} time
 * @param {Box} box
 * @param {[number, number] | null} selection
 */
export function drawSelection(context, time, box, selection) {
  if (!selection) return;
  const colours = palette.value;
  const [from, to] = selection.map((seconds) => toPixel(time, seconds));
  context.fillStyle = colours["accent-soft"];
  context.fillRect(from, box.top, to - from, box.height);
  context.fillStyle = colours.accent;
  context.fillRect(from, box.top - 3, to - from, 2);
  for (const x of [from, to]) context.fillRect(Math.round(x) - 0.5, box.top - 3, 1, box.height + 3);
}
