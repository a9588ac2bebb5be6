/**
 * The histogram that is the map's legend: colours, values with their unit, how many sounds have them, how much
 * of the data falls on these, and what the model cannot reach in between.
 */
import { html } from "htm/preact";
import { useMemo } from "preact/hooks";
import { palette } from "../core/theme.js";
import { histogram } from "../geometry/histogram.js";
import { ticks } from "../geometry/ticks.js";
import { toPixel, toValue } from "../geometry/viewport.js";
import { Surface } from "../widgets/surface.js";
import { FONT, hatch } from "./drawing.js";
import { levelOf, ramp } from "./ramp.js";
import { DESCRIPTORS } from "./data.js";
import { colourBy, hovered, lit } from "./settings.js";
import { brief, called, worded } from "./words.js";

/** @import {Axis} from "../geometry/viewport.js" */
/** @import {Bin} from "../geometry/histogram.js" */
/** @import {Point, Size} from "../widgets/surface.js" */
/** @import {SoundMap} from "./data.js" */

const BINS = 60;
const FOOT = 15; // pixels, of the values
const HEAD = 4;

/** @param {{map: SoundMap}} props */
export function Legend({ map }) {
  const name = colourBy.value;
  const bins = useMemo(() => histogram(map.columns[name], map.counts, BINS), [map, name]);
  const { coverage, help } = map.descriptors[name];
  const held = useMemo(() => ({ width: 1 }), []);
  const axis = () => axisOf(bins, held.width);
  const hover = (/** @type {Point | null} */ point) => {
    const value = point && bins.length ? toValue(axis(), point.x) : NaN;
    const bin = bins.find((each) => value >= each.from && value <= each.to);
    lit.value = bin ? [bin.from * (1 - 1e-6), bin.to * (1 + 1e-6)] : null;
  };
  const words = coverage ? `${coverage.words}.` : `No ${called(map, 1)} has a ${name}.`;
  return html`<div class="codes-legend">
    <${Surface} label=${`${name}: ${words}`}
      draw=${(/** @type {any} */ context, /** @type {Size} */ size) =>
        drawBins(context, size, bins, coverage?.gaps ?? [])}
      hover=${hover} onSize=${(/** @type {Size} */ size) => (held.width = size.width)} />
    <${Told} map=${map} bins=${bins} words=${html`<b>${name}</b>, ${help}: ${words}`} />
  </div>`;
}

/**
 * A line below: what is under the hand, on the map or in the histogram, else the coverage.
 * @param {{map: SoundMap, bins: Bin[], words: any}} props
 */
function Told({ map, bins, words }) {
  const row = hovered.value;
  if (row >= 0 && row < map.count) return html`<${Details} map=${map} row=${row} />`;
  return html`<p class="codes-words">${lit.value ? litWords(map, bins) : words}</p>`;
}

/** @param {{map: SoundMap, row: number}} props */
function Details({ map, row }) {
  const count = map.counts[row];
  const use = map.codes ? `${count} ${count === 1 ? "frame" : "frames"}` : "of the data";
  return html`<dl class="codes-details" aria-hidden="true">
    <div><dt>${called(map, 1)} ${row}</dt><dd>${use}</dd></div>
    ${DESCRIPTORS.map(
      (name) =>
        html`<div class=${name === colourBy.value ? "now" : ""}>
          <dt>${name}</dt>
          <dd>${worded(name, map.columns[name][row])}</dd>
        </div>`,
    )}
  </dl>`;
}

/** @param {SoundMap} map @param {Bin[]} bins */
function litWords(map, bins) {
  const middle = lit.value ? Math.sqrt(lit.value[0] * lit.value[1]) : 0;
  const bin = bins.find((each) => middle >= each.from && middle <= each.to);
  if (!bin) return "";
  const frames = map.codes ? `, ${bin.frames} frames of the data` : "";
  const [from, to] = [brief(colourBy.value, bin.from), brief(colourBy.value, bin.to)];
  return `${from} to ${to}: ${bin.sounds} ${called(map, bin.sounds)}${frames}`;
}

/** @param {Bin[]} bins @param {number} width @returns {Axis} */
function axisOf(bins, width) {
  const [from, to] = [bins[0].from, bins[bins.length - 1].to];
  return { from, to: to > from ? to : from * 1.01, size: width, log: true };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Size} size
 * @param {Bin[]} bins
 * @param {[number, number][]} gaps
 */
function drawBins(context, size, bins, gaps) {
  if (!bins.length) return;
  const colours = palette.value;
  const axis = axisOf(bins, size.width);
  const base = size.height - FOOT;
  const most = Math.max(...bins.map((bin) => bin.sounds));
  gaps.forEach(([from, to]) => {
    hatch(context, { left: toPixel(axis, from), top: 0, right: toPixel(axis, to), bottom: base }, colours.line);
  });
  bins.forEach((bin, n) => {
    const [left, right] = [toPixel(axis, bin.from), toPixel(axis, bin.to)];
    const tall = Math.sqrt(bin.sounds / most) * (base - HEAD - 4);
    const colour = ramp(colours.dark)[levelOf((n + 0.5) / bins.length)];
    context.fillStyle = colour;
    context.fillRect(left, base - tall, Math.max(1, right - left - 1), tall);
    context.fillRect(left, base, right - left + 0.5, 3);
  });
  drawData(context, axis, bins, base, colours.text);
  context.fillStyle = colours.muted;
  context.font = FONT;
  context.textBaseline = "bottom";
  context.textAlign = "center";
  const ends = [bins[0].from, bins[bins.length - 1].to].map((value) => brief(colourBy.value, value));
  const room = ends.map((text) => context.measureText(text).width + 16);
  for (const { pixel, label } of ticks(axis, colourBy.value === "flatness" ? "deviations" : "hz", 40)) {
    if (pixel > room[0] && pixel < size.width - room[1]) context.fillText(label, pixel, size.height);
  }
  context.textAlign = "left";
  context.fillText(ends[0], 0, size.height);
  context.textAlign = "right";
  context.fillText(ends[1], size.width, size.height);
}

/**
 * How much of the data falls on the sounds of each bin, as a line.
 * @param {CanvasRenderingContext2D} context
 * @param {Axis} axis
 * @param {Bin[]} bins
 * @param {number} base
 * @param {string} colour
 */
function drawData(context, axis, bins, base, colour) {
  if (bins.every((bin) => bin.frames === bin.sounds)) return; // frames of the data are one each
  const most = Math.max(...bins.map((bin) => bin.frames), 1);
  context.beginPath();
  for (const bin of bins) {
    const y = base - (bin.frames / most) ** 0.5 * (base - HEAD - 4);
    context.lineTo(toPixel(axis, bin.from), y);
    context.lineTo(toPixel(axis, bin.to), y);
  }
  context.strokeStyle = colour;
  context.globalAlpha = 0.75;
  context.lineWidth = 1;
  context.stroke();
  context.globalAlpha = 1;
}
