/**
 * The plane's keys: arrows move what is chosen, or else the puck; R records what they do with it.
 */
import { inserted, without } from "../geometry/path.js";
import { inside, movedStep, REACHES_ALL } from "../geometry/plane.js";
import { changedPoint, withoutPoint } from "../geometry/points.js";
import { remember } from "../core/store.js";
import { addCaught, addRandom } from "./adding.js";
import { arm, disarm, finish, follow, isArmed, trail } from "./recording.js";
import {
  choosePoint,
  chooseStep,
  chosenPoint,
  chosenStep,
  hearPlace,
  mode,
  plane,
  puck,
  togglePath,
  togglePuck,
} from "./state.js";

/** @import {Binding} from "../core/keys.js" */

const STEP = 0.01; // of the plane
const FAR = 0.1;
const WIDER = 1.1;
const MOMENT_SECONDS = 0.05;
const GROUP = "Plane";

/** @param {number} by */
function choose(by) {
  const source = plane.source.peek();
  if (!source) return;
  const path = mode() === "path";
  const [now, count] = path ? [chosenStep.peek(), source.path.length] : [chosenPoint.peek(), source.points.length];
  const next = ((now < 0 && by < 0 ? 0 : now) + by + count) % count;
  if (path) chooseStep(next);
  else choosePoint(next);
}

/** @param {number} x @param {number} y */
function nudge(x, y) {
  const source = plane.source.peek();
  if (!source) return;
  const [point, step] = [source.points[chosenPoint.peek()], source.path[chosenStep.peek()]];
  if (isArmed.peek() || (!point && !step)) {
    hearPlace(inside({ x: puck.peek().x + x, y: puck.peek().y + y }));
    follow(puck.peek());
  } else if (point) plane.settle(changedPoint(source, chosenPoint.peek(), { x: point.x + x, y: point.y + y }));
  else plane.settle({ ...source, path: movedStep(source.path, chosenStep.peek(), { x: step.x + x, y: step.y + y }) });
}

/** The chosen step at another time. @param {number} seconds */
function delay(seconds) {
  const source = plane.source.peek();
  const step = source?.path[chosenStep.peek()];
  if (source && step)
    plane.settle({
      ...source,
      path: movedStep(source.path, chosenStep.peek(), { ...step, seconds: step.seconds + seconds }),
    });
}

/** A step half way to the next one. */
function insert() {
  const source = plane.source.peek();
  if (!source) return;
  const [step, next] = [source.path[chosenStep.peek()], source.path[chosenStep.peek() + 1]];
  const { path, index } = inserted(
    source.path,
    next ? (step.seconds + next.seconds) / 2 : (source.seconds ?? step.seconds),
  );
  plane.settle({ ...source, path });
  chooseStep(index);
}

/** @param {number} factor */
function widen(factor) {
  const source = plane.source.peek();
  const point = source?.points[chosenPoint.peek()];
  if (source && point)
    plane.settle(changedPoint(source, chosenPoint.peek(), { radius: (point.radius ?? REACHES_ALL) * factor }));
}

function remove() {
  const source = plane.source.peek();
  if (!source) return;
  if (chosenStep.peek() >= 0) {
    void plane.keep({ ...source, path: without(source.path, chosenStep.peek()) });
    chooseStep(Math.min(chosenStep.peek(), source.path.length - 2));
  } else removePoint(chosenPoint.peek());
}

/** @param {number} index */
export function removePoint(index) {
  const source = plane.source.peek();
  if (!source || source.points.length < 2) return;
  choosePoint(-1);
  void plane.keep(withoutPoint(source, index));
}

/** Begin to record, or keep what was recorded by keys. */
export function record() {
  if (trail.peek()) finish();
  else arm();
}

function letGo() {
  if (isArmed.peek()) disarm();
  else choosePoint(-1);
}

const open = () => plane.part.peek() !== null;
const held = () => open() && (chosenPoint.peek() >= 0 || chosenStep.peek() >= 0);
const onPath = () => open() && chosenStep.peek() >= 0;
const busy = () => open() && (held() || isArmed.peek());

/** @param {string} key @param {string} title @param {number} x @param {number} y @returns {Binding} */
const arrow = (key, title, x, y) => ({
  keys: `Arrow${key}, Shift+Arrow${key}`,
  title,
  group: GROUP,
  when: open,
  run: ({ shiftKey }) => nudge(x * (shiftKey ? FAR : STEP), y * (shiftKey ? FAR : STEP)),
});

/** @type {Binding[]} */
export const bindings = [
  { keys: "R", title: "Record the puck, keep what was recorded", group: GROUP, when: open, run: record },
  { keys: "P", title: "Hear the path", group: GROUP, when: open, run: togglePath },
  { keys: "Enter", title: "Hear the place under the puck", group: GROUP, when: open, run: togglePuck },
  {
    keys: "T",
    title: "Take hold of points, of the path",
    group: GROUP,
    when: open,
    run: () => remember("plane/mode", mode() === "path" ? "points" : "path"),
  },
  { keys: "[", title: "Point or step before", group: GROUP, when: open, run: () => choose(-1) },
  { keys: "]", title: "Next point or step", group: GROUP, when: open, run: () => choose(1) },
  arrow("Left", "What is chosen, or the puck, to the left by 1 % (Shift: 10)", -1, 0),
  arrow("Right", "… to the right", 1, 0),
  arrow("Up", "… up", 0, 1),
  arrow("Down", "… down", 0, -1),
  {
    keys: "Alt+ArrowLeft",
    title: "The step earlier by 0.05 s",
    group: GROUP,
    when: onPath,
    run: () => delay(-MOMENT_SECONDS),
  },
  { keys: "Alt+ArrowRight", title: "… later", group: GROUP, when: onPath, run: () => delay(MOMENT_SECONDS) },
  { keys: "Insert", title: "A step half way to the next", group: GROUP, when: onPath, run: insert },
  { keys: "+", title: "The point's zone wider", group: GROUP, when: held, run: () => widen(WIDER) },
  { keys: "-", title: "… closer", group: GROUP, when: held, run: () => widen(1 / WIDER) },
  { keys: "N", title: "A new point by chance", group: GROUP, when: open, run: () => void addRandom() },
  { keys: "G", title: "Catch what was heard last as a point", group: GROUP, when: open, run: () => void addCaught() },
  { keys: "Delete, Backspace", title: "Take the point or step away", group: GROUP, when: held, run: remove },
  { keys: "Escape", title: "Let go; do not record", group: GROUP, when: busy, run: letGo },
];
