/**
 * The path over time: how much of each point is heard when, one on the other, and the steps as handles that are
 * dragged to another time. Elsewhere a drag moves the puck along the path.
 */
import { html } from "htm/preact";
import { palette } from "../core/theme.js";
import { inserted } from "../geometry/path.js";
import { movedStep, placeAt, weights } from "../geometry/plane.js";
import { colourOf } from "../geometry/territory.js";
import { ticks } from "../geometry/ticks.js";
import { toPixel, toValue } from "../geometry/viewport.js";
import { Surface } from "../widgets/surface.js";
import { trail } from "./recording.js";
import { chooseStep, chosenStep, hearPlace, hues, plane, playedSeconds, zones } from "./state.js";

/** @import {Axis} from "../geometry/viewport.js" */
/** @import {PathPoint, PlaneSource} from "../core/types.js" */
/** @import {Gesture, Point, Size} from "../widgets/surface.js" */

const COLUMN = 3; // pixels between places at which weights are found
const HANDLES = 16; // pixels at the bottom
const REACH = 6; // pixels about a handle
const TICK_SPACING = 56;

let width = 1;

/** @param {PlaneSource} source @returns {Axis} */
function axisOf(source) {
  const last = source.path[source.path.length - 1].seconds;
  return { from: 0, to: Math.max(source.seconds ?? 8, last, 0.1), size: width };
}

/** @param {CanvasRenderingContext2D} context @param {Size} size */
function draw(context, size) {
  const source = plane.source.value;
  if (!source) return;
  width = size.width;
  const path = trail.value ?? source.path;
  const time = axisOf(trail.value ? { ...source, path, seconds: 0 } : source);
  drawShares(context, size.height - HANDLES, time, path);
  drawTicks(context, size.height, time);
  if (!trail.value) drawHandles(context, size.height, time, source);
  if (playedSeconds.value !== null) {
    context.fillStyle = palette.value.text;
    context.fillRect(Math.round(toPixel(time, playedSeconds.value)), 0, 1.5, size.height);
  }
}

/**
 * One band on the other, the first point's lowest.
 * @param {CanvasRenderingContext2D} context
 * @param {number} height
 * @param {Axis} time
 * @param {PathPoint[]} path
 */
function drawShares(context, height, time, path) {
  const theme = palette.value.dark ? "dark" : "light";
  const columns = Array.from({ length: Math.ceil(time.size / COLUMN) + 1 }, (_, n) => n * COLUMN);
  const shares = columns.map((x) => weights(placeAt(path, toValue(time, x)), zones.value));
  const floor = columns.map(() => height);
  context.globalAlpha = 0.8;
  for (const [point, hue] of hues.value.entries()) {
    context.beginPath();
    for (let n = columns.length - 1; n >= 0; n -= 1) context.lineTo(columns[n], floor[n]);
    for (const [n, x] of columns.entries()) {
      floor[n] -= shares[n][point] * height;
      context.lineTo(x, floor[n]);
    }
    context.fillStyle = colourOf(hue, theme);
    context.fill();
  }
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {number} height @param {Axis} time */
function drawTicks(context, height, time) {
  context.font = `10.5px ${getComputedStyle(document.body).fontFamily}`;
  context.textAlign = "left";
  for (const { pixel, label } of ticks(time, "seconds", TICK_SPACING)) {
    context.fillStyle = palette.value.grid;
    context.fillRect(Math.round(pixel), 0, 1, height);
    context.fillStyle = palette.value.muted;
    context.fillText(label, Math.round(pixel) + 3, height - 4);
  }
}

/** @param {CanvasRenderingContext2D} context @param {number} height @param {Axis} time @param {PlaneSource} source */
function drawHandles(context, height, time, source) {
  const end = toPixel(time, source.seconds ?? 8);
  context.fillStyle = palette.value.range;
  context.fillRect(end, 0, time.size - end, height);
  for (const [n, { seconds }] of source.path.entries()) {
    const held = n === chosenStep.value;
    context.fillStyle = held ? palette.value.accent : palette.value.text;
    context.globalAlpha = held ? 1 : 0.55;
    const x = Math.min(Math.max(Math.round(toPixel(time, seconds)), 1), time.size - 2);
    context.fillRect(x - (held ? 1 : 0.5), held ? 0 : height - HANDLES - 7, held ? 2 : 1, held ? height : 9);
  }
  context.globalAlpha = 1;
}

/** The step whose handle lies at a pixel; −1: none. @param {PlaneSource} source @param {number} x */
function stepAt(source, x) {
  const away = source.path.map(({ seconds }) => Math.abs(toPixel(axisOf(source), seconds) - x));
  const found = away.indexOf(Math.min(...away));
  return away[found] <= REACH ? found : -1;
}

/** @param {Point} point @returns {Gesture | undefined} */
function down(point) {
  const source = plane.source.peek();
  if (!source || trail.peek()) return undefined;
  const step = stepAt(source, point.x);
  return step >= 0 ? retime(source, step) : scrub(source, point);
}

/** A step at another time. @param {PlaneSource} source @param {number} step @returns {Gesture} */
function retime(source, step) {
  const time = axisOf(source); // as it was: an axis that grows under the hand would run away
  chooseStep(step);
  let touched = false;
  return {
    move({ x }) {
      touched = true;
      const seconds = Math.min(Math.max(toValue(time, x), 0), time.to);
      plane.tryOut({ ...source, path: movedStep(source.path, step, { ...source.path[step], seconds }) });
    },
    end: () => void (touched && plane.keep()),
    cancel: plane.giveUp,
  };
}

/** The puck where the path is at a time. @param {PlaneSource} source @param {Point} start @returns {Gesture} */
function scrub(source, start) {
  const go = (/** @type {Point} */ { x }) => hearPlace(placeAt(source.path, toValue(axisOf(source), x)));
  go(start);
  return { move: go };
}

/** @param {Point} point */
function double({ x }) {
  const source = plane.source.peek();
  if (!source || stepAt(source, x) >= 0) return;
  const { path, index } = inserted(source.path, Math.max(toValue(axisOf(source), x), 0));
  void plane.keep({ ...source, path });
  chooseStep(index);
}

export function Timeline() {
  const count = plane.source.value?.path.length ?? 0;
  return html`<${Surface}
    class="plane-timeline"
    picture="path"
    draw=${draw}
    down=${down}
    double=${double}
    label=${`How much of each point is heard along the path of ${count} steps. Drag a handle to another time.`}
  />`;
}
