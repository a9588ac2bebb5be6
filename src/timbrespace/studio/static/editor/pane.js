/**
 * A pane of curves over time: all dimensions of z, or loudness. Three canvases lie over each other, so that
 * what a hand moves is drawn without the rest: behind, the other curves, the active one with its handles.
 */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { palette } from "../core/theme.js";
import { activeModel, activePart, transport } from "../core/store.js";
import { toPixel } from "../geometry/viewport.js";
import { Surface } from "../widgets/surface.js";
import { resized, timeAxis, valueAxis, wheeled } from "./axes.js";
import { useBackdrop } from "./backdrop.js";
import { same } from "./columns.js";
import { hover, pressedTwice, takeHold } from "./gestures.js";
import { handles } from "./grips.js";
import { drawHandles, drawKnown, drawLevels, drawNumbers, drawSeconds, stepIn, strokeRow } from "./paint.js";
import { nameOf } from "./scope.js";
import { selection } from "./selecting.js";
import { active, activeLatent, chosenHandle, frameCount, given, hovered, rate, rowOf } from "./state.js";

/** @import {Dimension, ModelInfo} from "../core/types.js" */
/** @import {PaneName} from "./state.js" */
/** @import {Plane} from "./paint.js" */

const OTHERS_ALPHA = 0.5;
const NO_ROW = new Float32Array(0);
const GIVEN_ALPHA = 0.7; // of the curve as the source gave it
const UNITS = /** @type {const} */ ({ latents: "deviations", loudness: "db" });

/** @param {PaneName} name @returns {Plane} */
const planeOf = (name) => ({ time: timeAxis(), height: valueAxis(name), rate: rate.value });

/** @param {PaneName} name @returns {Dimension} */
const dimensionOf = (name) => (name === "loudness" ? "loudness" : activeLatent.value);

/** @param {{name: PaneName, label: string}} props */
export function Pane({ name, label }) {
  const host = useRef(/** @type {HTMLElement | null} */ (null));
  const look = (/** @type {import("../widgets/surface.js").Point | null} */ point) =>
    host.current?.style.setProperty("cursor", hover(name, point));
  const isActive = (name === "loudness") === (active.value === "loudness");
  return html`<div class="pane ${name} ${isActive ? "active" : ""}"
    ref=${host}>
    <${Behind} name=${name} />
    <${Surface} class="layer" label="" role="presentation" picture=${pictureName(name)}
      draw=${(/** @type {CanvasRenderingContext2D} */ context) => drawOthers(context, name)} />
    <${Surface} class="layer" label=${label} role="application" tabindex="0" picture=${pictureName(name)}
      draw=${(/** @type {CanvasRenderingContext2D} */ context) => drawActive(context, name)}
      onSize=${(/** @type {any} */ size) => resized(name, size)}
      down=${(/** @type {any} */ point) => takeHold(name, point)} hover=${look}
      double=${(/** @type {any} */ point) => pressedTwice(name, point)}
      wheel=${(/** @type {any} */ point, /** @type {WheelEvent} */ event) => wheeled(name, point, event)} />
    <${Playhead} />
    <${Reading} name=${name} />
  </div>`;
}

/** @param {PaneName} name */
const pictureName = (name) => (name === "loudness" ? "Loudness" : "Latents");

/**
 * What only changes with the values in sight, where there is no spectrogram.
 * @param {{name: PaneName}} props
 */
function Behind({ name }) {
  const drawBackdrop = useBackdrop();
  return html`<${Surface} class="layer" label="" role="presentation" picture=${pictureName(name)}
    draw=${(
      /** @type {CanvasRenderingContext2D} */ context,
      /** @type {import("../widgets/surface.js").Size} */ size,
    ) => {
      if (name === "latents") drawBackdrop?.(context, timeAxis(), size.height);
      const height = valueAxis(name);
      const model = activeModel.value;
      const known = model && (name === "loudness" ? model.loudness : model.dimensions[activeLatent.value]);
      if (known) drawKnown(context, height, size.width, known);
      drawLevels(context, height, size.width, UNITS[name]);
    }} />`;
}

/**
 * The grid of time, and all curves but the one in hand; the one under the pointer stands out.
 * @param {CanvasRenderingContext2D} context
 * @param {PaneName} name
 */
function drawOthers(context, name) {
  if (!frameCount.value) return;
  const plane = planeOf(name);
  drawSeconds(context, plane);
  if (name === "loudness") return;
  const pointed = hovered.value?.dimension;
  for (const [dimension, row] of otherRows()) {
    const lit = dimension === pointed;
    context.globalAlpha = lit ? 1 : OTHERS_ALPHA;
    context.lineWidth = lit ? 1.5 : 1;
    context.strokeStyle = lit ? palette.value.text : palette.value.muted;
    strokeRow(context, row, plane, { calm: !lit });
  }
  context.globalAlpha = 1;
}

