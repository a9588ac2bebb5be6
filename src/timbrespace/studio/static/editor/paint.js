/**
 * How panes are drawn: the range that the model knows, the grid, curves, handles. Everything in CSS pixels,
 * over an axis of seconds and one of values.
 */
import { palette } from "../core/theme.js";
import { ticks } from "../geometry/ticks.js";
import { toPixel } from "../geometry/viewport.js";
import { course, outline, stepFor } from "./columns.js";

/** @import {Axis} from "../geometry/viewport.js" */
/** @typedef {{time: Axis, height: Axis, rate: number}} Plane  rate: frames a second */
/** @typedef {{low: number, high: number, p5?: number, p95?: number}} Known  values of the data */

const HANDLE = 3.5; // pixels, half of its width
const ROW_SPACING = { deviations: 34, db: 17 }; // pixels between lines of the grid
const TIME_SPACING = 72;
const NUMBERS_PER_STEP = 4;
const CALM_PIXELS = 2; // a point

const HATCH = 9; // pixels of a tile

/** @type {{colour: string, canvas: HTMLCanvasElement} | null} */
let tile = null;
let scratch = new Float32Array(1 << 14);

/**
 * Where the data was: lightest where most of it lies, darker outside of all that the model learned from.
 * @param {CanvasRenderingContext2D} context @param {Axis} height @param {number} width @param {Known} known
 */
