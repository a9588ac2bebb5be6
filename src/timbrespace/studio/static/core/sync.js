/**
 * Brings the server's state into the page: at the start, after every change, and when the connection is back.
 */
import { batch, effect, untracked } from "@preact/signals-core";
import * as api from "./api.js";
import { link } from "./link.js";
import { forgetFresh, remember, remembered } from "./memory.js";
import { followDocument, forgetParts } from "./series.js";
import * as held from "./state.js";

/** @import {Changes, Document, Range, State} from "./types.js" */

/** @type {Promise<void> | null} */
let asking = null;
/** @type {"" | "changes" | "everything"} */
let wanted = "";

/** Fetch the state; what is asked for while a fetch is under way becomes one more after it. */
export function refresh() {
  wanted = "everything";
  return ask();
}

/** Fetch what is another in the session than what is known of it. */
function follow() {
  wanted ||= "changes";
  return ask();
}

function ask() {
  asking ??= fetchAll().finally(() => (asking = null));
  return asking;
}

async function fetchAll() {
  try {
    while (wanted) {
      const before = wanted === "changes" ? held.doc.peek() : null;
      wanted = "";
      const after = before && filled(before, await api.changes(before.id, before.revision));
      if (after) takeDocument(after);
      else take(await api.state());
    }
  } catch (error) {
    wanted = "";
    if (held.doc.peek() === null) held.failure.value = error instanceof Error ? error.message : String(error);
  }
}

/**
 * The document that changes make of one that is known; null where they are of another.
 * @param {Document} before @param {Changes} changes
 * @returns {Document | null}
 */
function filled(before, changes) {
  if (changes.id !== before.id) return null;
  const sounds = new Map([...before.sounds, ...before.removed_sounds].map((each) => [each.id, each]));
  const parts = new Map([...before.parts, ...before.removed_parts].map((each) => [each.id, each]));
  return {
    ...changes,
    sounds: whole(changes.sounds, sounds),
    removed_sounds: whole(changes.removed_sounds, sounds),
    parts: whole(changes.parts, parts),
    removed_parts: whole(changes.removed_parts, parts),
  };
}

/**
 * @template T
 * @param {(T | string)[]} list @param {Map<string, T>} known
 * @returns {T[]}
 */
const whole = (list, known) =>
  list.map((each) => (typeof each === "string" ? /** @type {T} */ (known.get(each)) : each));

/** @param {Document} document */
function takeDocument(document) {
  held.doc.value = document;
  followDocument();
}

/** @param {State} state */
function take(state) {
  const before = held.doc.peek();
  const other = before?.id !== state.session.id;
  batch(() => {
    if (other && before) {
      forgetFresh();
      forgetParts();
      held.selectedSound.value = null;
      held.timeView.value = null;
      held.transport.value = { playing: false, waiting: false, what: null, seconds: 0, loop: null };
    }
    held.failure.value = null;
    held.version.value = state.version;
    held.models.value = state.models;
    held.unsaved.value = state.problem;
    held.hasLibrary.value = state.library;
    held.doc.value = state.session;
    if (other) restoreView();
  });
  followDocument();
}

/** What was in view when the session was last open. */
function restoreView() {
  held.room.value = remembered("room", "editor");
  held.chosenModel.value = remembered("model", /** @type {string | null} */ (null));
  const dimension = remembered("dimension", /** @type {number | string} */ (0));
  held.activeDimension.value = dimension === "loudness" ? "loudness" : Number(dimension);
  held.timeView.value = rangeOf(remembered("view", ""));
  const sound = remembered("sound", "");
  const sounds = held.doc.peek()?.sounds ?? [];
  held.selectedSound.value = sounds.some((each) => each.id === sound) ? sound : (sounds[0]?.id ?? null);
}

/** A stretch of time from its words, seconds: "1.5 4". @param {string} words @returns {Range | null} */
function rangeOf(words) {
  const [from, to] = words.split(" ").map(Number);
  return to > from && from >= 0 ? { start: from, end: to } : null;
}

function keepView() {
  const view = held.timeView.value;
  const words = view && `${view.start.toFixed(4)} ${view.end.toFixed(4)}`;
  untracked(() => held.doc.peek() && remember("view", words));
}

/** Begin: ask for the state, and listen. */
export function start() {
  link.on("document", ({ revision }) => {
    if (revision !== held.doc.peek()?.revision) follow();
  });
  link.on("session", () => refresh());
  link.on("models", () => refresh());
  link.on("unsaved", ({ error }) => (held.unsaved.value = error));
  link.on("open", () => refresh());
  effect(keepView);
  link.open();
  refresh();
}
