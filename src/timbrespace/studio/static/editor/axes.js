/**
 * The axes of the editor's panes as they are now, and zooming and moving along them. Time is shared by all
 * panes and with the result below; values are each pane's own.
 */
import { signal } from "@preact/signals-core";
import { timeView } from "../core/store.js";
import { panned, showing, zoomed } from "../geometry/viewport.js";
import { duration, inSight, rate, valuesOf, valueViews } from "./state.js";

/** @import {Axis, Limits} from "../geometry/viewport.js" */
/** @import {PaneName} from "./state.js" */

const FEWEST_FRAMES = 8; // in sight
const WHEEL_ZOOM = 1 / 320; // natural logarithm of the zoom, a pixel of the wheel
const KEY_ZOOM = 1.5;
const KEY_PAN = 0.25; // of what is in sight
const VALUE_LIMITS = {
  latents: { from: -1000, to: 1000, narrowest: 0.05 },
  loudness: { from: -130, to: 30, narrowest: 1 },
};

/**
 * Pixels, by pane, as it last knew its size.
 * @type {import("@preact/signals-core").Signal<Record<PaneName, {width: number, height: number}>>}
 */
const sizes = signal({ latents: { width: 1, height: 1 }, loudness: { width: 1, height: 1 } });

/** @param {PaneName} pane @param {{width: number, height: number}} size */
export function resized(pane, { width, height }) {
  sizes.value = { ...sizes.peek(), [pane]: { width, height } };
}

/** @returns {Axis} seconds */
export function timeAxis() {
  const { start, end } = inSight.value;
  return { from: start, to: Math.max(end, start + 1e-6), size: sizes.value.latents.width };
}

/** @param {PaneName} pane @returns {Axis} deviations, or dBFS */
export function valueAxis(pane) {
  const [from, to] = valuesOf(pane);
  return { from, to, size: sizes.value[pane].height, upward: true };
}

/** Frames for one pixel of time. */
export function framesPerPixel() {
  const { from, to, size } = timeAxis();
  return ((to - from) * rate.value) / size;
}

/** @returns {Limits} */
function timeLimits() {
  const all = Math.max(duration.peek(), 1e-3);
  return { from: 0, to: all, narrowest: Math.min(all, FEWEST_FRAMES / rate.peek()) };
}

/** @param {Axis} axis */
function lookAt({ from, to }) {
  const all = from <= 0 && to >= duration.peek() - 1e-9;
  timeView.value = all ? null : { start: from, end: to };
}

/** All of the part, and all values. */
export function showAll() {
  timeView.value = null;
  valueViews.value = { latents: null, loudness: null };
}

/** @param {number} start @param {number} end  seconds */
export function showStretch(start, end) {
  lookAt(showing(timeAxis(), start, end, timeLimits(), 0.05));
}

/**
 * By keys and buttons: about a time that is in sight, else about the middle.
 * @param {1 | -1} direction  1 shows less
 * @param {number} [about]  seconds
 */
export function zoomTime(direction, about) {
  const axis = timeAxis();
  const within = about !== undefined && about >= axis.from && about <= axis.to;
  const pixel = within ? ((about - axis.from) / (axis.to - axis.from)) * axis.size : axis.size / 2;
  lookAt(zoomed(axis, KEY_ZOOM ** direction, pixel, timeLimits()));
}

/** @param {1 | -1} direction */
export function panTime(direction) {
  const axis = timeAxis();
  lookAt(panned(axis, direction * KEY_PAN * axis.size, timeLimits()));
}

/** @param {number} pixels */
export const panPixels = (pixels) => lookAt(panned(timeAxis(), pixels, timeLimits()));

/** @param {PaneName} pane @param {1 | -1} direction  1 shows less @param {number} [pixel] */
export function zoomValues(pane, direction, pixel) {
  const axis = valueAxis(pane);
  const { from, to } = zoomed(axis, KEY_ZOOM ** direction, pixel ?? axis.size / 2, VALUE_LIMITS[pane]);
  valueViews.value = { ...valueViews.peek(), [pane]: [from, to] };
}

/** @param {PaneName} pane @param {number} pixels */
function panValues(pane, pixels) {
  const { from, to } = panned(valueAxis(pane), pixels, VALUE_LIMITS[pane]);
  valueViews.value = { ...valueViews.peek(), [pane]: [from, to] };
}

/**
 * The wheel: zooms in time about the pointer; sideways or with Shift moves along; with Alt zooms values,
 * with Alt and Shift moves along them.
 * @param {PaneName} pane
 * @param {{x: number, y: number}} point
 * @param {WheelEvent} event
 */
export function wheeled(pane, point, event) {
  const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
  const turn = event.deltaY || event.deltaX;
  const factor = Math.exp(-turn * WHEEL_ZOOM);
  if (event.altKey && event.shiftKey) return panValues(pane, turn);
  if (event.altKey) {
    const { from, to } = zoomed(valueAxis(pane), factor, point.y, VALUE_LIMITS[pane]);
    valueViews.value = { ...valueViews.peek(), [pane]: [from, to] };
    return undefined;
  }
  if (sideways || event.shiftKey) return panPixels(sideways ? event.deltaX : turn);
  return lookAt(zoomed(timeAxis(), factor, point.x, timeLimits()));
}
