/**
 * What hands and keys do to a path over time.
 */
import { pointAt, trimmed } from "../geometry/codepath.js";
import { toPixel, toValue } from "../geometry/viewport.js";
import { hear, hush, isFree } from "./hearing.js";
import { giveUp, keepPath, tryPath } from "./making.js";
import { chosen, path } from "./settings.js";

/** @import {CodePath} from "../geometry/codepath.js" */
/** @import {Axis} from "../geometry/viewport.js" */
/** @import {Gesture, Point} from "../widgets/surface.js" */

const END_REACH = 9; // pixels from the ends, to trim
const BAR_REACH = 5; // pixels from where a bar begins
const SHORTEST_SECONDS = 0.02;
const TIME_STEP = 0.01; // seconds, of a key
const HEARD_MS = 500;

/**
 * @param {() => {time: Axis}} axes
 * @param {import("@preact/signals").Signal<number>} selected
 */
export function pathHands(axes, selected) {
  const choose = (/** @type {CodePath} */ shown, /** @type {number} */ n) => {
    selected.value = Math.min(shown.points.length - 1, Math.max(0, n));
    chosen.value = shown.points[selected.value].row;
    if (!isFree()) return;
    hear(chosen.value);
    hush(HEARD_MS);
  };
  return {
    hover(/** @type {Point | null} */ point, /** @type {PointerEvent} */ event) {
      const canvas = /** @type {HTMLElement} */ (event.currentTarget);
      canvas.style.cursor =
        point && path.peek() && grip(axes().time, point, /** @type {CodePath} */ (path.peek()))
          ? "ew-resize"
          : "";
    },
    down(/** @type {Point} */ point) {
      const shown = path.peek();
      if (!shown) return undefined;
      const { time } = axes();
      const found = grip(time, point, shown);
      if (found === null) return void choose(shown, pointAt(shown, toValue(time, point.x)));
      return found === "start" || found === "end" ? trimming(shown, time, found) : shifting(shown, time, found);
    },
    onKeyDown(/** @type {KeyboardEvent} */ event) {
      const shown = path.peek();
      if (!shown || !pressed(event, shown, selected, choose)) return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}

/**
 * What is under the pointer: an end, the number of a bar that begins there, or nothing to take hold of.
 * @param {Axis} time
 * @param {Point} point
 * @param {CodePath} shown
 * @returns {"start" | "end" | number | null}
 */
function grip(time, point, shown) {
  if (point.x <= END_REACH) return "start";
  if (point.x >= time.size - END_REACH) return "end";
  const near = pointAt(shown, toValue(time, point.x + BAR_REACH));
  return near > 0 && Math.abs(toPixel(time, shown.points[near].seconds) - point.x) <= BAR_REACH ? near : null;
}

/**
 * @param {CodePath} shown
 * @param {Axis} time
 * @param {"start" | "end"} end
 * @returns {Gesture}
 */
function trimming(shown, time, end) {
  let made = shown;
  return following(
    shown,
    () => made,
    (seconds) => {
      const held = Math.min(Math.max(seconds, 0), shown.seconds);
      made =
        end === "start"
          ? trimmed(shown, Math.min(held, shown.seconds - SHORTEST_SECONDS), shown.seconds)
          : trimmed(shown, 0, Math.max(held, SHORTEST_SECONDS));
    },
    time,
  );
}

/**
 * @param {CodePath} shown
 * @param {Axis} time
 * @param {number} bar
 * @returns {Gesture}
 */
function shifting(shown, time, bar) {
  let made = shown;
  return following(
    shown,
    () => made,
    (seconds) => (made = shifted(shown, bar, seconds)),
    time,
  );
}

/**
 * One bar's beginning at another time, between those of its neighbours.
 * @param {CodePath} shown
 * @param {number} bar
 * @param {number} seconds
 * @returns {CodePath}
 */
function shifted(shown, bar, seconds) {
  if (bar === 0) return shown;
  const [low, high] = [shown.points[bar - 1].seconds, shown.points[bar + 1]?.seconds ?? shown.seconds];
  const held = Math.min(high - 0.001, Math.max(low + 0.001, seconds));
  return { ...shown, points: shown.points.with(bar, { ...shown.points[bar], seconds: held }) };
}

/**
 * @param {CodePath} before
 * @param {() => CodePath} made
 * @param {(seconds: number) => void} make
 * @param {Axis} time  as it was when the hand went down: what is seen changes with the path
 * @returns {Gesture}
 */
function following(before, made, make, time) {
  return {
    move(point) {
      make(toValue(time, point.x));
      tryPath(made());
    },
    end: () => (made() === before ? giveUp() : void keepPath(made())),
    cancel: giveUp,
  };
}

/**
 * @param {KeyboardEvent} event
 * @param {CodePath} shown
 * @param {import("@preact/signals").Signal<number>} selected
 * @param {(shown: CodePath, n: number) => void} choose
 */
function pressed(event, shown, selected, choose) {
  const at = Math.min(selected.peek(), shown.points.length - 1);
  const step = { ArrowLeft: -1, ArrowRight: 1, "[": -1, "]": 1 }[event.key];
  const end = { Home: 0, End: shown.points.length - 1 }[event.key];
  if (step && event.altKey) {
    const seconds = shown.points[at].seconds + step * TIME_STEP * (event.shiftKey ? 10 : 1);
    if (at > 0) void keepPath(shifted(shown, at, seconds));
  } else if (step) choose(shown, at + step * (event.shiftKey ? 10 : 1));
  else if (end !== undefined) choose(shown, end);
  else if (event.key === "Delete" || event.key === "Backspace") remove(shown, at);
  else return false;
  return true;
}

/**
 * The one before goes on in its place; of the first, the next begins earlier.
 * @param {CodePath} shown
 * @param {number} at
 */
function remove(shown, at) {
  if (shown.points.length < 2) return;
  const points = shown.points.toSpliced(at, 1);
  void keepPath({ ...shown, points: points.with(0, { ...points[0], seconds: 0 }) });
}
