/**
 * What hands and keys do to a view of a sound: select, take hold of an edge, place, zoom, move along.
 */
import { signal } from "@preact/signals-core";
import { useMemo } from "preact/hooks";
import { begunAt, endedAt } from "../geometry/stretch.js";
import { panned, toPixel, toValue, zoomed } from "../geometry/viewport.js";

/** @import {Axis} from "../geometry/viewport.js" */
/** @import {WaveProps} from "./waveview.js" */
/** @import {Point} from "./surface.js" */

const CLICK = 3; // pixels: less is no drag
const EDGE = 5; // pixels from an edge of the selection that take hold of it
const ZOOM = 1 / 320; // natural logarithm of the zoom, a pixel of the wheel
const NARROWEST = 0.001; // seconds in view
const NUDGE = 0.01; // of the view, by an arrow
const KEY_ZOOM = 1.5;

/** @typedef {WaveProps & {selected: () => [number, number] | null}} Held  selected: as it is wanted now */

/**
 * The selection as it was wanted last, until it is kept, or another is: keys that follow each other quickly, and
 * the eye, do not wait for the server.
 * @param {WaveProps} props
 * @returns {Held}
 */
export function wanting(props) {
  const own = useMemo(() => ({ range: /** @type {Held["selection"]} */ (null), before: "", kept: props.selection }), [
    props.source.key,
  ]);
  own.kept = props.selection;
  if (worded(own.kept) !== own.before) own.before = ""; // it is kept by now, or another is
  return {
    ...props,
    selected: () => (own.before === worded(own.kept) ? own.range : own.kept),
    select(range) {
      own.range = range;
      own.before = worded(own.kept);
      props.select(range);
    },
  };
}

/** @param {[number, number] | null} range */
const worded = (range) => `from ${range}`;

/**
 * The events of a surface that shows `props.source`, and the selection while it is dragged.
 * @param {Held} props
 * @param {() => Axis} axisNow
 */
export function handsOf(props, axisNow) {
  const { source, view, selected, select, seek } = props;
  const dragged = useMemo(() => signal(/** @type {[number, number] | null} */ (null)), []);
  const limits = { from: 0, to: Math.max(source.seconds, NARROWEST), narrowest: Math.min(NARROWEST, source.seconds) };
  const secondsAt = (/** @type {Point} */ point) =>
    Math.min(source.seconds, Math.max(0, toValue(axisNow(), point.x)));

  /** @param {Point} point */
  const down = (point) => {
    const anchor = heldEdge(selected(), axisNow(), point.x) ?? secondsAt(point);
    let far = anchor !== secondsAt(point);
    return {
      move: (/** @type {Point} */ to) => {
        far ||= Math.abs(to.x - point.x) > CLICK;
        if (far) dragged.value = sorted(anchor, secondsAt(to));
      },
      end: (/** @type {Point} */ to) => {
        const made = dragged.value;
        dragged.value = null;
        if (far && made && made[1] > made[0]) select(made);
        else seek(secondsAt(to));
      },
      cancel: () => (dragged.value = null),
    };
  };
  /** @param {Point} point @param {WheelEvent} event */
  const wheel = (point, event) => {
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const axis = axisNow();
    show(
      props,
      sideways
        ? panned(axis, event.deltaX || event.deltaY, limits)
        : zoomed(axis, Math.exp(-event.deltaY * ZOOM), point.x, limits),
    );
  };
  return { dragged, events: { down, wheel, double: () => select(null) }, view };
}

/** @param {WaveProps} props @param {Axis} axis */
function show({ view, source }, axis) {
  const all = axis.from <= 0 && axis.to >= source.seconds;
  view.value = all ? null : { start: axis.from, end: axis.to };
}

/**
 * The other edge of the selection where one is taken hold of.
 * @param {[number, number] | null} selection @param {Axis} axis @param {number} x
 */
function heldEdge(selection, axis, x) {
  if (!selection) return null;
  const [from, to] = selection;
  if (Math.abs(toPixel(axis, from) - x) <= EDGE) return to;
  return Math.abs(toPixel(axis, to) - x) <= EDGE ? from : null;
}

/** @param {number} a @param {number} b @returns {[number, number]} */
const sorted = (a, b) => (a < b ? [a, b] : [b, a]);

/**
 * Arrows move the place, I and O select from or up to it, + and − zoom, 0 shows all, Escape lets the selection go.
 * @param {Held} props @param {KeyboardEvent} event @param {Axis} axis
 */
export function keysOf(props, event, axis) {
  const { source, select, seek, playhead } = props;
  const selection = props.selected();
  const limits = { from: 0, to: source.seconds, narrowest: Math.min(NARROWEST, source.seconds) };
  const at = playhead() ?? axis.from;
  const step = (axis.to - axis.from) * NUDGE * (event.shiftKey ? 10 : 1);
  const middle = Math.min(axis.size, Math.max(0, toPixel(axis, at)));
  const moves = /** @type {Record<string, () => void>} */ ({
    ArrowLeft: () => seek(Math.max(0, at - step)),
    ArrowRight: () => seek(Math.min(source.seconds, at + step)),
    i: () => select(begunAt(selection, at, source.seconds)),
    o: () => select(endedAt(selection, at)),
    "+": () => show(props, zoomed(axis, KEY_ZOOM, middle, limits)),
    "=": () => show(props, zoomed(axis, KEY_ZOOM, middle, limits)),
    "-": () => show(props, zoomed(axis, 1 / KEY_ZOOM, middle, limits)),
    0: () => show(props, { ...axis, from: 0, to: source.seconds }),
  });
  if (event.key === "Escape" && selection) select(null);
  else if (!event.ctrlKey && !event.metaKey && moves[event.key]) moves[event.key]();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
