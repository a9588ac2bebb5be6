/**
 * What hands made, kept: the active part gets another source where it is of that kind, else there is a new part.
 */
import { createPart, putSource } from "../core/actions.js";
import * as audio from "../core/audio.js";
import { activePart, doc, transport } from "../core/store.js";
import { codesSource, draftPath, draftTarget, followSource } from "./settings.js";

/** @import {FollowSource, Loudness, Source, View} from "../core/types.js" */
/** @import {CodePath} from "../geometry/codepath.js" */

export const LEVEL_DB = -20; // of what is made anew
export const LONGEST_SECONDS = 600;
const MOST_POINTS = 20_000;

/**
 * Keep a path; where it made a part, or `heard` is set, it is played from its beginning.
 * @param {CodePath} path
 * @param {{name?: string, loudness?: Loudness, heard?: boolean}} [how]
 */
export async function keepPath(path, { name = "Path", loudness, heard } = {}) {
  const before = codesSource.peek();
  draftPath.value = path;
  const source = /** @type {Source} */ ({
    kind: "codes",
    path: path.points.slice(0, MOST_POINTS),
    loudness: loudness ?? before?.loudness ?? LEVEL_DB,
    seconds: Math.min(path.seconds, LONGEST_SECONDS),
  });
  const view = await keep(source, before !== null, name);
  if (draftPath.peek() === path) draftPath.value = null;
  if (view && (heard || !before)) playPart(view.part.id, path.seconds);
  return view;
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
  if (view && draftTarget.peek() === source) draftTarget.value = null;
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

/** The gesture is over and nothing came of it. */
export function giveUp() {
  const part = activePart.peek();
  draftPath.value = null;
  draftTarget.value = null;
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
  const parts = known ? held.parts.map((part) => (part.id === view.part.id ? view.part : part)) : [...others, view.part];
  doc.value = { ...held, parts, active: view.part.id };
}
