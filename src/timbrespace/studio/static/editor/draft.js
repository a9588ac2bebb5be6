/**
 * Curves that are ahead of the server: what a hand is drawing now, and what it drew until the server's series
 * has it. A draft is shown at once; it goes when the series that was asked for has come, or was refused.
 */
import { effect, signal } from "@preact/signals-core";
import * as audio from "../core/audio.js";
import { commit, undo } from "../core/actions.js";
import { seriesOf, viewOf } from "../core/store.js";

/** @import {Dimension, Edit, View} from "../core/types.js" */
/**
 * @typedef {object} Draft
 * @property {string} part
 * @property {number} frames
 * @property {Map<Dimension, Float32Array>} rows  whole ones, of the dimensions that it changes
 */
/**
 * Told what the server makes of what was kept; null: it was dropped.
 * @typedef {(answer: Promise<View | null> | null) => void} Kept
 */

const MOST_HEARD = 30_000; // numbers in an edit that is sent while the hand moves
const SETTLED_MS = 450; // after the last key, until what it did is kept

/** What the hand does now. @type {import("@preact/signals-core").Signal<Draft | null>} */
const moving = signal(null);

/**
 * What was let go of and has not come back, oldest first.
 * @type {import("@preact/signals-core").Signal<Draft[]>}
 */
const waiting = signal([]);

/** How many commits of a part are under way. @type {Map<string, number>} */
const underWay = new Map();

/** Parts with a change under way that no draft shows. @type {Set<string>} */
const unseen = new Set();

/**
 * What keys or a wheel did last: kept once they rest.
 * @type {{part: string, edit: Edit, then: Kept, timer: number} | null}
 */
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

/**
 * Whether what is shown of a part is what it is: a hand that took hold of an older curve would put it back.
 * @param {string} part
 */
export function isCurrent(part) {
  const same = viewOf(part).peek()?.fingerprint === seriesOf(part).peek()?.fingerprint;
  return !unseen.has(part) && (same || waiting.peek().some((draft) => draft.part === part));
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
  const dropped = soon;
  clearTimeout(dropped?.timer);
  soon = null;
  dropped?.then(null);
  if (!moving.peek()) return;
  moving.value = null;
  audio.endPreview();
}

/**
 * The hand let go: keep the edit, and show what it did until the server's series has it.
 * @param {string} part
 * @param {Edit} edit
 */
export function keep(part, edit) {
  const mine = moving.peek();
  moving.value = null;
  return shownUntil(part, mine, () => commit(part, edit));
}

/**
 * Another edit in the place of the last one of the active part; what is shown stays until it is there.
 * @param {string} part
 * @param {Edit} edit
 * @param {{frames: number, rows: Map<Dimension, Float32Array>}} now
 */
export function keepInstead(part, edit, now) {
  return shownUntil(part, { part, ...now }, async () => (await undo()) && commit(part, edit));
}

/**
 * Show a draft while something is done to its part and its series comes.
 * @param {string} part
 * @param {Draft | null} mine
 * @param {() => ReturnType<typeof commit>} run
 */
async function shownUntil(part, mine, run) {
  if (mine) waiting.value = [...waiting.peek(), mine];
  else unseen.add(part);
  underWay.set(part, (underWay.get(part) ?? 0) + 1);
  const view = await run();
  underWay.set(part, (underWay.get(part) ?? 1) - 1);
  if (view) untilItCame(part);
  else {
    waiting.value = waiting.peek().filter((draft) => draft !== mine);
    if (!mine) unseen.delete(part);
  }
  return view;
}

/**
 * Keep what is shown when no more of it comes for a moment, so that many presses of a key are one edit.
 * @param {string} part
 * @param {Edit} edit
 * @param {Kept} [then]
 */
export function keepSoon(part, edit, then = () => {}) {
  clearTimeout(soon?.timer);
  soon = { part, edit, then, timer: window.setTimeout(settle, SETTLED_MS) };
}

/**
 * Keep at once what is waiting to be; whoever begins something else calls this first: nothing is lost.
 */
export function settle() {
  if (!soon) return;
  const { part, edit, then, timer } = soon;
  clearTimeout(timer);
  soon = null;
  then(keep(part, edit));
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
    unseen.delete(part);
    waiting.value = waiting.peek().filter((draft) => draft.part !== part);
    queueMicrotask(() => end());
  });
}
