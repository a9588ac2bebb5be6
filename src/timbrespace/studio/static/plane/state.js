/**
 * What the plane room is about: the active part where it is a walk over a plane, the puck, what is chosen.
 */
import { batch, computed, effect, signal } from "@preact/signals-core";
import * as audio from "../core/audio.js";
import { loopOf } from "../core/lengths.js";
import { link } from "../core/link.js";
import { transport } from "../core/state.js";
import { remembered } from "../core/store.js";
import { sourceInHand } from "../core/trying.js";
import { inside, placeAt, weights } from "../geometry/plane.js";
import { huesOf, zoneOf } from "../geometry/points.js";
import { outerPlace, OWN_MS } from "../live/dials.js";

/** @import {PathPoint, PlanePoint, PlaneSource} from "../core/types.js" */
/** @import {Place} from "../geometry/plane.js" */

export const plane = sourceInHand("plane");

/** The number of the point, and of the step of the path, that keys act on; −1: none. */
export const chosenPoint = signal(-1);
export const chosenStep = signal(-1);

/** Where the hand has the puck. @type {import("@preact/signals-core").Signal<Place>} */
export const puck = signal({ x: 0.5, y: 0.5 });

/** "points": they are moved and their zones drawn; "path": its steps are. @returns {"points" | "path"} */
export const mode = () => /** @type {"points" | "path"} */ (remembered("plane/mode", "points"));

/** The seconds of the path that are played, else null. */
export const playedSeconds = computed(() => {
  const { playing, what, seconds } = transport.value;
  return playing && what?.kind === "part" && what.part === plane.part.value?.id ? seconds : null;
});

/** Whether the place under the puck is heard. */
export const isPuckHeard = computed(() => {
  const { playing, what } = transport.value;
  return playing && what?.kind === "plane" && what.part === plane.part.value?.id;
});

/** Where the sound is: on the path while that is played, else at the puck. */
export const shownPlace = computed(() => {
  const source = plane.source.value;
  return source && playedSeconds.value !== null ? placeAt(source.path, playedSeconds.value) : puck.value;
});

export const zones = computed(() => (plane.source.value?.points ?? []).map(zoneOf));

/** The colour of every point, degrees. */
export const hues = computed(() => huesOf(plane.source.value?.points ?? []));

/** How much every point counts where the sound is. */
export const shares = computed(() =>
  zones.value.length ? weights(shownPlace.value, zones.value) : new Float64Array(0),
);

/** @param {Partial<PlaneSource>} fields */
export function change(fields) {
  const source = plane.source.peek();
  if (source) void plane.keep({ ...source, ...fields });
}

/** @param {PathPoint[]} path */
export const changePath = (path) => change({ path });

let placed = -OWN_MS; // when this page's hand moved the puck last

/** Put the puck somewhere and hear that place; what was played gives way to it. @param {Place} wanted */
export function hearPlace(wanted) {
  const part = plane.part.peek();
  const place = inside(wanted);
  puck.value = place;
  placed = performance.now();
  if (!part) return;
  if (isPuckHeard.peek()) return audio.place(place.x, place.y);
  const what = /** @type {const} */ ({ kind: "plane", part: part.id, ...place });
  if (transport.peek().playing) audio.setWhat(what);
  else audio.play(what);
}

/** Hear the place under the puck, or be silent. */
export function togglePuck() {
  if (isPuckHeard.peek()) audio.stop();
  else hearPlace(puck.peek());
}

/** Hear the path, or be silent. */
export function togglePath() {
  const part = plane.part.peek();
  if (!part) return;
  if (playedSeconds.peek() !== null) audio.stop();
  else audio.play({ kind: "part", part: part.id, version: "live" }, { loop: loopOf(part) });
}

/** @param {number} index */
export function choosePoint(index) {
  batch(() => {
    chosenPoint.value = index;
    chosenStep.value = -1;
  });
}

/** @param {number} index */
export function chooseStep(index) {
  batch(() => {
    chosenStep.value = index;
    chosenPoint.value = -1;
  });
}

/** The chosen point, or null. @returns {PlanePoint | null} */
export const heldPoint = () => plane.source.value?.points[chosenPoint.value] ?? null;

// While the sounds were being read the hand went on: what begins to sound is where the puck is by now.
link.on("playing", ({ what }) => {
  const { x, y } = puck.peek();
  if (what?.kind === "plane" && what.part === plane.part.peek()?.id && (what.x !== x || what.y !== y))
    audio.place(x, y);
});

// OSC and controllers move the puck, too; what this page's hand did comes back from the server a little later.
effect(() => {
  const place = outerPlace.value;
  if (place && isPuckHeard.peek() && performance.now() - placed >= OWN_MS) puck.value = inside(place);
});
