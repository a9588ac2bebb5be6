/**
 * What drawings of this room share: hatching for what cannot be reached, grids with values, curves over time.
 */
import { ticks } from "../geometry/ticks.js";
import { toPixel, toValue } from "../geometry/viewport.js";

/** @import {Palette} from "../core/theme.js" */
/** @import {Unit} from "../geometry/ticks.js" */
/** @import {Axis} from "../geometry/viewport.js" */

export const FONT = "10.5px Geist, sans-serif";
const SPACING = 7; // pixels, of hatching

/**
 * Slanted lines over a box: nothing is there.
 * @param {CanvasRenderingContext2D} context
 * @param {{left: number, top: number, right: number, bottom: number}} box
 * @param {string} colour
 */
export function hatch(context, { left, top, right, bottom }, colour) {
  const height = bottom - top;
  if (!(right - left > 0.5 && height > 0.5)) return;
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, height);
  context.clip();
  context.beginPath();
  for (let x = left - height; x < right; x += SPACING) {
    context.moveTo(x, bottom);
    context.lineTo(x + height, top);
  }
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.stroke();
  context.restore();
}

/**
 * Faint lines at round values both ways, with the values.
 * @param {CanvasRenderingContext2D} context
 * @param {Axis} time
 * @param {Axis} height
 * @param {Unit} unit  of the height
 * @param {Palette} colours
 */
export function drawGrid(context, time, height, unit, colours) {
  context.font = FONT;
  context.lineWidth = 1;
  context.strokeStyle = colours.grid;
  context.fillStyle = colours.muted;
  context.textAlign = "left";
  context.textBaseline = "middle";
  const [rows, columns] = [ticks(height, unit, 34), ticks(time, "seconds", 70)];
  context.beginPath();
  for (const { pixel } of rows) lineBetween(context, 0, pixel, time.size, pixel);
  for (const { pixel } of columns) lineBetween(context, pixel, 0, pixel, height.size);
  context.stroke();
  for (const { pixel, label } of rows) {
    if (pixel > 14 && pixel < height.size - 18) context.fillText(label, 4, pixel - 6);
  }
  context.textBaseline = "bottom";
  columns.slice(1).forEach(({ pixel, label }) => {
    context.textAlign = pixel > time.size - 20 ? "right" : "center";
    context.fillText(`${label} s`, Math.min(pixel, time.size - 3), height.size - 3);
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 */
function lineBetween(context, x0, y0, x1, y1) {
  context.moveTo(Math.round(x0) + 0.5, Math.round(y0) + 0.5);
  context.lineTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
}

/**
 * A curve of values over time; gaps where there is none.
 * @param {CanvasRenderingContext2D} context
 * @param {ArrayLike<number>} seconds
 * @param {ArrayLike<number>} values
 * @param {Axis} time
 * @param {Axis} height
 */
export function traceCurve(context, seconds, values, time, height) {
  context.beginPath();
  let down = false;
  for (let n = 0; n < seconds.length; n += 1) {
    const [x, y] = [toPixel(time, seconds[n]), toPixel(height, values[n])];
    if (isNaN(y)) down = false;
    else if (down) context.lineTo(x, y);
    else {
      context.moveTo(x, y);
      down = true;
    }
  }
}

/**
 * Breakpoints with straight lines of the value between them, whatever the axis; held to both ends.
 * @param {CanvasRenderingContext2D} context
 * @param {{seconds: number, value: number}[]} points
 * @param {Axis} time
 * @param {Axis} height
 */
export function tracePoints(context, points, time, height) {
  context.beginPath();
  context.moveTo(0, toPixel(height, points[0].value));
  points.forEach((point, n) => {
    const before = points[n - 1];
    const [from, to] = [before ? toPixel(time, before.seconds) : 0, toPixel(time, point.seconds)];
    for (let x = from + 4; before && height.log && x < to; x += 4) {
      const share = (x - from) / (to - from);
      context.lineTo(x, toPixel(height, before.value + share * (point.value - before.value)));
    }
    context.lineTo(to, toPixel(height, point.value));
  });
  context.lineTo(time.size, toPixel(height, points[points.length - 1].value));
}

/**
 * Where the sound is.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} height
 * @param {string} colour
 */
export function drawPlayhead(context, x, height, colour) {
  context.fillStyle = colour;
  context.fillRect(Math.round(x), 0, 1, height);
}

/**
 * The value at a place, kept on the axis.
 * @param {Axis} axis
 * @param {number} pixel
 */
export function heldValue(axis, pixel) {
  return toValue(axis, Math.min(axis.size, Math.max(0, pixel)));
}
