/**
 * Curves that are ahead of the server: what a hand is drawing now, and what it drew until the server's series
 * has it. A draft is shown at once; it goes when the series that was asked for has come, or was refused.
 */
import { effect, signal } from "@preact/signals-core";
import * as audio from "../core/audio.js";
import { commit } from "../core/actions.js";
import { seriesOf, viewOf } from "../core/store.js";

/** @import {Dimension, Edit} from "../core/types.js" */
/**
 * @typedef {object} Draft
 * @property {string} part
 * @property {number} frames
 * @property {Map<Dimension, Float32Array>} rows  whole ones, of the dimensions that it changes
 */

const MOST_HEARD = 30_000; // numbers in an edit that is sent while the hand moves
const SETTLED_MS = 450; // after the last key, until what it did is kept

/** What the hand does now. @type {import("@preact/signals-core").Signal<Draft | null>} */
const moving = signal(null);

/** What was let go of and has not come back, oldest first. @type {import("@preact/signals-core").Signal<Draft[]>} */
const waiting = signal([]);

/** How many commits of a part are under way. @type {Map<string, number>} */
const underWay = new Map();

/** What keys or a wheel did last: kept once they rest. @type {{part: string, edit: Edit, timer: number} | null} */
let soon = null;

/**
 * All that is ahead of the server's series of a part, or null.
 * @param {string} part
 * @returns {Omit<Draft, "part"> | null}
 */
export function draftOf(part) {
  const held = [...waiting.value, moving.value].filter((draft) => draft?.part === part);
  if (!held.length) return null;
  const rows = new Map();
  for (const draft of held) draft?.rows.forEach((row, dimension) => rows.set(dimension, row));
  return { frames: held[held.length - 1]?.frames ?? 0, rows };
}

/** Whether a hand is at it. */
export const isMoving = () => moving.peek() !== null;

/**
 * Show what a hand does, and let it be heard.
 * @param {Draft} draft
 * @param {Edit | null} edit  null: it is heard already
 */
export function show(draft, edit) {
  moving.value = draft;
  if (!edit) return;
  const numbers = edit.op === "draw" ? edit.values.length * edit.values[0].length : 0;
  if (numbers <= MOST_HEARD) audio.preview(draft.part, { edit });
}

/** The hand gave up: as it was. */
export function drop() {
  clearTimeout(soon?.timer);
  soon = null;
  if (!moving.peek()) return;
  moving.value = null;
  audio.endPreview();
}

/**
 * The hand let go: keep the edit, and show what it did until the server's series has it.
 * @param {string} part
 * @param {Edit} edit
 */
export async function keep(part, edit) {
  const mine = moving.peek();
  if (mine) waiting.value = [...waiting.peek(), mine];
  moving.value = null;
  underWay.set(part, (underWay.get(part) ?? 0) + 1);
  const view = await commit(part, edit);
  underWay.set(part, (underWay.get(part) ?? 1) - 1);
  if (!view) waiting.value = waiting.peek().filter((draft) => draft !== mine);
  else if (waiting.peek().includes(/** @type {Draft} */ (mine))) untilItCame(part);
  return view;
}

/**
 * Keep what is shown when no more of it comes for a moment, so that many presses of a key are one edit.
 * @param {string} part
 * @param {Edit} edit
 */
export function keepSoon(part, edit) {
  clearTimeout(soon?.timer);
  soon = { part, edit, timer: window.setTimeout(settle, SETTLED_MS) };
}

/** Keep at once what is waiting to be; whoever begins something else calls this first, so that nothing is lost. */
export function settle() {
  if (!soon) return;
  const { part, edit, timer } = soon;
  clearTimeout(timer);
  soon = null;
  void keep(part, edit);
}

addEventListener("pagehide", settle);

/**
 * Take the drafts of a part away once its series is what the server last said it is.
 * @param {string} part
 */
function untilItCame(part) {
  const [view, series] = [viewOf(part), seriesOf(part)];
  let end = () => {};
  let over = false;
  end = effect(() => {
    const same = view.value?.fingerprint === series.value?.fingerprint;
    if (over || !same || underWay.get(part)) return;
    over = true;
    waiting.value = waiting.peek().filter((draft) => draft.part !== part);
    queueMicrotask(() => end());
  });
}
