/**
 * What hands made, kept: the active part gets another source where it is of that kind, else there is a new part.
 */
import { createPart, putSource } from "../core/actions.js";
import * as audio from "../core/audio.js";
import { link } from "../core/link.js";
import { activePart, doc, transport } from "../core/store.js";
import { codesSource, draftLoudness, draftPath, draftTarget, followSource } from "./settings.js";

/** @import {CodesSource, FollowSource, Loudness, Source, View} from "../core/types.js" */
/** @import {CodePath} from "../geometry/codepath.js" */

export const LEVEL_DB = -20; // of what is made anew
export const LONGEST_SECONDS = 600;
const MOST_POINTS = 20_000;

/** What could not be kept and is still shown: once more, when there is a connection again. */
let unkept = () => {};
link.on("open", () => {
  const again = unkept;
  unkept = () => {};
  again();
});

/**
 * Keep a path; where it made a part, or `heard` is set, it is played from its beginning.
 * @param {CodePath} path
 * @param {{name?: string, loudness?: Loudness, heard?: boolean, anew?: boolean}} [how]  anew: as a part of its own
 */
export async function keepPath(path, { name = "Path", loudness, heard, anew } = {}) {
  const before = anew ? null : codesSource.peek();
  draftPath.value = path;
  draftLoudness.value = loudness ?? null;
  const view = await keep(sourceOf(path, loudness ?? before?.loudness), before !== null, name);
  if (!view) unkept = () => draftPath.peek() === path && void keepPath(path, { name, loudness, heard, anew });
  else if (draftPath.peek() === path) draftPath.value = draftLoudness.value = null;
  if (view && (heard || !before)) playPart(view.part.id, path.seconds);
  return view;
}

/**
 * Let what a hand makes of the path be heard, where its part plays.
 * @param {CodePath} path
 * @param {Loudness} [loudness]
 */
export function tryPath(path, loudness) {
  draftPath.value = path;
  draftLoudness.value = loudness ?? null;
  const [part, before] = [activePart.peek(), codesSource.peek()];
  if (part && before && isHeard(part.id)) {
    audio.preview(part.id, { source: sourceOf(path, loudness ?? before.loudness) });
  }
}

/**
 * @param {CodePath} path
 * @param {Loudness} [loudness]
 * @returns {CodesSource}
 */
function sourceOf({ points, seconds }, loudness = LEVEL_DB) {
  return {
    kind: "codes",
    path: points.slice(0, MOST_POINTS),
    loudness,
    seconds: Math.min(seconds, LONGEST_SECONDS),
  };
}

/**
 * Keep a target; where it made a part, that is played.
 * @param {FollowSource} source
 */
export async function keepTarget(source) {
  const before = followSource.peek();
  draftTarget.value = source;
  const name = source.aims.map((aim) => aim.descriptor).join(" and ");
  const view = await keep(source, before !== null, `Follows ${name}`);
  if (!view) unkept = () => draftTarget.peek() === source && void keepTarget(source);
  else if (draftTarget.peek() === source) draftTarget.value = null;
  if (view && !before) playPart(view.part.id, source.seconds ?? 8);
  return view;
}

/**
 * Let what a hand makes of the target be heard, where its part plays.
 * @param {FollowSource} source
 */
export function tryTarget(source) {
  draftTarget.value = source;
  const part = activePart.peek();
  if (part && followSource.peek() && isHeard(part.id)) audio.preview(part.id, { source });
}

/** What was being made was for a part, or a state of it, that is no longer there. */
export function dropDrafts() {
  draftPath.value = draftLoudness.value = null;
  draftTarget.value = null;
}

/** The gesture is over and nothing came of it. */
export function giveUp() {
  const part = activePart.peek();
  dropDrafts();
  if (part && isHeard(part.id)) audio.endPreview();
}

/** @param {string} part */
function isHeard(part) {
  const { playing, what } = transport.peek();
  return playing && what?.kind === "part" && what.part === part;
}

/**
 * @param {string} part
 * @param {number} seconds
 */
function playPart(part, seconds) {
  audio.play({ kind: "part", part, version: "live" }, { from: 0, loop: [0, seconds] });
}

/**
 * @param {Source} source
 * @param {boolean} replaces
 * @param {string} name  of a part that is made
 */
async function keep(source, replaces, name) {
  const part = activePart.peek();
  const view = part && replaces ? await putSource(part.id, source) : await createPart(source, name);
  if (view) show(view);
  return view;
}

/** Until the server's document comes, the part as its answer says. @param {View} view */
function show(view) {
  const held = doc.peek();
  if (!held) return;
  const others = held.parts.filter((part) => part.id !== view.part.id);
  const known = others.length < held.parts.length;
  const parts = known
    ? held.parts.map((part) => (part.id === view.part.id ? view.part : part))
    : [...others, view.part];
  doc.value = { ...held, parts, active: view.part.id };
}
