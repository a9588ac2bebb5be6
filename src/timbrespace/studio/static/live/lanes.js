/**
 * The latents as they run, each in its lane over the range of the data, the newest at the right. A press makes a
 * dimension the active one; so do the arrows up and down.
 */
import { html } from "htm/preact";
import { activeDimension, remember } from "../core/store.js";
import { palette } from "../core/theme.js";
import { briefly } from "../editor/dimensions.js";
import { font } from "../editor/paint.js";
import { laneAt, lanes, named, toLane } from "../geometry/lanes.js";
import { Surface } from "../widgets/surface.js";
import { liveModel } from "./dials.js";
import { history, rowsHeard, SHOWN_SECONDS } from "./history.js";

/** @import {Dimension, ModelInfo} from "../core/types.js" */
/** @import {Lane} from "../geometry/lanes.js" */
/** @import {Row} from "./history.js" */

const LABELS = 92; // pixels at the left
const LINE = 11; // pixels of a name
const MARGIN = 0.12; // of the range, beyond the data
const GAP = 1; // pixels between lanes
const QUIETEST_DB = -90;
const GAP_MS = 250; // without a row: what follows is another curve
const BAR = 3; // pixels, where the value is now

let height = 1;

/**
 * The lanes of a model, top to bottom.
 * @param {ModelInfo} model
 * @returns {{dimension: Dimension, name: string, meaning: string, low: number, high: number, p5: number,
 *   p95: number, active: boolean}[]}
 */
function rowsOf({ dimensions, loudness }) {
  const latents = dimensions.map((info, dimension) => ({ ...info, dimension, name: `z${dimension}` }));
  const { low, high } = loudness;
  const range = { low: Math.max(low, QUIETEST_DB), high, p5: low, p95: high };
  return [...latents, { ...range, dimension: "loudness", name: "loudness", meaning: "dBFS", active: true }];
}

/** @param {ModelInfo} model @param {number} tall */
const lanesOf = (model, tall) => lanes(model.latents + 1, numberOf(model, activeDimension.value), tall);

/** @param {ModelInfo} model @param {Dimension} dimension */
const numberOf = (model, dimension) => (dimension === "loudness" ? model.latents : dimension);

/** @param {ModelInfo} model @param {number} number  of a lane */
function activate(model, number) {
  const dimension = number === model.latents ? "loudness" : Math.min(model.latents - 1, Math.max(0, number));
  activeDimension.value = dimension;
  remember("dimension", dimension);
}

export function Lanes() {
  const model = liveModel.value;
  if (!model) return null;
  const press = (/** @type {{y: number}} */ { y }) => {
    const number = laneAt(lanesOf(model, height), y);
    if (number >= 0) activate(model, number);
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    activate(model, (numberOf(model, activeDimension.peek()) + step + model.latents + 1) % (model.latents + 1));
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<${Surface} class="live-lanes" picture="Latents live" role="application" tabindex="0" down=${press}
    onKeyDown=${key}
    label="Latents as they are played; arrows up and down choose the active dimension" draw=${drawAll}
    onSize=${(/** @type {{height: number}} */ size) => (height = size.height)} />`;
}

/** @param {CanvasRenderingContext2D} context @param {{width: number, height: number}} size */
function drawAll(context, { width, height: tall }) {
  const model = liveModel.value;
  if (!model || rowsHeard.value < 0) return;
  const heard = history();
  const fits = heard.length && heard[0].values.length === model.latents + 1;
  const all = lanesOf(model, tall);
  const labels = named(all, numberOf(model, activeDimension.value), LINE);
  rowsOf(model).forEach((row, number) => {
    const { top, height: high } = all[number];
    const lane = { top: top + GAP, height: high - 2 * GAP };
    const margin = MARGIN * (row.high - row.low);
    const range = { low: row.low - margin, high: row.high + margin };
    const isActive = row.dimension === activeDimension.value;
    drawGround(context, lane, range, { ...row, width, isActive });
    if (labels.has(number)) drawLabel(context, lane, row, isActive);
    if (fits) drawCurve(context, heard, number, { lane, range, width, isActive, idle: !row.active });
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Lane} lane
 * @param {{low: number, high: number}} range
 * @param {{p5: number, p95: number, width: number, isActive: boolean}} known
 */
function drawGround(context, lane, range, { p5, p95, width, isActive }) {
  const colours = palette.value;
  context.fillStyle = isActive ? colours["accent-soft"] : colours.range;
  const [from, to] = [toLane(lane, range, p95), toLane(lane, range, p5)];
  context.fillRect(LABELS, from, width - LABELS, to - from);
  context.fillStyle = colours.grid;
  context.fillRect(0, Math.round(lane.top + lane.height), width, 1);
}

/**
 * As many of its words as there is room for.
 * @param {CanvasRenderingContext2D} context @param {string} text @param {number} width  pixels
 */
function fitting(context, text, width) {
  const words = text.split(" ");
  while (words.length > 1 && context.measureText(words.join(" ")).width > width) words.pop();
  return words.join(" ");
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Lane} lane
 * @param {{name: string, meaning: string, active: boolean}} row
 * @param {boolean} isActive
 */
function drawLabel(context, lane, { name, meaning, active }, isActive) {
  const colours = palette.value;
  const middle = lane.top + lane.height / 2;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.font = font(11, isActive ? 600 : 400);
  context.fillStyle = isActive ? colours.accent : active ? colours.text : colours.faint;
  context.fillText(name, 10, isActive ? middle - 7 : middle);
  if (!isActive) return;
  context.font = font(10.5);
  context.fillStyle = colours.muted;
  context.fillText(fitting(context, active ? briefly(meaning) : "does nothing", LABELS - 14), 10, middle + 8);
}

/**
 * @param {CanvasRenderingContext2D} context @param {Row[]} heard @param {number} number
 * @param {{lane: Lane, range: {low: number, high: number}, width: number, isActive: boolean, idle: boolean}} look
 */
function drawCurve(context, heard, number, { lane, range, width, isActive, idle }) {
  const colours = palette.value;
  const newest = heard[heard.length - 1].time;
  const across = (width - LABELS - BAR) / (SHOWN_SECONDS * 1000);
  context.strokeStyle = isActive ? colours.accent : idle ? colours.faint : colours.muted;
  context.lineWidth = isActive ? 2.25 : 1;
  context.lineJoin = "round";
  context.beginPath();
  let before = -Infinity;
  for (const { time, values } of heard) {
    const x = width - BAR - (newest - time) * across;
    const y = toLane(lane, range, values[number]);
    if (time - before > GAP_MS) context.moveTo(x, y);
    else context.lineTo(x, y);
    before = time;
  }
  context.stroke();
  const y = toLane(lane, range, heard[heard.length - 1].values[number]);
  context.fillStyle = isActive ? colours.accent : colours.text;
  context.fillRect(width - 2 * BAR, y - 1.5, 2 * BAR, 3);
}
