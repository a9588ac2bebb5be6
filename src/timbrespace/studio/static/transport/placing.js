/**
 * Places and selections in a part, as the result's view and the rooms set them.
 */
import { changePart } from "../core/actions.js";
import { seek, setLoop } from "../core/audio.js";
import { frameRateOf, secondsOf } from "../core/lengths.js";
import { transport } from "../core/state.js";

/** @import {Part} from "../core/types.js" */

/** Whether this part sounds now. @param {Part} part */
function sounds(part) {
  const { playing, what } = transport.peek();
  return playing && what?.kind === "part" && what.part === part.id;
}

/**
 * Go to a place of the part: where it plays at once, else it is where playing will begin.
 * @param {Part} part
 * @param {number} seconds
 */
export function placeIn(part, seconds) {
  if (sounds(part)) return seek(seconds);
  transport.value = {
    playing: false,
    waiting: false,
    what: { kind: "part", part: part.id, version: "live" },
    seconds,
    loop: null,
  };
  return undefined;
}

/**
 * Keep a selection of the part; what plays in a loop keeps to it.
 * @param {Part} part
 * @param {[number, number] | null} range  seconds; null: none
 */
export function selectIn(part, range) {
  const rate = frameRateOf(part);
  const start = Math.round((range?.[0] ?? 0) * rate);
  const end = Math.max(start + 1, Math.round((range?.[1] ?? 0) * rate));
  if (sounds(part) && part.loop) setLoop(range ?? [0, secondsOf(part)]);
  void changePart(part.id, { selection: range ? [start, end] : null });
}
