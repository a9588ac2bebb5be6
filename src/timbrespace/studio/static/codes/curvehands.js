/**
 * What hands and keys do to a curve of breakpoints.
 */
import { semitoneTarget } from "../geometry/snapping.js";
import { drawnOver, onSemitones, simplified, strokeOn, targetAt } from "../geometry/targets.js";
import { toPixel, toValue } from "../geometry/viewport.js";
import { heldValue } from "./drawing.js";

/** @import {TargetPoint} from "../geometry/targets.js" */
/** @import {Axis} from "../geometry/viewport.js" */
/** @import {Gesture, Point} from "../widgets/surface.js" */
/** @import {CurveProps} from "./curve.js" */

const REACH = 11; // pixels from the pointer to a point
const MOVED = 3; // pixels, until a press is a stroke
const TOLERANCE = 0.8; // pixels that simplifying may move a stroke
const TIME_STEP = 0.01; // seconds, of a key
const LEAST_APART = 0.001; // seconds between points
const HEIGHT_STEPS = 100; // keys from the lowest to the highest value
const NEXT = /** @type {Record<string, number>} */ ({ "]": 1, "[": -1 });
const ADDING = ["Enter", "Insert"];
const REMOVING = ["Delete", "Backspace"];

/**
 * @typedef {{latest: {current: CurveProps}, axes: () => {time: Axis, height: Axis}, selected:
 *   import("@preact/signals").Signal<number>}} Held
 */

/**
 * @param {Held["latest"]} latest
 * @param {Held["axes"]} axes
 * @param {Held["selected"]} selected
 */
