/**
 * Draws the map: thousands of points on a layer that is kept while nothing about them changes, and over it
 * what moves: the path, the hand, what sounds.
 */
import { toPixel } from "../geometry/viewport.js";
import { shares } from "./data.js";
import { LEVELS, levelOf, ramp } from "./ramp.js";

/** @import {Descriptor} from "../core/types.js" */
/** @import {Palette} from "../core/theme.js" */
/** @import {Axis} from "../geometry/viewport.js" */
/** @import {Size} from "../widgets/surface.js" */
/** @import {Layout, SoundMap} from "./data.js" */

/**
 * @typedef {object} Scene
 * @property {SoundMap} map
 * @property {Layout} layout
 * @property {{x: Axis, y: Axis}} axes
 * @property {Descriptor} colourBy
 * @property {boolean} isSized
 * @property {[number, number] | null} lit  only values from … to are bright
 * @property {Palette} colours
 */

const LEAST_RADIUS = 1.6;
const MIDDLE_POINTS = 1000; // as many have the middle radius
const MOST_GROWTH = 2.6; // of the radius, of the sound with the most data
const MOST_ZOOM_GROWTH = 2.4;
const FEW_ROWS = 60; // of a line: more make it fainter
const NONE = LEVELS; // the level of what lacks the descriptor

/** @type {{canvas: HTMLCanvasElement, key: unknown[]} | null} */
let layer = null;
/** @type {WeakMap<Float32Array, Uint8Array>} */
const levels = new WeakMap();

/**
 * The points, from the layer where they are as before.
 * @param {CanvasRenderingContext2D} context
 * @param {Size} size
 * @param {Scene} scene
 */
export function drawPoints(context, size, scene) {
  const { map, layout, axes, colourBy, isSized, lit, colours } = scene;
  const key = [
    map,
    layout,
    axes.x.from,
    axes.x.to,
    axes.y.from,
    axes.y.to,
    colourBy,
    isSized,
    lit?.[0],
    lit?.[1],
    colours,
    size.width,
    size.height,
    size.ratio,
  ];
  if (!layer || key.some((each, n) => each !== layer?.key[n])) {
    const canvas = layer?.canvas ?? document.createElement("canvas");
    canvas.width = Math.round(size.width * size.ratio);
    canvas.height = Math.round(size.height * size.ratio);
    const inner = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    inner.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
    paintPoints(inner, size, scene);
    layer = { canvas, key };
  }
  context.drawImage(layer.canvas, 0, 0, size.width, size.height);
}

/**
 * All points of a colour in one path, what lacks the descriptor below all others.
 * @param {CanvasRenderingContext2D} context
 * @param {Size} size
 * @param {Scene} scene
 */
function paintPoints(context, size, scene) {
  const { map, layout, axes, colourBy, lit, colours } = scene;
  const { xs, ys } = layout.grid;
  const level = levelsOf(map.columns[colourBy]);
  const bright = Array.from({ length: LEVELS + 1 }, () => new Path2D());
  const dim = new Path2D();
  const radius = radiusOf(scene);
  for (let n = 0; n < map.count; n += 1) {
    const [x, y] = [toPixel(axes.x, xs[n]), toPixel(axes.y, ys[n])];
    if (!(x > -20 && x < size.width + 20 && y > -20 && y < size.height + 20)) continue;
    const value = map.columns[colourBy][n];
    const path = lit && !(value >= lit[0] && value <= lit[1]) ? dim : bright[level[n]];
    const r = radius(n);
    path.moveTo(x + r, y);
    path.arc(x, y, r, 0, 2 * Math.PI);
  }
  context.fillStyle = colours.line;
  context.fill(dim);
  context.fillStyle = colours.faint;
  context.globalAlpha = 0.5;
  context.fill(bright[NONE]);
  context.globalAlpha = colours.dark ? 0.86 : 0.92;
  ramp(colours.dark).forEach((colour, n) => {
    context.fillStyle = colour;
    context.fill(bright[n]);
  });
  context.globalAlpha = 1;
}

/** @param {Float32Array} column @returns {Uint8Array} [K] */
function levelsOf(column) {
  const found = levels.get(column);
  if (found) return found;
  const made = Uint8Array.from(shares(column), (share) => (isNaN(share) ? NONE : levelOf(share)));
  levels.set(column, made);
  return made;
}

/** @param {Scene} scene @returns {(row: number) => number} pixels */
function radiusOf({ map, axes, isSized }) {
  const zoom = Math.min(MOST_ZOOM_GROWTH, Math.sqrt(1 / (axes.x.to - axes.x.from)));
  const middle =
    Math.max(LEAST_RADIUS, 3.4 * Math.min(1.2, Math.sqrt(Math.sqrt(MIDDLE_POINTS / map.count)))) * zoom;
  const most = map.counts.reduce((high, count) => Math.max(high, count), 0);
  const least = map.counts.reduce((low, count) => Math.min(low, count), most);
  if (!isSized || most === least) return () => middle;
  return (row) => middle * (0.62 + (MOST_GROWTH - 0.62) * Math.sqrt(map.counts[row] / most));
}

/**
 * A line over rows, thinner and fainter the more there are.
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {ArrayLike<number>} rows
 * @param {{colour: string, isPath: boolean}} look  a path that is painted stands out more, with its beginning
 */
export function drawTrail(context, { layout, axes }, rows, { colour, isPath }) {
  const { xs, ys } = layout.grid;
  context.beginPath();
  for (let n = 0; n < rows.length; n += 1) {
    if (n > 0 && rows[n] === rows[n - 1]) continue;
    const [x, y] = [toPixel(axes.x, xs[rows[n]]), toPixel(axes.y, ys[rows[n]])];
    if (!isNaN(x + y)) context.lineTo(x, y);
  }
  context.strokeStyle = colour;
  const crowd = Math.min(1, Math.sqrt(FEW_ROWS / rows.length));
  context.lineWidth = isPath ? 0.7 + crowd : 1;
  context.lineJoin = "round";
  context.globalAlpha = Math.max(0.2, crowd) * (isPath ? 0.95 : 0.55);
  context.stroke();
  context.globalAlpha = 1;
  if (!isPath || !rows.length) return;
  drawRing(context, { layout, axes }, rows[0], { colour, radius: 4, filled: true });
}

/**
 * A ring around a row, or a disc on it.
 * @param {CanvasRenderingContext2D} context
 * @param {Pick<Scene, "layout" | "axes">} scene
 * @param {number} row
 * @param {{colour: string, radius: number, width?: number, filled?: boolean}} look
 */
export function drawRing(context, { layout, axes }, row, { colour, radius, width = 2, filled }) {
  const { xs, ys } = layout.grid;
  if (!(row >= 0 && row < xs.length) || isNaN(xs[row] + ys[row])) return;
  context.beginPath();
  context.arc(toPixel(axes.x, xs[row]), toPixel(axes.y, ys[row]), radius, 0, 2 * Math.PI);
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = width;
  if (filled) context.fill();
  else context.stroke();
}
