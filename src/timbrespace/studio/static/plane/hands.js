/**
 * What a hand on the plane does: drags the puck and hears it, moves points, draws their zones wider or closer, bends
 * the path. Each gesture is one step that can be undone; the puck is not kept.
 */
import { signal } from "@preact/signals-core";
import { inserted, whenNear, without } from "../geometry/path.js";
import { movedStep, nearestPlace } from "../geometry/plane.js";
import { changedPoint } from "../geometry/points.js";
import { POINT, PUCK, radiusOf, squareOf, toPlace, toPoint } from "./drawing.js";
import { disarm, finish, follow, isArmed } from "./recording.js";
import { choosePoint, chooseStep, chosenPoint, hearPlace, mode, plane, playedSeconds, puck } from "./state.js";

/** @import {PlaneSource} from "../core/types.js" */
/** @import {Gesture, Point, Size} from "../widgets/surface.js" */

const REACH = 6; // pixels beyond what is drawn
const WHEEL = 1 / 600; // of a radius, a pixel of the wheel

/** The point under the pointer; −1: none. */
export const pointed = signal(-1);

/** The point whose name is being typed; −1: none. */
export const renaming = signal(-1);

/** Of the surface, as it is now. @type {Size} */
let size = { width: 1, height: 1, ratio: 1 };

/** @param {Size} now */
export const keepSize = (now) => void (size = now);

/** @param {Point} point */
const placeOf = (point) => toPlace(squareOf(size), point);

/** In the plane's unit. @param {number} pixels */
const reach = (pixels) => pixels / squareOf(size).side;

/** @typedef {{kind: "puck" | "point" | "zone" | "step" | "way" | "ground", index: number, seconds?: number}} Target */

/** What lies under the pointer. @param {Point} point @param {PlaneSource} source @returns {Target} */
function under(point, source) {
  const place = placeOf(point);
  const near = (/** @type {number} */ pixels, /** @type {import("../geometry/plane.js").Place[]} */ places) =>
    nearestPlace(places, place, reach(pixels));
  if (isArmed.peek()) return { kind: "puck", index: 0 };
  if (mode() === "path") {
    const step = near(REACH + 5, source.path);
    if (step >= 0) return { kind: "step", index: step };
  }
  const index = mode() === "points" ? near(POINT + 3, source.points) : -1;
  if (index >= 0) return { kind: "point", index };
  if (playedSeconds.peek() === null && near(PUCK, [puck.peek()]) === 0) return { kind: "puck", index: 0 };
  return beside(point, source);
}

/**
 * What lies there where nothing is that can be taken hold of at its middle.
 * @param {Point} point
 * @param {PlaneSource} source
 * @returns {Target}
 */
function beside(point, source) {
  const held = source.points[chosenPoint.peek()];
  if (mode() === "points" && held) {
    const middle = toPoint(squareOf(size), held);
    const away = Math.hypot(point.x - middle.x, point.y - middle.y) - radiusOf(squareOf(size), held);
    if (Math.abs(away) <= REACH) return { kind: "zone", index: chosenPoint.peek() };
  }
  const seconds = mode() === "path" ? whenNear(source.path, placeOf(point), reach(REACH)) : null;
  if (seconds !== null) return { kind: "way", index: 0, seconds };
  return { kind: "ground", index: 0 };
}

/** @param {Point} point @returns {Gesture | undefined} */
export function down(point) {
  const source = plane.source.peek();
  if (!source) return undefined;
  const target = under(point, source);
  if (target.kind === "point") return movePoint(source, target.index, point);
  if (target.kind === "zone") return drawZone(source, target.index);
  if (target.kind === "step") return moveStep(source, target.index);
  if (target.kind === "way") return newStep(source, target.seconds ?? 0);
  return movePuck(point);
}

/** @param {Point} start @returns {Gesture} */
function movePuck(start) {
  const before = puck.peek();
  const go = (/** @type {Point} */ point) => {
    hearPlace(placeOf(point));
    follow(puck.peek());
  };
  choosePoint(-1);
  go(start);
  return {
    move: go,
    end: finish,
    cancel() {
      disarm();
      hearPlace(before);
    },
  };
}

/**
 * A gesture that changes the source, from what it was at its start.
 * @param {(point: Point) => PlaneSource} make
 * @returns {Gesture}
 */
function changing(make) {
  let touched = false;
  return {
    move(point) {
      touched = true;
      plane.tryOut(make(point));
    },
    end: () => void (touched && plane.keep()),
    cancel: plane.giveUp,
  };
}

/** @param {PlaneSource} source @param {number} index @param {Point} start */
function movePoint(source, index, start) {
  choosePoint(index);
  const grip = placeOf(start);
  const shift = { x: source.points[index].x - grip.x, y: source.points[index].y - grip.y };
  return changing((point) => {
    const place = placeOf(point);
    return changedPoint(source, index, { x: place.x + shift.x, y: place.y + shift.y });
  });
}

/** @param {PlaneSource} source @param {number} index */
function drawZone(source, index) {
  const { x, y } = source.points[index];
  return changing((point) => {
    const place = placeOf(point);
    return changedPoint(source, index, { radius: Math.hypot(place.x - x, place.y - y) });
  });
}

/** @param {PlaneSource} source @param {number} index */
function moveStep(source, index) {
  chooseStep(index);
  return changing((point) => ({ ...source, path: movedStep(source.path, index, placeOf(point)) }));
}

/** @param {PlaneSource} source @param {number} seconds */
function newStep(source, seconds) {
  const { path, index } = inserted(source.path, seconds);
  plane.tryOut({ ...source, path });
  chooseStep(index);
  return {
    ...changing((point) => ({ ...source, path: movedStep(path, index, placeOf(point)) })),
    end: () => void plane.keep(),
  };
}

/** Where a double-click falls: a point is given a name, a step is taken out. @param {Point} point */
export function double(point) {
  const source = plane.source.peek();
  if (!source) return;
  const { kind, index } = under(point, source);
  if (kind === "point") renaming.value = index;
  if (kind !== "step" || source.path.length < 2) return;
  chooseStep(-1);
  void plane.keep({ ...source, path: without(source.path, index) });
}

/** The wheel over a point makes its zone wider or closer. @param {Point} point @param {WheelEvent} event */
export function wheel(point, event) {
  const source = plane.source.peek();
  const target = source && under(point, source);
  if (!source || target?.kind !== "point") return;
  choosePoint(target.index);
  const radius = (source.points[target.index].radius ?? Math.SQRT2) * (1 - event.deltaY * WHEEL);
  plane.settle(changedPoint(source, target.index, { radius }));
}

const CURSORS = { puck: "grab", point: "move", zone: "ew-resize", step: "move", way: "copy", ground: "crosshair" };

/** @param {Point | null} point @param {PointerEvent} event */
export function hover(point, event) {
  const source = plane.source.peek();
  if (!source || !point) return void (pointed.value = -1);
  const target = under(point, source);
  pointed.value = target.kind === "point" || target.kind === "zone" ? target.index : -1;
  /** @type {HTMLElement} */ (event.target).style.cursor = CURSORS[target.kind];
  return undefined;
}

/** Where on the plane something was let go. @param {DragEvent} event */
export function placeOfDrop(event) {
  const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
  return placeOf({ x: event.clientX - box.left, y: event.clientY - box.top });
}