export function curveHands(latest, axes, selected) {
  const held = { latest, axes, selected };
  return {
    down: (/** @type {Point} */ point) =>
      latest.current.tool === "draw" ? drawing(held, point) : pulling(held, point),
    double: (/** @type {Point} */ point) => latest.current.tool === "points" && remove(held, hit(held, point)),
    onKeyDown: (/** @type {KeyboardEvent} */ event) => {
      if (!pressed(held, event)) return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}

/** @param {Held} held @param {Point} point @returns {TargetPoint} */
function pointAt({ latest, axes }, point) {
  const { time, height } = axes();
  const value = heldValue(height, point.y);
  const seconds = Math.min(time.to, Math.max(0, toValue(time, point.x)));
  return { seconds, value: latest.current.snaps ? semitoneTarget(value).value : value };
}

/** The point under the pointer, −1 for none. @param {Held} held @param {Point} pointer */
function hit({ latest, axes }, pointer) {
  const { time, height } = axes();
  let [found, least] = [-1, REACH];
  latest.current.points.forEach((point, n) => {
    const away = Math.hypot(toPixel(time, point.seconds) - pointer.x, toPixel(height, point.value) - pointer.y);
    if (away < least) [found, least] = [n, away];
  });
  return found;
}

/**
 * A free stroke, that takes the place of what was there over its time.
 * @param {Held} held
 * @param {Point} from
 * @returns {Gesture}
 */
function drawing(held, from) {
  const { latest, axes, selected } = held;
  const now = latest.current.points;
  const before = now.length > 1 ? now : []; // one point is a level that was not drawn
  const exact = (/** @type {Point} */ point) => {
    const { time, height } = axes();
    return {
      seconds: Math.min(time.to, Math.max(0, toValue(time, point.x))),
      value: heldValue(height, point.y),
    };
  };
  let stroke = strokeOn([], exact(from));
  let moved = false;
  const made = (/** @type {boolean} */ whole) => {
    const { time, height } = axes();
    const place = (/** @type {TargetPoint} */ { seconds, value }) =>
      /** @type {[number, number]} */ ([toPixel(time, seconds), toPixel(height, value)]);
    const fewer = whole ? simplified(stroke, place, TOLERANCE) : stroke;
    return drawnOver(before, latest.current.snaps ? onSemitones(stroke) : fewer);
  };
  selected.value = -1;
  return {
    move(point) {
      moved ||= Math.hypot(point.x - from.x, point.y - from.y) >= MOVED;
      if (!moved) return;
      stroke = strokeOn(stroke, exact(point));
      latest.current.change(made(false));
    },
    end: () => (moved ? latest.current.keep(made(true)) : latest.current.cancel()),
    cancel: () => latest.current.cancel(),
  };
}

/**
 * A point taken hold of, or put where there was none.
 * @param {Held} held
 * @param {Point} from
 * @returns {Gesture}
 */
function pulling(held, from) {
  const { latest, selected } = held;
  const before = latest.current.points;
  const found = hit(held, from);
  const others = before.filter((_, n) => n !== found);
  const at = found >= 0 ? found : before.filter(({ seconds }) => seconds <= pointAt(held, from).seconds).length;
  let made = found >= 0 ? before : placed(others, at, pointAt(held, from));
  selected.value = at;
  if (found < 0) latest.current.change(made);
  return {
    move(point) {
      made = placed(others, at, pointAt(held, point));
      latest.current.change(made);
    },
    end: () => (made === before ? latest.current.cancel() : latest.current.keep(made)),
    cancel: () => latest.current.cancel(),
  };
}

/**
 * The others with a point between its neighbours in time.
 * @param {TargetPoint[]} others
 * @param {number} at
 * @param {TargetPoint} point
 */
function placed(others, at, point) {
  const low = at > 0 ? others[at - 1].seconds + LEAST_APART : 0;
  const high = at < others.length ? others[at].seconds - LEAST_APART : Infinity;
  return others.toSpliced(at, 0, { ...point, seconds: Math.max(low, Math.min(high, point.seconds)) });
}

/** @param {Held} held @param {number} at */
function remove({ latest, selected }, at) {
  const { points, keep } = latest.current;
  if (at < 0 || points.length < 2) return;
  selected.value = Math.min(at, points.length - 2);
  keep(points.toSpliced(at, 1));
}

/** @param {Held} held @param {KeyboardEvent} event @returns {boolean} whether the key meant something */
function pressed(held, event) {
  const { latest, selected } = held;
  const { points } = latest.current;
  const at = Math.min(selected.peek(), points.length - 1);
  const turns = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  const sideways = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const next = NEXT[event.key] ?? (event.altKey ? undefined : sideways);
  const ends = { Home: 0, End: points.length - 1 }[event.key];
  const by = event.shiftKey ? 10 : 1;
  if (ends !== undefined) selected.value = ends;
  else if (next) selected.value = Math.min(points.length - 1, Math.max(0, at + next));
  else if (sideways || turns) nudge(held, at, (sideways ?? 0) * by * TIME_STEP, (turns ?? 0) * by);
  else if (ADDING.includes(event.key)) addAfter(held, Math.max(0, at));
  else if (REMOVING.includes(event.key)) remove(held, at);
  else return false;
  return true;
}

/**
 * @param {Held} held
 * @param {number} at
 * @param {number} seconds
 * @param {number} steps  upwards
 */
function nudge({ latest, axes }, at, seconds, steps) {
  const { points, snaps, keep } = latest.current;
  const { time, height } = axes();
  const point = points[at];
  if (!point) return; // none is chosen yet
  const pixel = toPixel(height, point.value) - (steps * height.size) / HEIGHT_STEPS;
  const value =
    snaps && steps ? point.value * 2 ** (steps / 12) : steps ? heldValue(height, pixel) : point.value;
  const moved = { seconds: Math.min(time.to, Math.max(0, point.seconds + seconds)), value };
  keep(placed(points.toSpliced(at, 1), at, moved));
}

/** A point halfway to the next. @param {Held} held @param {number} at */
function addAfter({ latest, axes, selected }, at) {
  const { points, keep } = latest.current;
  const from = points[at]?.seconds ?? 0;
  const to = points[at + 1]?.seconds ?? axes().time.to;
  if (to - from < 4 * LEAST_APART) return;
  const seconds = (from + to) / 2;
  selected.value = at + 1;
  keep(points.toSpliced(at + 1, 0, { seconds, value: targetAt(points, seconds) }));
}
