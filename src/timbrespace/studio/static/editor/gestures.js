/**
 * What a hand does in a pane. Bend and line: take hold of a handle or of the curve; press another curve to
 * make it the active one; drag where nothing is to select frames. Draw: a pencil. One gesture is one edit;
 * Escape takes it back.
 */
import { activePart } from "../core/store.js";
import { hit } from "../geometry/breakpoints.js";
import { drawn } from "../geometry/curves.js";
import { toPixel, toValue } from "../geometry/viewport.js";
import { timeAxis, valueAxis } from "./axes.js";
import { valueAt } from "./columns.js";
import * as draft from "./draft.js";
import { addHandle, frozen, gripAt, handles, moveGrip, pinMoved, removeHandle } from "./grips.js";
import { patching } from "./scope.js";
import { dragSelection, nearEdge } from "./selecting.js";
import {
  activateDimension,
  active,
  activeLatent,
  chosenHandle,
  hovered,
  rate,
  shown,
  tool,
} from "./state.js";

/** @import {Axis} from "../geometry/viewport.js" */
/** @import {Dimension} from "../core/types.js" */
/** @import {Gesture, Point} from "../widgets/surface.js" */
/** @import {PaneName} from "./state.js" */
/** @import {Grip} from "./grips.js" */

const REACH = 9; // pixels from a handle
const NEAR = 7; // pixels from a curve
const STIFF = 6; // pixels sideways before a handle leaves its frame
const FINE = 0.1;
const SNAP = { latents: 0.25, loudness: 1 }; // deviations, dB

/** @param {PaneName} pane @returns {Dimension} */
const dimensionOf = (pane) => (pane === "loudness" ? "loudness" : activeLatent.peek());

/** Time in frames. @returns {Axis} */
function frameAxis() {
  const { from, to, size } = timeAxis();
  return { from: from * rate.peek(), to: to * rate.peek(), size };
}

/**
 * A hand comes down in a pane.
 * @param {PaneName} pane
 * @param {Point} point
 * @returns {Gesture | void}
 */
export function takeHold(pane, point) {
  draft.settle();
  if (!shown.peek() || !activePart.peek()) return undefined;
  if (tool.peek() === "draw") return drawFrom(pane, point);
  const other = pane === "latents" ? curveAt(point) : null;
  if (dimensionOf(pane) !== active.peek() && (other === null || pane === "loudness"))
    activateDimension(dimensionOf(pane));
  const frame = frameToHold(pane, point);
  const grip = frame === null || dimensionOf(pane) !== active.peek() ? null : gripAt(frame);
  if (grip) return dragHandle(pane, grip, point);
  return dragSelection(point, () => {
    if (other !== null) activateDimension(other);
    chosenHandle.value = null;
  });
}

/**
 * The frame of the handle, or of the active curve, under a point; null where it is near neither.
 * @param {PaneName} pane
 * @param {Point} point
 */
function frameToHold(pane, point) {
  const row = shown.peek()?.rows.get(dimensionOf(pane));
  if (!row?.length) return null;
  if (dimensionOf(pane) === active.peek()) {
    const index = hit(row, handles.peek(), point, frameAxis(), valueAxis(pane), REACH);
    if (index >= 0) return handles.peek()[index];
  }
  const frame = Math.round(toValue(frameAxis(), point.x));
  const inside = frame >= 0 && frame < row.length;
  return inside && distance(row, pane, point) <= NEAR ? frame : null;
}

/**
 * Pixels up or down from a curve, the least of a few beside the point.
 * @param {Float32Array} row @param {PaneName} pane @param {Point} point
 */
function distance(row, pane, point) {
  const [time, height] = [frameAxis(), valueAxis(pane)];
  const beside = [-3, -1.5, 0, 1.5, 3].map((by) => valueAt(row, toValue(time, point.x + by)));
  const [top, bottom] = [toPixel(height, Math.max(...beside)), toPixel(height, Math.min(...beside))];
  return Math.max(0, top - point.y, point.y - bottom);
}

/**
 * The dimension of z whose curve is under a point, the active one first.
 * @param {Point} point
 * @returns {number | null}
 */
function curveAt(point) {
  const columns = shown.peek();
  let [found, closest] = [/** @type {number | null} */ (null), NEAR];
  for (const [dimension, row] of columns?.rows ?? []) {
    if (dimension === "loudness" || !row.length) continue;
    const off = distance(row, "latents", point) - (dimension === active.peek() ? 1 : 0);
    if (off < closest) [found, closest] = [dimension, off];
  }
  return found;
}

