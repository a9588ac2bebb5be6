/**
 * Over the panes the ruler: press to go there, drag to select frames, press twice to let the selection go.
 * Under them the whole part in a strip, and of it what is in sight, to be moved along.
 */
import { html } from "htm/preact";
import { activePart } from "../core/store.js";
import { palette } from "../core/theme.js";
import { toPixel, toValue } from "../geometry/viewport.js";
import { placeIn } from "../transport/placing.js";
import { Surface } from "../widgets/surface.js";
import { drawRuler, RULER } from "../widgets/wavedraw.js";
import { panPixels, timeAxis, wheeled } from "./axes.js";
import { strokeRow } from "./paint.js";
import { Playhead } from "./pane.js";
import { dragSelection, select, selection } from "./selecting.js";
import { duration, inSight, rate, rowOf } from "./state.js";

/** @import {Point} from "../widgets/surface.js" */

const LOWEST_DB = -70; // of the strip's outline

export function Ruler() {
  const place = (/** @type {Point} */ { x }) => {
    const part = activePart.peek();
    if (part) placeIn(part, Math.min(duration.peek(), Math.max(0, toValue(timeAxis(), x))));
  };
  const turn = (/** @type {Point} */ point, /** @type {WheelEvent} */ event) =>
    wheeled("latents", point, event);
  return html`<div class="editor-ruler" data-tip=${"Press: go there; drag: select\nTwice: select nothing"}>
    <${Surface} class="layer" role="application" label="Time: press goes there, drag selects frames"
      draw=${drawTime} down=${(/** @type {Point} */ point) => dragSelection(point, place)}
      double=${() => select(null)} wheel=${turn} />
    <${Playhead} />
  </div>`;
}

/** @param {CanvasRenderingContext2D} context @param {import("../widgets/surface.js").Size} size */
function drawTime(context, { height }) {
  if (!duration.value) return;
  const time = timeAxis();
  const range = selection.value;
  if (range) {
    const [from, to] = range.map((frame) => toPixel(time, frame / rate.value));
    context.fillStyle = palette.value["second-soft"];
    context.fillRect(from, 0, to - from, height);
    context.fillStyle = palette.value.second;
    context.fillRect(from, 0, to - from, 3);
    for (const x of [from, to]) context.fillRect(Math.round(x) - 1, 0, 3, height);
  }
  context.translate(0, height - RULER);
  drawRuler(context, time);
}

export function Strip() {
  let width = 1;
  const turn = (/** @type {Point} */ _, /** @type {WheelEvent} */ event) =>
    wheeled("latents", { x: timeAxis().size / 2, y: 0 }, event);
  return html`<div class="editor-strip" data-tip=${"All of it; drag what is in sight\nPageUp, PageDown"}>
    <${Surface} class="layer" role="presentation" label="" draw=${drawStrip}
      onSize=${(/** @type {{width: number}} */ size) => (width = size.width)}
      down=${(/** @type {Point} */ point) => dragSight(point, width)}
      wheel=${turn}
      />
    <${Sight} />
  </div>`;
}

/** What is in sight, of all. */
function Sight() {
  const { start, end } = inSight.value;
  const all = duration.value;
  if (end - start >= all) return null;
  return html`<i class="editor-sight"
    style=${`left:${(100 * start) / all}%;width:${(100 * (end - start)) / all}%`}></i>`;
}

/**
 * Move what is in sight along; pressed beside it, it comes there.
 * @param {Point} begun
 * @param {number} width
 */
function dragSight(begun, width) {
  let last = begun.x;
  const along = (/** @type {number} */ pixels) => {
    const { start, end } = inSight.peek();
    panPixels(((pixels / width) * duration.peek() * timeAxis().size) / (end - start));
  };
  const { start, end } = inSight.peek();
  const [from, to] = [start, end].map((seconds) => (seconds / (duration.peek() || 1)) * width);
  if (begun.x < from || begun.x > to) along(begun.x - (from + to) / 2);
  return {
    move: (/** @type {Point} */ { x }) => {
      along(x - last);
      last = x;
    },
  };
}

/** @param {CanvasRenderingContext2D} context @param {import("../widgets/surface.js").Size} size */
function drawStrip(context, { width, height }) {
  const level = rowOf("loudness");
  if (!level) return;
  const time = { from: 0, to: Math.max(duration.value, 1e-6), size: width };
  context.strokeStyle = palette.value.faint;
  context.lineWidth = 1;
  strokeRow(context, level, {
    time,
    height: { from: LOWEST_DB, to: 0, size: height, upward: true },
    rate: rate.value,
  });
}
