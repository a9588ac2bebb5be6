/**
 * What the sound of a part that follows does against its target: asked for when its result is new, and again
 * when the server says that it has been measured.
 */
import { signal } from "@preact/signals";
import { packet } from "../core/http.js";
import { link } from "../core/link.js";

/** @import {Packet} from "../core/types.js" */

/** @typedef {{fingerprint: string | null, packet: Packet | null, error: string | null}} Achieved */

/** @type {Map<string, import("@preact/signals").Signal<Achieved>>} */
const known = new Map();

/** @param {string} part */
function entry(part) {
  const found =
    known.get(part) ?? signal(/** @type {Achieved} */ ({ fingerprint: null, packet: null, error: null }));
  known.set(part, found);
  return found;
}

/**
 * What was measured of a part, of this or of an earlier recipe: compare its fingerprint.
 * @param {string} part
 */
export const achievedOf = (part) => entry(part);

/**
 * Ask for what was measured of a part as it is now.
 * @param {string} part
 */
export async function askAchieved(part) {
  const held = entry(part);
  try {
    const answer = await packet(`/api/parts/${part}/achieved`);
    if (answer.header.ready)
      held.value = { fingerprint: answer.header.fingerprint, packet: answer, error: null };
  } catch (error) {
    held.value = { ...held.peek(), error: error instanceof Error ? error.message : String(error) };
  }
}

link.on("achieved", ({ part, error = null }) => {
  if (!known.has(part)) return;
  if (error) entry(part).value = { ...entry(part).peek(), error };
  else void askAchieved(part);
});
