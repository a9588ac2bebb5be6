/**
 * Draws what lies around a target: what can be reached, the other target, what the sound does.
 */
import { palette } from "../core/theme.js";
import { toPixel } from "../geometry/viewport.js";
import { hatch, traceCurve, tracePoints } from "./drawing.js";
import { coverageOf, rangeOf } from "./targetstate.js";

/** @import {Aim} from "../core/types.js" */
/** @import {Axis} from "../geometry/viewport.js" */
/** @import {Achieved} from "./achieved.js" */
/** @import {Coverage, SoundMap} from "./data.js" */

/**
 * What can be reached lies on clear ground; beyond, and in gaps, it is hatched.
 * @param {CanvasRenderingContext2D} context
 * @param {Axis} time
 * @param {Axis} height
 * @param {Coverage} coverage
 */
export function drawReach(context, time, height, { low, high, middle_low, middle_high, gaps }) {
  const colours = palette.value;
  const right = time.size;
  const [top, bottom] = [toPixel(height, high), toPixel(height, low)];
  context.fillStyle = colours.range;
  context.fillRect(0, top, right, bottom - top);
  const [from, to] = [toPixel(height, middle_high), toPixel(height, middle_low)];
  context.fillRect(0, from, right, to - from);
  hatch(context, { left: 0, top: 0, right, bottom: top }, colours.line);
  hatch(context, { left: 0, top: bottom, right, bottom: height.size }, colours.line);
  for (const [below, above] of gaps) {
    hatch(
      context,
      { left: 0, top: toPixel(height, above), right, bottom: toPixel(height, below) },
      colours.line,
    );
  }
}

/**
 * The aim that hands do not act on now, on an axis of its own.
 * @param {CanvasRenderingContext2D} context
 * @param {Axis} time
 * @param {number} tall  pixels
 * @param {SoundMap} map
 * @param {Aim} aim
 */
export function drawOther(context, time, tall, map, aim) {
  if (!map.descriptors[aim.descriptor].coverage) return;
  const range = rangeOf(coverageOf(map, aim.descriptor), aim.target);
  tracePoints(context, aim.target, time, { ...range, size: tall, upward: true });
  context.strokeStyle = palette.value.faint;
  context.lineWidth = 1.25;
  context.setLineDash([5, 4]);
  context.stroke();
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Axis} time
 * @param {Axis} height
 * @param {Achieved} found
 * @param {Aim} aim
 * @param {boolean} stale
 */
export function drawMeasured(context, time, height, found, aim, stale) {
  const arrays = found.packet?.arrays;
  const measured = arrays?.[`${aim.descriptor}_measured`];
  if (!arrays || !measured) return;
  traceCurve(context, arrays.seconds.values, measured.values, time, height);
  context.strokeStyle = palette.value.second;
  context.lineWidth = 1.5;
  context.lineJoin = "round";
  context.globalAlpha = stale ? 0.35 : 1;
  context.stroke();
  context.globalAlpha = 1;
}
