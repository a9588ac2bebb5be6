/**
 * How the curve of a morph is drawn: A below, B above, each in its colour; the line has the colour of what is heard.
 */
import { nameOf } from "../core/store.js";
import { palette } from "../core/theme.js";
import { HIGHEST, LOWEST, placeAt } from "../geometry/morphing.js";
import { clock, ticks } from "../geometry/ticks.js";
import { toPixel } from "../geometry/viewport.js";

/** @import {Axis} from "../geometry/viewport.js" */
/** @import {MorphPoint, MorphSource} from "../core/types.js" */
/** @import {Size} from "../widgets/surface.js" */

const EDGE = 0.09; // of a place, shown beyond A and B so that their points can be taken hold of
const TICK_SPACING = 80; // pixels
const MOST_SHOWN = 80; // points of a curve; a freely drawn one has more, and none is shown
const RADIUS = 4.5;

/** @typedef {{time: Axis, height: Axis}} Axes  shares of the time, places */

/** @param {{width: number, height: number}} size @param {boolean} beyond @returns {Axes} */
export function axesOf({ width, height }, beyond) {
  const [low, high] = beyond ? [LOWEST, HIGHEST] : [0, 1];
  return {
    time: { from: 0, to: 1, size: width },
    height: { from: low - EDGE, to: high + EDGE, size: height, upward: true },
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Size} size
 * @param {{source: MorphSource, seconds: number, beyond: boolean, chosen: number, points: boolean,
 *   pointed: MorphPoint | null, played: number | null}} shown
 */
export function drawMorph(context, size, shown) {
  const axes = axesOf(size, shown.beyond);
  const { curve } = shown.source;
  drawBeyond(context, size, axes);
  drawGrid(context, size, axes, shown.seconds);
  drawEnds(context, size, axes, shown.source);
  const colours = coloursOf(context, axes);
  drawCurve(context, axes, curve, colours);
  if (curve.length <= MOST_SHOWN) drawPoints(context, axes, curve, colours, shown);
  if (shown.played !== null && shown.seconds > 0)
    drawPlayed(context, size, axes, curve, shown.played / shown.seconds, colours);
  if (shown.pointed) drawReadout(context, size, axes, shown.pointed, shown.seconds);
}

/**
 * Where there is more of A than A, and of B than B.
 * @param {CanvasRenderingContext2D} context
 * @param {Size} size
 * @param {Axes} axes
 */
function drawBeyond(context, { width, height }, axes) {
  const [top, bottom] = [toPixel(axes.height, 1), toPixel(axes.height, 0)];
  context.fillStyle = palette.value.range;
  context.save();
  context.beginPath();
  context.rect(0, 0, width, top);
  context.rect(0, bottom, width, height - bottom);
  context.fill();
  context.clip();
  context.strokeStyle = palette.value.grid;
  context.beginPath();
  for (let x = -height; x < width; x += 9) {
    context.moveTo(x, height);
    context.lineTo(x + height, 0);
  }
  context.stroke();
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {Size} size @param {Axes} axes @param {number} seconds */
function drawGrid(context, { width, height }, axes, seconds) {
  context.font = font(10.5);
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  const time = { from: 0, to: Math.max(seconds, 0.01), size: width };
  for (const { pixel, label } of ticks(time, "seconds", TICK_SPACING)) {
    context.fillStyle = palette.value.grid;
    context.fillRect(Math.round(pixel), 0, 1, height);
    context.fillStyle = palette.value.muted;
    if (pixel < width - 24) context.fillText(label, Math.round(pixel) + 4, height - 6);
  }
  context.fillStyle = palette.value.grid;
  for (const place of [0.25, 0.5, 0.75]) context.fillRect(0, Math.round(toPixel(axes.height, place)), width, 1);
}

/**
 * The lines at which it is wholly A, and wholly B.
 * @param {CanvasRenderingContext2D} context
 * @param {Size} size
 * @param {Axes} axes
 * @param {MorphSource} source
 */
function drawEnds(context, { width }, axes, source) {
  const { accent, second } = palette.value;
  context.font = font(11, 600);
  for (const [place, colour, letter, ref] of /** @type {[number, string, string, string][]} */ ([
    [0, accent, "A", source.a],
    [1, second, "B", source.b],
  ])) {
    const y = Math.round(toPixel(axes.height, place));
    context.globalAlpha = 0.55;
    context.fillStyle = colour;
    context.fillRect(0, y, width, 1);
    context.globalAlpha = 1;
    const atLeft = Math.abs(placeAt(source.curve, 0) - place) > 0.5; // where the curve is not
    context.textAlign = atLeft ? "left" : "right";
    context.fillText(`${letter}  ${nameOf(ref)}`, atLeft ? 10 : width - 10, place ? y + 15 : y - 7, width / 3);
  }
}

/** From A's colour at A's place to B's at B's. @param {CanvasRenderingContext2D} context @param {Axes} axes */
function coloursOf(context, axes) {
  const colours = context.createLinearGradient(0, toPixel(axes.height, 0), 0, toPixel(axes.height, 1));
  colours.addColorStop(0, palette.value.accent);
  colours.addColorStop(1, palette.value.second);
  return colours;
}

/** @param {CanvasRenderingContext2D} context @param {Axes} axes @param {MorphPoint[]} curve */
function trace(context, axes, curve) {
  context.beginPath();
  context.moveTo(0, toPixel(axes.height, curve[0].place));
  for (const { share, place } of curve) context.lineTo(toPixel(axes.time, share), toPixel(axes.height, place));
  context.lineTo(axes.time.size, toPixel(axes.height, curve[curve.length - 1].place));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Axes} axes
 * @param {MorphPoint[]} curve
 * @param {CanvasGradient} colours
 */
function drawCurve(context, axes, curve, colours) {
  trace(context, axes, curve);
  context.lineTo(axes.time.size, toPixel(axes.height, 0));
  context.lineTo(0, toPixel(axes.height, 0));
  context.closePath();
  context.globalAlpha = palette.value.dark ? 0.13 : 0.18;
  context.fillStyle = colours;
  context.fill();
  context.globalAlpha = 1;
  trace(context, axes, curve);
  context.strokeStyle = colours;
  context.lineWidth = 2.25;
  context.lineJoin = "round";
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Axes} axes
 * @param {MorphPoint[]} curve
 * @param {CanvasGradient} colours
 * @param {{chosen: number, points: boolean}} shown
 */
function drawPoints(context, axes, curve, colours, { chosen, points }) {
  context.lineWidth = 1.75;
  for (const [index, { share, place }] of curve.entries()) {
    const held = index === chosen;
    if (!points && !held) continue;
    context.beginPath();
    context.arc(toPixel(axes.time, share), toPixel(axes.height, place), held ? RADIUS + 2 : RADIUS, 0, 2 * Math.PI);
    context.fillStyle = held ? colours : palette.value.well;
    context.strokeStyle = held ? palette.value.text : colours;
    context.fill();
    context.stroke();
  }
}

/**
 * @param {CanvasRenderingContext2D} context @param {Size} size @param {Axes} axes @param {MorphPoint[]} curve
 * @param {number} share @param {CanvasGradient} colours
 */
function drawPlayed(context, { height }, axes, curve, share, colours) {
  const [x, y] = [toPixel(axes.time, share), toPixel(axes.height, placeAt(curve, share))];
  context.fillStyle = palette.value.text;
  context.globalAlpha = 0.45;
  context.fillRect(Math.round(x), 0, 1, height);
  context.globalAlpha = 1;
  context.beginPath();
  context.arc(x, y, 7, 0, 2 * Math.PI);
  context.fillStyle = colours;
  context.strokeStyle = palette.value.text;
  context.lineWidth = 1.5;
  context.fill();
  context.stroke();
}

/**
 * Where the pointer is, in words.
 * @param {CanvasRenderingContext2D} context
 * @param {Size} size
 * @param {Axes} axes
 * @param {MorphPoint} pointed
 * @param {number} seconds
 */
function drawReadout(context, { width }, axes, { share, place }, seconds) {
  context.font = font(11);
  context.fillStyle = palette.value.text;
  const x = toPixel(axes.time, share);
  const y = toPixel(axes.height, place);
  context.textAlign = x > width - 150 ? "right" : "left";
  context.fillText(words(share, place, seconds), x + (context.textAlign === "left" ? 14 : -14), Math.max(y - 12, 14));
}

/**
 * "1.25 s, 40 % B", "2.00 s, 150 % B" (more than B), "… 120 % A".
 * @param {number} share @param {number} place @param {number} seconds
 */
export function words(share, place, seconds) {
  const percent = place < 0 ? `${Math.round(100 * (1 - place))} % A` : `${Math.round(100 * place)} % B`;
  return `${clock(share * seconds, 2)} s, ${percent}`;
}

/** @param {number} size @param {number} [weight] */
function font(size, weight = 400) {
  return `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
}
