/**
 * The morph's keys: brackets go from point to point, arrows move the chosen one, Insert and Delete add and take away.
 */
import * as morphing from "../geometry/morphing.js";
import { chosen, morph, withCurve } from "./state.js";

/** @import {Binding} from "../core/keys.js" */

const STEP = { share: 0.005, place: 0.01 };
const FAR = 10; // times as far with Shift
const GROUP = "Morph";

/** @param {number} by */
function choose(by) {
  const count = morph.source.peek()?.curve.length ?? 0;
  if (!count) return;
  const from = chosen.peek() < 0 && by < 0 ? 0 : chosen.peek();
  chosen.value = (from + by + count) % count;
}

/** @param {number} share @param {number} place  in steps */
function nudge(share, place) {
  const curve = morph.source.peek()?.curve;
  const point = curve?.[chosen.peek()];
  if (!curve || !point) return;
  const to = { share: point.share + share * STEP.share, place: point.place + place * STEP.place };
  const source = withCurve(morphing.moved(curve, chosen.peek(), to));
  if (source) morph.settle(source);
}

/** A point half way to the next. */
function insert() {
  const curve = morph.source.peek()?.curve;
  if (!curve) return;
  const at = Math.min(Math.max(chosen.peek(), 0), curve.length - 2);
  const [from, to] = [curve[at]?.share ?? 0, curve[at + 1]?.share ?? 1];
  const share = (from + to) / 2;
  const made = morphing.inserted(curve, { share, place: morphing.placeAt(curve, share) });
  chosen.value = made.index;
  const source = withCurve(made.curve);
  if (source) morph.settle(source);
}

function remove() {
  const curve = morph.source.peek()?.curve;
  if (!curve || curve.length < 3) return;
  const source = withCurve(morphing.without(curve, chosen.peek()));
  chosen.value = Math.min(chosen.peek(), curve.length - 2);
  if (source) morph.settle(source);
}

const held = () => chosen.peek() >= 0 && morph.part.peek() !== null;
const open = () => morph.part.peek() !== null;

/** @param {string} key @param {string} title @param {number} share @param {number} place @returns {Binding} */
const arrow = (key, title, share, place) => ({
  keys: `Arrow${key}, Shift+Arrow${key}`,
  title,
  group: GROUP,
  when: held,
  run: ({ shiftKey }) => nudge(share * (shiftKey ? FAR : 1), place * (shiftKey ? FAR : 1)),
});

/** @type {Binding[]} */
export const bindings = [
  { keys: "[", title: "Point before", group: GROUP, when: open, run: () => choose(-1) },
  { keys: "]", title: "Next point", group: GROUP, when: open, run: () => choose(1) },
  arrow("Up", "Point towards B by 1 % (Shift: 10)", 0, 1),
  arrow("Down", "Point towards A", 0, -1),
  arrow("Left", "Point earlier by 0.5 % (Shift: 5)", -1, 0),
  arrow("Right", "Point later", 1, 0),
  { keys: "Insert, Enter", title: "Add a point after it", group: GROUP, when: open, run: insert },
  { keys: "Delete, Backspace", title: "Take the point away", group: GROUP, when: held, run: remove },
  { keys: "Escape", title: "Let the point go", group: GROUP, when: held, run: () => void (chosen.value = -1) },
];
