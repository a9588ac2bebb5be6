/**
 * A curve of breakpoints over time, under the hand: drawn freely, or point by point; by keys as well.
 * Every gesture is tried while it lasts and kept once, at its end.
 */
import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useMemo, useRef } from "preact/hooks";
import { palette } from "../core/theme.js";
import { transport } from "../core/store.js";
import { toPixel } from "../geometry/viewport.js";
import { Surface } from "../widgets/surface.js";
import { curveHands } from "./curvehands.js";
import { drawGrid, drawPlayhead, tracePoints } from "./drawing.js";

/** @import {TargetPoint} from "../geometry/targets.js" */
/** @import {Unit} from "../geometry/ticks.js" */
/** @import {Axis} from "../geometry/viewport.js" */
/** @import {Size} from "../widgets/surface.js" */

/**
 * @typedef {object} CurveProps
 * @property {TargetPoint[]} points
 * @property {number} seconds  how long all is
 * @property {{from: number, to: number, log?: boolean}} range  of the values that are seen
 * @property {Unit} unit
 * @property {string} label
 * @property {string} picture
 * @property {"draw" | "points"} tool
 * @property {boolean} [snaps]  to semitones
 * @property {string | null} [part]  whose playing is shown
 * @property {(value: number) => string} words
 * @property {(points: TargetPoint[]) => void} change  on every move
 * @property {(points: TargetPoint[]) => void} keep
 * @property {() => void} cancel
 * @property {(context: CanvasRenderingContext2D, time: Axis, height: Axis) => void} [under]
 * @property {(context: CanvasRenderingContext2D, time: Axis, height: Axis) => void} [over]
 */

const MOST_HANDLES = 120; // of more points none is shown: it was drawn

/** @param {CurveProps} props */
export function Curve(props) {
  const latest = useRef(props);
  latest.current = props;
  const held = useMemo(() => {
    const size = { width: 1, height: 1 };
    const selected = signal(-1);
    const axes = () => axesOf(latest.current, size);
    return { size, selected, axes, hands: curveHands(latest, axes, selected) };
  }, []);
  const { points, words, label } = props;
  const at = points[held.selected.value];
  const said = at
    ? `${words(at.value)} at ${at.seconds.toFixed(2)} s, point ${held.selected.value + 1} of ${points.length}`
    : "";
  return html`<div class="codes-curve">
    <${Surface} role="application" tabindex=${0} picture=${props.picture}
      label=${`${label}. Arrows choose and move points, Enter adds one, Delete removes it.`}
      draw=${(/** @type {any} */ context, /** @type {Size} */ size) => drawCurve(context, size, latest.current, held)}
      onSize=${(/** @type {Size} */ size) => Object.assign(held.size, size)} ...${held.hands} />
    <p class="hidden-text" role="status">${said}</p>
  </div>`;
}

/**
 * @param {CurveProps} props
 * @param {{width: number, height: number}} size
 * @returns {{time: Axis, height: Axis}}
 */
function axesOf({ seconds, range }, { width, height }) {
  return { time: { from: 0, to: seconds, size: width }, height: { ...range, size: height, upward: true } };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Size} size
 * @param {CurveProps} props
 * @param {{axes: () => {time: Axis, height: Axis}, selected: import("@preact/signals").Signal<number>}} held
 */
function drawCurve(context, size, props, { axes, selected }) {
  const { time, height } = axes();
  const colours = palette.value;
  const { points, unit, under, over, part, tool } = props;
  under?.(context, time, height);
  drawGrid(context, time, height, unit, colours);
  tracePoints(context, points, time, height);
  context.strokeStyle = colours.accent;
  context.lineWidth = 2.25;
  context.lineJoin = "round";
  context.stroke();
  over?.(context, time, height);
  if (tool === "points" || points.length <= MOST_HANDLES / 4 || selected.value >= 0) {
    drawHandles(context, props, time, height, selected.value, colours);
  }
  const { playing, what, seconds } = transport.value;
  const isHeard = playing && what?.kind === "part" && what.part === part;
  if (isHeard) drawPlayhead(context, toPixel(time, seconds), size.height, colours.text);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {CurveProps} props
 * @param {Axis} time
 * @param {Axis} height
 * @param {number} selected
 * @param {import("../core/theme.js").Palette} colours
 */
function drawHandles(context, { points }, time, height, selected, colours) {
  const every = Math.ceil(points.length / MOST_HANDLES);
  points.forEach((point, n) => {
    if (n % every && n !== selected) return;
    context.beginPath();
    context.arc(
      toPixel(time, point.seconds),
      toPixel(height, point.value),
      n === selected ? 5.5 : 3.5,
      0,
      2 * Math.PI,
    );
    context.fillStyle = n === selected ? colours.accent : colours.well;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = n === selected ? colours.text : colours.accent;
    context.stroke();
  });
}
