/**
 * How the plane is drawn: its ground, the zones, the path with its time, the points, and the puck as a pie of what
 * is heard there.
 */
import { palette } from "../core/theme.js";
import { placeAt } from "../geometry/plane.js";
import { colourOf } from "../geometry/territory.js";
import { backdrop } from "./backdrop.js";

/** @import {PathPoint, PlanePoint, PlaneSource} from "../core/types.js" */
/** @import {Place} from "../geometry/plane.js" */
/** @import {Point, Size} from "../widgets/surface.js" */

const MARGIN = 34; // pixels about the square, for points on its edge and their names
export const POINT = 8; // pixels, radius
export const PUCK = 15;
const STEP = 4;
const TURN = 2 * Math.PI;
const MOST_STEPS = 140; // that are shown as dots
const SECOND_MARK = 2.5; // pixels, radius of what marks every second of the path

/** @typedef {{left: number, top: number, side: number}} Square */
/**
 * @typedef {object} Shown
 * @property {PlaneSource} source
 * @property {number[]} hues
 * @property {ArrayLike<number>} shares
 * @property {Place} place  of the puck
 * @property {PathPoint[] | null} trail  what is being recorded
 * @property {boolean} heard
 * @property {boolean} armed
 * @property {"points" | "path"} mode
 * @property {number} point  chosen, or −1
 * @property {number} step
 * @property {number} pointed  the point under the pointer
 */

/** The square of the plane on its surface. @param {{width: number, height: number}} size @returns {Square} */
export function squareOf({ width, height }) {
  const side = Math.max(Math.min(width, height) - 2 * MARGIN, 40);
  return { left: (width - side) / 2, top: (height - side) / 2, side };
}

/** @param {Square} square @param {Place} place @returns {Point} */
export function toPoint({ left, top, side }, { x, y }) {
  return { x: left + x * side, y: top + (1 - y) * side };
}

/** @param {Square} square @param {Point} point @returns {Place} */
export function toPlace({ left, top, side }, { x, y }) {
  return { x: (x - left) / side, y: 1 - (y - top) / side };
}

/** @param {CanvasRenderingContext2D} context @param {Size} size @param {Shown} shown */
export function drawPlane(context, size, shown) {
  const square = squareOf(size);
  const theme = palette.value.dark ? "dark" : "light";
  const colours = shown.hues.map((hue) => colourOf(hue, theme));
  context.imageSmoothingQuality = "high";
  context.drawImage(backdrop(), square.left, square.top, square.side, square.side);
  drawGrid(context, square);
  drawZones(context, square, shown, colours);
  drawPath(context, square, shown);
  drawLines(context, square, shown, colours);
  for (const [n, point] of shown.source.points.entries()) drawPoint(context, square, point, n, shown, colours[n]);
  drawPuck(context, toPoint(square, shown.place), shown, colours);
}

/** @param {CanvasRenderingContext2D} context @param {Square} square */
function drawGrid(context, { left, top, side }) {
  context.fillStyle = palette.value.grid;
  for (const share of [0.25, 0.5, 0.75]) {
    context.fillRect(left + Math.round(share * side), top, 1, side);
    context.fillRect(left, top + Math.round(share * side), side, 1);
  }
  context.strokeStyle = palette.value.line;
  context.lineWidth = 1;
  context.strokeRect(left - 0.5, top - 0.5, side + 1, side + 1);
}

/**
 * The zone of the chosen and the pointed point, as far as it lies on the plane; those of the others faintly.
 * @param {CanvasRenderingContext2D} context
 * @param {Square} square
 * @param {Shown} shown
 * @param {string[]} colours
 */
function drawZones(context, square, { source, mode, point: chosen, pointed }, colours) {
  context.save();
  context.beginPath();
  context.rect(square.left, square.top, square.side, square.side);
  context.clip();
  for (const [n, point] of source.points.entries()) {
    const held = n === chosen || n === pointed;
    const { x, y } = toPoint(square, point);
    context.beginPath();
    context.arc(x, y, radiusOf(square, point), 0, TURN);
    context.strokeStyle = colours[n];
    context.globalAlpha = held ? 0.95 : mode === "points" ? 0.28 : 0.12;
    context.lineWidth = held ? 1.75 : 1;
    context.setLineDash(held ? [] : [3, 5]);
    context.stroke();
  }
  context.restore();
}

/** Pixels. @param {Square} square @param {PlanePoint} point */
export function radiusOf(square, point) {
  return (point.radius ?? Math.SQRT2) * square.side;
}

/** @param {CanvasRenderingContext2D} context @param {Square} square @param {Shown} shown */
function drawPath(context, square, { source, trail, mode, step }) {
  const path = trail ?? source.path;
  const colour = trail ? palette.value.danger : palette.value.text;
  context.strokeStyle = context.fillStyle = colour;
  context.globalAlpha = trail || mode === "path" ? 0.95 : 0.4;
  context.lineWidth = trail ? 2.5 : 1.75;
  context.lineJoin = context.lineCap = "round";
  context.beginPath();
  for (const each of path) context.lineTo(...spot(square, each));
  context.stroke();
  for (let second = 0; second <= path[path.length - 1].seconds; second += 1)
    dot(context, spot(square, placeAt(path, second)), SECOND_MARK);
  context.globalAlpha = 1;
  if (!trail && mode === "path") drawSteps(context, square, path, step);
}