/**
 * @param {PaneName} pane @param {Grip} grip @param {Point} begun
 * @returns {Gesture}
 */
function dragHandle(pane, grip, begun) {
  const [time, height] = [frameAxis(), valueAxis(pane)];
  const frame = grip.handles[grip.index];
  const start = toPixel(height, grip.row[frame]);
  let loose = false;
  /** @type {ReturnType<typeof moveGrip> | null} */
  let last = null;
  return {
    move(to, event) {
      const [dx, dy] = [to.x - begun.x, to.y - begun.y];
      loose ||= Math.abs(dx) > STIFF;
      if (!last && Math.hypot(dx, dy) < 2) return;
      const level = event.shiftKey && Math.abs(dx) > Math.abs(dy);
      const upright = !loose || (event.shiftKey && !level);
      const by = level ? 0 : dy * (event.altKey ? FINE : 1);
      const value = snapped(toValue(height, start + by), pane, event);
      const along = upright ? 0 : (dx * (time.to - time.from)) / time.size;
      last = moveGrip(grip, { frame: frame + along, value: level ? grip.row[frame] : value });
    },
    end() {
      if (!last) return void (chosenHandle.value = handles.peek().includes(frame) ? frame : null);
      pinMoved(grip, last.change);
      frozen.value = null;
      void draft.keep(grip.part, last.edit);
    },
    cancel() {
      frozen.value = null;
      chosenHandle.value = null;
      draft.drop();
    },
  };
}

/**
 * With Ctrl, values fall on the grid.
 * @param {number} value
 * @param {PaneName} pane
 * @param {PointerEvent} event
 */
function snapped(value, pane, event) {
  return event.ctrlKey || event.metaKey ? Math.round(value / SNAP[pane]) * SNAP[pane] : value;
}

/**
 * The pencil; with Shift one straight line from where it came down.
 * @param {PaneName} pane
 * @param {Point} begun
 * @returns {Gesture | void}
 */
function drawFrom(pane, begun) {
  const dimension = dimensionOf(pane);
  activateDimension(dimension);
  const part = activePart.peek();
  const row = shown.peek()?.rows.get(dimension);
  if (!part || !row?.length || !draft.isCurrent(part.id)) return undefined;
  const [time, height] = [frameAxis(), valueAxis(pane)];
  const spotAt = (/** @type {Point} */ { x, y }, /** @type {PointerEvent} */ event) => ({
    frame: toValue(time, x),
    value: snapped(toValue(height, y), pane, event),
  });
  const trail = [{ frame: toValue(time, begun.x), value: toValue(height, begun.y) }];
  /** @type {import("../core/types.js").Draw | null} */
  let edit = null;
  return {
    move(to, event) {
      if (event.shiftKey) trail.length = 1;
      trail.push(spotAt(to, event));
      const patch = drawn(trail, row.length);
      if (!patch) return;
      const after = row.slice();
      after.set(patch.values, patch.start);
      edit = patching(dimension, patch);
      draft.show({ part: part.id, frames: row.length, rows: new Map([[dimension, after]]) }, edit);
    },
    end: () => void (edit && draft.keep(part.id, edit)),
    cancel: () => draft.drop(),
  };
}

/**
 * The pointer rests somewhere: say what is there, and how the pointer is to look.
 * @param {PaneName} pane @param {Point | null} point
 * @returns {string} a cursor of CSS
 */
export function hover(pane, point) {
  const columns = point && shown.peek();
  if (!columns) {
    hovered.value = null;
    return "default";
  }
  const frame = Math.round(toValue(frameAxis(), point.x));
  const curve = pane === "loudness" ? /** @type {const} */ ("loudness") : curveAt(point);
  hovered.value = {
    dimension: curve ?? dimensionOf(pane),
    frame: Math.min(Math.max(frame, 0), columns.frames - 1),
  };
  if (tool.peek() === "draw") return "crosshair";
  if (frameToHold(pane, point) !== null) return "grab";
  if (nearEdge(point.x)) return "ew-resize";
  return curve !== null && pane === "latents" ? "pointer" : "default";
}

/**
 * Twice pressed: a handle goes, and on the curve one comes.
 * @param {PaneName} pane @param {Point} point
 */
export function pressedTwice(pane, point) {
  const frame = tool.peek() === "draw" ? null : frameToHold(pane, point);
  if (frame === null) return;
  if (handles.peek().includes(frame)) removeHandle(frame);
  else addHandle(frame);
}