export function drawKnown(context, height, width, { low, high, p5, p95 }) {
  const colours = palette.value;
  const [top, bottom] = [toPixel(height, high), toPixel(height, low)];
  context.fillStyle = colours.grid;
  context.fillRect(0, 0, width, Math.max(0, top));
  context.fillRect(0, bottom, width, Math.max(0, height.size - bottom));
  hatch(context, 0, top, width);
  hatch(context, bottom, height.size, width);
  context.fillStyle = colours.faint;
  for (const y of [top, bottom]) dashes(context, Math.round(y), width);
  if (p5 === undefined || p95 === undefined) return;
  const inner = toPixel(height, p95);
  context.fillStyle = colours["accent-soft"];
  context.globalAlpha = 0.55;
  context.fillRect(0, inner, width, toPixel(height, p5) - inner);
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {number} from @param {number} to @param {number} width */
function hatch(context, from, to, width) {
  const pattern = context.createPattern(hatching(palette.value.grid), "repeat");
  if (to <= from || !pattern) return;
  context.fillStyle = pattern;
  context.fillRect(0, from, width, to - from);
}

/** One tile of slanting lines; drawn once a colour. @param {string} colour */
function hatching(colour) {
  if (tile?.colour === colour) return tile.canvas;
  const canvas = Object.assign(document.createElement("canvas"), { width: HATCH, height: HATCH });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.strokeStyle = colour;
  for (const x of [-HATCH, 0, HATCH]) {
    context.moveTo(x, HATCH);
    context.lineTo(x + HATCH, 0);
  }
  context.stroke();
  tile = { colour, canvas };
  return canvas;
}

/** @param {CanvasRenderingContext2D} context @param {number} y @param {number} width */
function dashes(context, y, width) {
  for (let x = 0; x < width; x += 8) context.fillRect(x, y, 4, 1);
}

/** Upright lines of the grid. @param {CanvasRenderingContext2D} context @param {Plane} plane */
export function drawSeconds(context, { time, height }) {
  context.fillStyle = palette.value.grid;
  for (const { pixel } of ticks(time, "seconds", TIME_SPACING))
    context.fillRect(Math.round(pixel), 0, 1, height.size);
}

/**
 * Level lines of the grid.
 * @param {CanvasRenderingContext2D} context
 * @param {Axis} height
 * @param {number} width
 * @param {"deviations" | "db"} unit
 */
export function drawLevels(context, height, width, unit) {
  const colours = palette.value;
  for (const { pixel, value } of ticks(height, unit, ROW_SPACING[unit])) {
    context.fillStyle = value === 0 ? colours.line : colours.grid;
    context.fillRect(0, Math.round(pixel), width, 1);
  }
}

/**
 * The numbers of the values' axis, at the left.
 * @param {CanvasRenderingContext2D} context @param {Axis} height @param {"deviations" | "db"} unit
 */
export function drawNumbers(context, height, unit) {
  const colours = palette.value;
  context.font = font(10.5);
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = colours.well;
  context.fillStyle = colours.muted;
  for (const { pixel, label } of ticks(height, unit, ROW_SPACING[unit])) {
    if (pixel < 8 || pixel > height.size - 8) continue;
    const text = unit === "db" ? `${label} dB` : label;
    context.strokeText(text, 6, pixel);
    context.fillText(text, 6, pixel);
  }
  context.textBaseline = "alphabetic";
}

/** @param {number} pixels */
export const font = (pixels, weight = 400) =>
  `${weight} ${pixels}px Geist, ui-sans-serif, system-ui, sans-serif`;

/** Frames in one drawn step, at a point for so many pixels. @param {Plane} plane @param {number} [pixels] */
export const stepIn = ({ time, rate }, pixels = 1) =>
  stepFor((pixels * rate * (time.to - time.from)) / time.size);

/**
 * One curve, in the context's stroke. Where there are more frames than pixels it is the area between their
 * least and their most, or calm: the line of their means.
 * @param {CanvasRenderingContext2D} context @param {Float32Array} row @param {Plane} plane
 * @param {{calm?: boolean}} [options]
 */
export function strokeRow(context, row, plane, { calm = false } = {}) {
  const { time, height, rate } = plane;
  const step = stepIn(plane, calm ? CALM_PIXELS : 1);
  const [from, to] = [Math.floor(time.from * rate) - step, Math.ceil(time.to * rate) + step + 1];
  const room = NUMBERS_PER_STEP * (Math.ceil((to - from) / step) + 2);
  if (scratch.length < room) scratch = new Float32Array(2 * room);
  const count = (calm && step > 1 ? course : outline)(row, from, to, step, scratch);
  const perSecond = time.size / (time.to - time.from);
  const ky = -height.size / (height.to - height.from);
  const [x0, y0] = [-time.from * perSecond, height.size - height.from * ky];
  for (let n = 0; n < count; n += 2) {
    scratch[n] = x0 + (perSecond / rate) * scratch[n];
    scratch[n + 1] = y0 + ky * scratch[n + 1];
  }
  if (calm || step === 1) line(context, count);
  else body(context, count);
}

/**
 * The line through the points in `scratch`.
 * @param {CanvasRenderingContext2D} context
 * @param {number} count
 */
function line(context, count) {
  context.beginPath();
  for (let n = 0; n < count; n += 2) context.lineTo(scratch[n], scratch[n + 1]);
  context.stroke();
}

/**
 * The area between two points a step, as wide as the line would be where they meet.
 * @param {CanvasRenderingContext2D} context @param {number} count
 */
function body(context, count) {
  const half = context.lineWidth / 2;
  context.beginPath();
  for (let n = 0; n < count; n += 4) {
    context.lineTo((scratch[n] + scratch[n + 2]) / 2, Math.min(scratch[n + 1], scratch[n + 3]) - half);
  }
  for (let n = count - 4; n >= 0; n -= 4) {
    context.lineTo((scratch[n] + scratch[n + 2]) / 2, Math.max(scratch[n + 1], scratch[n + 3]) + half);
  }
  context.fillStyle = context.strokeStyle;
  context.fill();
}

/**
 * @param {CanvasRenderingContext2D} context @param {Float32Array} row @param {Plane} plane
 * @param {number[]} handles  frames @param {{chosen: number | null, pointed: number | null}} lit  frames
 */
export function drawHandles(context, row, { time, height, rate }, handles, { chosen, pointed }) {
  const colours = palette.value;
  context.lineWidth = 1.5;
  for (const frame of handles) {
    const x = toPixel(time, frame / rate);
    if (x < -HANDLE || x > time.size + HANDLE) continue;
    const y = toPixel(height, row[frame]);
    const half = frame === pointed || frame === chosen ? HANDLE + 1.5 : HANDLE;
    context.fillStyle = frame === chosen ? colours.accent : colours.well;
    context.strokeStyle = frame === pointed ? colours.text : colours.accent;
    context.beginPath();
    context.arc(x, y, half, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}