/** @param {CanvasRenderingContext2D} context @param {Square} square @param {PathPoint[]} path @param {number} step */
function drawSteps(context, square, path, step) {
  context.lineWidth = 1.5;
  context.strokeStyle = palette.value.text;
  for (const [n, each] of path.entries()) {
    const held = n === step;
    if (!held && path.length > MOST_STEPS) continue;
    context.fillStyle = held ? palette.value.accent : palette.value.well;
    dot(context, spot(square, each), held ? STEP + 2.5 : STEP);
    context.stroke();
  }
}

/** @param {Square} square @param {Place} place @returns {[number, number]} */
function spot(square, place) {
  const { x, y } = toPoint(square, place);
  return [x, y];
}

/** @param {CanvasRenderingContext2D} context @param {[number, number]} at @param {number} radius */
function dot(context, [x, y], radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, TURN);
  context.fill();
}

/**
 * From the puck to every point that counts, as thick as it counts.
 * @param {CanvasRenderingContext2D} context
 * @param {Square} square
 * @param {Shown} shown
 * @param {string[]} colours
 */
function drawLines(context, square, { source, shares, place }, colours) {
  context.lineCap = "round";
  for (const [n, point] of source.points.entries()) {
    if (!(shares[n] > 0.005)) continue;
    context.beginPath();
    context.moveTo(...spot(square, place));
    context.lineTo(...spot(square, point));
    context.strokeStyle = colours[n];
    context.globalAlpha = 0.25 + 0.6 * shares[n];
    context.lineWidth = 0.75 + 6 * shares[n];
    context.stroke();
  }
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context @param {Square} square @param {PlanePoint} point @param {number} n
 * @param {Shown} shown @param {string} colour
 */
function drawPoint(context, square, point, n, { shares, point: chosen, pointed }, colour) {
  const { x, y } = toPoint(square, point);
  const held = n === chosen;
  context.beginPath();
  if (point.ref) context.arc(x, y, POINT, 0, TURN);
  else if (point.held) context.rect(x - POINT + 1, y - POINT + 1, 2 * POINT - 2, 2 * POINT - 2);
  else diamond(context, x, y, POINT + 1.5);
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = held ? 2.5 : 1.5;
  context.strokeStyle = held ? palette.value.text : palette.value.well;
  context.stroke();
  context.font = `${held || n === pointed ? 600 : 500} 11.5px ${getComputedStyle(document.body).fontFamily}`;
  const share = Math.round(100 * shares[n]);
  const name = (point.name ?? "point").slice(0, 28);
  drawName(context, square, share > 0 ? `${name}  ${share} %` : name, { x, y });
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius */
function diamond(context, x, y, radius) {
  context.moveTo(x, y - radius);
  context.lineTo(x + radius, y);
  context.lineTo(x, y + radius);
  context.lineTo(x - radius, y);
  context.closePath();
}

/**
 * Beside the point, where it fits.
 * @param {CanvasRenderingContext2D} context
 * @param {Square} square
 * @param {string} text
 * @param {Point} point
 */
function drawName(context, { left, top, side }, text, { x, y }) {
  const width = context.measureText(text).width;
  const from = Math.min(Math.max(x - width / 2, 4), 2 * left + side - width - 4);
  const below = y < top + side - 30;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.lineJoin = "round";
  context.lineWidth = 3.5;
  context.strokeStyle = palette.value.well;
  context.globalAlpha = 0.8;
  context.strokeText(text, from, below ? y + 24 : y - 14);
  context.globalAlpha = 1;
  context.fillStyle = palette.value.text;
  context.fillText(text, from, below ? y + 24 : y - 14);
}

/** @param {CanvasRenderingContext2D} context @param {Point} at @param {Shown} shown @param {string[]} colours */
function drawPuck(context, { x, y }, { shares, heard, armed }, colours) {
  let from = -Math.PI / 2;
  for (const [n, colour] of colours.entries()) {
    const to = from + TURN * shares[n];
    context.beginPath();
    context.moveTo(x, y);
    context.arc(x, y, PUCK, from, to);
    context.fillStyle = colour;
    context.fill();
    from = to;
  }
  context.beginPath();
  context.arc(x, y, PUCK, 0, TURN);
  context.lineWidth = 2.5;
  context.strokeStyle = armed ? palette.value.danger : palette.value.text;
  context.stroke();
  context.fillStyle = palette.value.well;
  dot(context, [x, y], heard ? 6 : 4);
  if (!armed && !heard) return;
  context.fillStyle = armed ? palette.value.danger : palette.value.text;
  dot(context, [x, y], 3.5);
}
