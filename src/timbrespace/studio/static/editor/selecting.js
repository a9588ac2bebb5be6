/**
 * The frames that are selected: dragged in the ruler, kept with the part, and what plays round and round.
 */
import { computed, signal } from "@preact/signals-core";
import { activePart } from "../core/store.js";
import { toPixel, toValue } from "../geometry/viewport.js";
import { selectIn } from "../transport/placing.js";
import { showAll, showStretch, timeAxis } from "./axes.js";
import { duration, frameCount, rate } from "./state.js";

/** @import {Point} from "../widgets/surface.js" */
/** @typedef {[number, number] | null} Frames */

const CLICK = 3; // pixels: less is no drag
const EDGE = 5; // pixels from an edge that take hold of it

/**
 * What was wanted last, until the document has another selection than it had then.
 * @type {import("@preact/signals-core").Signal<{part: string, range: Frames, before: string} | null>}
 */
const wanted = signal(null);

/** The selected frames [from, to), or null. @type {import("@preact/signals-core").ReadonlySignal<Frames>} */
export const selection = computed(() => {
  const part = activePart.value;
  const fresh = wanted.value;
  const isFresh = fresh && fresh.part === part?.id && fresh.before === String(part.selection);
  const range = isFresh ? fresh.range : (part?.selection ?? null);
  const frames = frameCount.value;
  if (!range || range[0] >= frames) return null;
  return [range[0], Math.min(range[1], frames)];
});

/** @param {Frames} range  shown, not kept */
function showRange(range) {
  const part = activePart.peek();
  if (part) wanted.value = { part: part.id, range, before: String(part.selection) };
}

/**
 * Select frames for good, or none.
 * @param {Frames} range
 */
export function select(range) {
  const part = activePart.peek();
  if (!part || !frameCount.peek() || String(range) === String(part.selection)) return;
  showRange(range);
  selectIn(part, range && [range[0] / rate.peek(), range[1] / rate.peek()]);
}

/** Zoom to what is selected, or to all. */
export function showSelected() {
  const range = selection.peek();
  if (range) showStretch(range[0] / rate.peek(), range[1] / rate.peek());
  else showAll();
}

/** @param {number} seconds */
const toFrame = (seconds) => Math.round(seconds * rate.peek());

/** @param {Point} point */
const secondsAt = (point) => Math.min(duration.peek(), Math.max(0, toValue(timeAxis(), point.x)));

/**
 * A hand that selects from a point on, or takes hold of the edge of what is selected.
 * @param {Point} point
 * @param {(point: Point) => void} clicked  it did not move
 * @returns {import("../widgets/surface.js").Gesture}
 */
export function dragSelection(point, clicked) {
  const anchor = otherEdge(point.x) ?? toFrame(secondsAt(point));
  const before = wanted.peek();
  let far = false;
  return {
    move(to) {
      far ||= Math.abs(to.x - point.x) > CLICK;
      const at = toFrame(secondsAt(to));
      if (far) showRange(at === anchor ? null : [Math.min(anchor, at), Math.max(anchor, at)]);
    },
    end(to) {
      if (far) select(wanted.peek()?.range ?? null);
      else clicked(to);
    },
    cancel: () => (wanted.value = before),
  };
}

/** The other edge where one is near. @param {number} x */
function otherEdge(x) {
  const range = selection.peek();
  if (!range) return null;
  const [from, to] = range.map((frame) => toPixel(timeAxis(), frame / rate.peek()));
  if (Math.abs(from - x) <= EDGE) return range[1];
  return Math.abs(to - x) <= EDGE ? range[0] : null;
}

/** Whether an edge can be taken hold of here. @param {number} x */
export const nearEdge = (x) => otherEdge(x) !== null;
