/**
 * The editor by keys alone: dimensions, handles, nudging, copying, zoom.
 */
import { notify } from "../core/notices.js";
import { activePart, transport } from "../core/store.js";
import { begunAt, endedAt } from "../geometry/stretch.js";
import { panTime, showStretch, timeAxis, zoomTime, zoomValues } from "./axes.js";
import { hasPicturedSource } from "./backdrop.js";
import { copyHere, eraseHere, pasteHere, resetHere } from "./copying.js";
import { stepDimension } from "./dimensions.js";
import * as draft from "./draft.js";
import { addHandle, frozen, handles, removeHandle } from "./grips.js";
import { nudge } from "./nudging.js";
import { roll } from "./rolling.js";
import { select, selection, showSelected } from "./selecting.js";
import {
  backdrop,
  chooseBackdrop,
  chooseScope,
  chooseTool,
  chosenHandle,
  frameCount,
  rate,
  scope,
} from "./state.js";
import { stepBack, stepForward } from "./toolbar.js";

/** @import {Binding} from "../core/keys.js" */

/** The frame at the playhead, or in the middle of what is in sight. */
function frameHere() {
  const { from, to } = timeAxis();
  const { what, seconds } = transport.peek();
  const mine =
    what?.kind === "part" && what.part === activePart.peek()?.id && seconds >= from && seconds <= to;
  return Math.round((mine ? seconds : (from + to) / 2) * rate.peek());
}

/** Go to the next handle, or the one before. @param {1 | -1} step */
function stepHandle(step) {
  draft.settle();
  const found = handles.peek();
  if (!found.length) return notify("Handles are there with Bend and Line: Q or W.");
  const at = chosenHandle.peek();
  const from = at ?? frameHere();
  const index =
    step > 0 ? found.findIndex((frame) => frame > from) : found.findLastIndex((frame) => frame < from);
  const frame = found[index] ?? at ?? found[step > 0 ? found.length - 1 : 0];
  chosenHandle.value = frame;
  const { from: left, to: right } = timeAxis();
  const seconds = frame / rate.peek();
  if (seconds < left || seconds > right)
    showStretch(seconds - (right - left) / 2, seconds + (right - left) / 2);
  return undefined;
}

/** Delete: the chosen handle, else what is drawn. */
function remove() {
  const at = chosenHandle.peek();
  if (at === null) eraseHere();
  else removeHandle(at);
}

/** Escape: the nudge, then the handle, then the selection. */
function letGo() {
  if (draft.isMoving()) {
    draft.drop();
    frozen.value = null;
  } else if (chosenHandle.peek() !== null) chosenHandle.value = null;
  else if (selection.peek()) select(null);
}

function nextBackdrop() {
  const all = /** @type {const} */ (["none", "source", "result"]);
  const open = all.filter((each) => each !== "source" || hasPicturedSource(activePart.peek()));
  chooseBackdrop(open[(open.indexOf(backdrop.peek()) + 1) % open.length]);
}

const GROUP = "Latent editor";

/**
 * @param {string} keys
 * @param {string} title
 * @param {(event: KeyboardEvent) => void} run
 * @returns {Binding}
 */
const key = (keys, title, run) => ({ keys, title, group: GROUP, run });

/** @returns {Binding[]} */
export const editorKeys = () => [
  key("Q", "Bend", () => chooseTool("bend")),
  key("W", "Line", () => chooseTool("line")),
  key("E", "Draw", () => chooseTool("draw")),
  key("ArrowUp", "Dimension above", () => stepDimension(-1)),
  key("ArrowDown", "Dimension below", () => stepDimension(1)),
  key("ArrowLeft", "Handle before", () => stepHandle(-1)),
  key("ArrowRight", "Handle after", () => stepHandle(1)),
  key("Alt+ArrowUp", "Nudge the handle up; with Shift tenfold", () => nudge(0, 1)),
  key("Alt+ArrowDown", "Nudge the handle down", () => nudge(0, -1)),
  key("Alt+ArrowLeft", "Nudge the handle a frame earlier", () => nudge(-1, 0)),
  key("Alt+ArrowRight", "Nudge the handle a frame later", () => nudge(1, 0)),
  ...[
    ["ArrowUp", 0, 10],
    ["ArrowDown", 0, -10],
    ["ArrowLeft", -10, 0],
    ["ArrowRight", 10, 0],
  ].map(([name, frames, steps]) => ({
    keys: `Alt+Shift+${name}`,
    title: "",
    run: () => nudge(Number(frames), Number(steps)),
  })),
  key("Insert, H", "A handle at the playhead", () => addHandle(frameHere())),
  key("Delete, Backspace", "Take the handle away; without one, erase", remove),
  key("Ctrl+Delete, Ctrl+Backspace", "Reset to the source", resetHere),
  key("Ctrl+C", "Copy the active curve", () => copyHere("active")),
  key("Ctrl+Shift+C", "Copy all curves", () => copyHere("all")),
  key("Ctrl+V", "Paste", () => void pasteHere()),
  key("Ctrl+Shift+V", "Paste, stretched to fit", () => void pasteHere({ fit: true })),
  key("Ctrl+A", "Select all frames", () => select([0, frameCount.peek()])),
  key("I", "Select from the playhead on", () => select(begunAt(selection.peek(), frameHere(), frameCount.peek()))),
  key("O", "Select up to the playhead", () => select(endedAt(selection.peek(), frameHere()))),
  key("Escape", "Let go: nudge, handle, selection", letGo),
  key("T", "Act on the active dimension, or all", () =>
    chooseScope(scope.peek() === "all" ? "active" : "all"),
  ),
  key("R", "Roll the random edit again", () => roll(1)),
  key("Shift+R", "The roll before", () => roll(-1)),
  key("S", "What is behind the curves", nextBackdrop),
  key("+, =", "Zoom in in time", () => zoomTime(1, frameHere() / rate.peek())),
  key("-", "Zoom out in time", () => zoomTime(-1, frameHere() / rate.peek())),
  key("Alt+PageUp", "Zoom in in value", () => zoomValues("latents", 1)),
  key("Alt+PageDown", "Zoom out in value", () => zoomValues("latents", -1)),
  key("PageUp", "Earlier", () => panTime(-1)),
  key("PageDown", "Later", () => panTime(1)),
  key("F", "Show what is selected, or all", showSelected),
  key("Ctrl+Z", "Undo", stepBack),
  key("Ctrl+Shift+Z, Ctrl+Y", "Redo", stepForward),
];
