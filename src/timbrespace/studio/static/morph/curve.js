/**
 * The surface on which the morph's curve is drawn and bent. Drawing: the hand's line takes the place of what was
 * under it. Points: take one, or press beside one to make one; double-click or Delete takes it away.
 */
import { html } from "htm/preact";
import * as morphing from "../geometry/morphing.js";
import { pixelsPerUnit, toValue } from "../geometry/viewport.js";
import { Surface } from "../widgets/surface.js";
import { axesOf, drawMorph, words } from "./drawing.js";
import { chosen, isBeyond, morph, playedSeconds, pointed, tool, wholeSeconds, withCurve } from "./state.js";

/** @import {MorphPoint} from "../core/types.js" */
/** @import {Gesture, Point, Size} from "../widgets/surface.js" */

const REACH = 11; // pixels about a point
const LABEL =
  "Curve of the morph from A to B over its time. Brackets choose a point, arrows move it, Insert and Delete.";
const FINENESS = 0.004; // of a place: what a drawn line may lose

/** @type {Size} */
let size = { width: 1, height: 1, ratio: 1 };

/** @param {Point} point @returns {MorphPoint} */
function at({ x, y }) {
  const beyond = isBeyond.peek();
  const axes = axesOf(size, beyond);
  const place = toValue(axes.height, y);
  return { share: toValue(axes.time, x), place: beyond ? place : Math.min(Math.max(place, 0), 1) };
}

/** Half the axes of what is within reach of a point. */
function reach() {
  const { time, height } = axesOf(size, isBeyond.peek());
  return { share: REACH / pixelsPerUnit(time), place: REACH / pixelsPerUnit(height) };
}

/** @param {MorphPoint[]} curve */
function tryCurve(curve) {
  const source = withCurve(curve);
  if (source) morph.tryOut(source);
}

/** A line of the hand. @param {MorphPoint[]} curve  before @param {Point} start @returns {Gesture} */
function stroke(curve, start) {
  const line = [at(start)];
  chosen.value = -1;
  tryCurve(morphing.overdrawn(curve, line, FINENESS));
  return {
    move(point, event) {
      for (const each of spots(point, event)) line.push(at(each));
      pointed.value = at(point);
      tryCurve(morphing.overdrawn(curve, line, FINENESS));
    },
    end: () => void morph.keep(),
    cancel: morph.giveUp,
  };
}

/** Every place that the pointer passed since the last move. @param {Point} point @param {PointerEvent} event */
function spots(point, event) {
  const all = event.getCoalescedEvents?.() ?? [];
  const shift = { x: point.x - event.clientX, y: point.y - event.clientY };
  return all.length ? all.map((each) => ({ x: each.clientX + shift.x, y: each.clientY + shift.y })) : [point];
}

/** A point is taken hold of, or made. @param {MorphPoint[]} curve @param {Point} start @returns {Gesture} */
function bend(curve, start) {
  const before = chosen.peek();
  let index = morphing.nearest(curve, at(start), reach());
  let begun = curve;
  const made = index < 0;
  if (made) ({ curve: begun, index } = morphing.inserted(curve, at(start)));
  chosen.value = index;
  if (made) tryCurve(begun);
  let touched = made;
  return {
    move(point) {
      touched = true;
      pointed.value = at(point);
      tryCurve(morphing.moved(begun, index, at(point)));
    },
    end: () => void (touched && morph.keep()),
    cancel() {
      chosen.value = before;
      morph.giveUp();
    },
  };
}

/** @param {Point} point */
function takeAway(point) {
  const curve = morph.source.peek()?.curve;
  if (!curve || tool() !== "points") return;
  const index = morphing.nearest(curve, at(point), reach());
  const source = index >= 0 && curve.length > 2 ? withCurve(morphing.without(curve, index)) : null;
  if (!source) return;
  chosen.value = -1;
  void morph.keep(source);
}

export function Curve() {
  const source = morph.source.value;
  if (!source) return null;
  const held = source.curve[chosen.value];
  const said = held
    ? `Point ${chosen.value + 1} of ${source.curve.length}: ${words(held.share, held.place, wholeSeconds.value)}. `
    : "";
  return html`<${Surface}
    class="morph-curve"
    picture="morph"
    role="application"
    tabindex="0"
    label=${`${said}${LABEL}`}
    onSize=${(/** @type {Size} */ now) => (size = now)}
    draw=${(/** @type {CanvasRenderingContext2D} */ context, /** @type {Size} */ now) =>
      morph.source.value &&
      drawMorph(context, now, {
        source: morph.source.value,
        seconds: wholeSeconds.value,
        beyond: isBeyond.value,
        chosen: chosen.value,
        points: tool() === "points",
        pointed: pointed.value,
        played: playedSeconds.value,
      })}
    down=${(/** @type {Point} */ point) => {
      const curve = morph.source.peek()?.curve;
      return curve && (tool() === "draw" ? stroke(curve, point) : bend(curve, point));
    }}
    hover=${(/** @type {Point | null} */ point) => (pointed.value = point && at(point))}
    double=${takeAway}
  />`;
}