/** Curves of z that do something and are not in hand. @returns {[number, Float32Array][]} */
function otherRows() {
  const others = (activeModel.value?.dimensions ?? []).map((info, n) => (info.active ? n : -1));
  return others.filter((n) => n >= 0 && n !== activeLatent.value).map((n) => [n, rowOf(n) ?? NO_ROW]);
}

/** @param {CanvasRenderingContext2D} context @param {PaneName} name */
function drawActive(context, name) {
  const dimension = dimensionOf(name);
  const row = rowOf(dimension);
  if (!row) return;
  const plane = planeOf(name);
  const isActive = dimension === active.value;
  const isDense = stepIn(plane) > 1;
  drawSelected(context, plane);
  drawGiven(context, plane, row, given.value?.rows.get(dimension));
  context.lineJoin = "round";
  context.lineWidth = isActive && !isDense ? 2.25 : 1.5;
  context.strokeStyle = isActive ? palette.value.accent : palette.value.text;
  strokeRow(context, row, plane);
  drawNumbers(context, valueAxis(name), UNITS[name]); // over all curves, else they cannot be read
  if (!isActive) return;
  const pointed = hovered.value?.dimension === dimension ? hovered.value.frame : null;
  drawHandles(context, row, plane, handles.value, { chosen: chosenHandle.value, pointed });
}

/**
 * The curve as the source gave it, where it is another now; of another length, over the same time.
 * @param {CanvasRenderingContext2D} context
 * @param {Plane} plane
 * @param {Float32Array} row
 * @param {Float32Array} [before]
 */
function drawGiven(context, plane, row, before) {
  if (!before?.length || same(row, before)) return;
  context.lineWidth = 1;
  context.strokeStyle = palette.value.second;
  context.globalAlpha = GIVEN_ALPHA;
  strokeRow(context, before, { ...plane, rate: (plane.rate * before.length) / row.length }, { calm: true });
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {Plane} plane */
function drawSelected(context, { time, height }) {
  if (!selection.value) return;
  const [from, to] = selection.value.map((frame) => toPixel(time, frame / rate.value));
  context.fillStyle = palette.value["second-soft"];
  context.fillRect(from, 0, to - from, height.size);
  context.fillStyle = palette.value.second;
  for (const x of [from, to]) context.fillRect(Math.round(x), 0, 1, height.size);
}

/** Where the sound is; moved without drawing anything anew. */
export function Playhead() {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const { what, seconds } = transport.value;
  const mine = what?.kind === "part" && what.part === activePart.value?.id;
  const axis = timeAxis();
  const x = toPixel(axis, seconds);
  useEffect(() => ref.current?.style.setProperty("transform", `translateX(${x}px)`), [x]);
  const hidden = !mine || x < 0 || x > axis.size;
  return html`<i class="editor-playhead" ref=${ref} hidden=${hidden} aria-hidden="true"></i>`;
}

/**
 * What is under the pointer, in words: dimension, meaning, time and value.
 * @param {{name: PaneName}} props
 */
function Reading({ name }) {
  const at = hovered.value;
  const mine = at !== null && (at.dimension === "loudness") === (name === "loudness");
  const dimension = mine ? at.dimension : dimensionOf(name);
  const info = dimension === "loudness" ? null : activeModel.value?.dimensions[dimension];
  return html`<output class="reading" aria-hidden="true">
    <b>${nameOf(dimension)}</b>${info?.meaning && html`<span>${info.meaning}</span>`}
    ${mine && info && html`<span class="muted">${correlated(info)}</span>`}
    ${mine && html`<span class="reading-value">${readingAt(at)}</span>`}
  </output>`;
}

/** Time and value of a frame. @param {{dimension: Dimension, frame: number}} at */
function readingAt({ dimension, frame }) {
  return `${(frame / rate.value).toFixed(2)} s  ${valued(rowOf(dimension)?.[frame], dimension)}`;
}

/** @param {number | undefined} value @param {Dimension} dimension */
function valued(value, dimension) {
  if (value === undefined) return "";
  const text = value.toFixed(2).replace("-", "−");
  return dimension === "loudness" ? `${text} dB` : `${text} σ`;
}

/** What a dimension goes along with most, strongest first. @param {ModelInfo["dimensions"][number]} info */
export function correlated({ correlations }, most = 3) {
  const sorted = Object.entries(correlations).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  return sorted
    .slice(0, most)
    .map(([each, r]) => `${each} ${r < 0 ? "−" : "+"}${Math.abs(r).toFixed(2)}`)
    .join(", ");
}
