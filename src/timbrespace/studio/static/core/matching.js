/**
 * How loud the versions of a part are, so that A, B and C are heard equally loud: asked for after each rendering.
 */
import { effect, signal } from "@preact/signals-core";
import * as api from "./api.js";
import { renderOf } from "./series.js";

/** @typedef {"live" | "result" | "previous" | "source"} Version */
/**
 * @typedef {{source: number | null, previous: number | null, result: number | null}} Loudness  LUFS; null: there
 *   is none
 */

const QUIETER_DB = -60; // the most that the server takes
const LOUDER_DB = 30;

/** @type {Map<string, import("@preact/signals-core").Signal<Loudness>>} */
const known = new Map();

/**
 * The loudness of a part's versions, kept up with its renderings.
 * @param {string} id
 */
export function loudnessOf(id) {
  const found = known.get(id);
  if (found) return found;
  const made = signal(/** @type {Loudness} */ ({ source: null, previous: null, result: null }));
  known.set(id, made);
  const render = renderOf(id);
  effect(() => {
    if (render.value.share >= 1) void ask(id, made);
  });
  return made;
}

/** @param {string} id @param {import("@preact/signals-core").Signal<Loudness>} into */
async function ask(id, into) {
  try {
    const { source, previous, result } = await api.renders(id);
    into.value = {
      source: source?.loudness_lufs ?? null,
      previous: previous?.loudness_lufs ?? null,
      result: result?.loudness_lufs ?? null,
    };
  } catch {
    // the part is gone, or the connection is: it is heard as it is
  }
}

/**
 * What makes a version as loud as the result, dB.
 * @param {string} id
 * @param {Version} version
 */
export function gainFor(id, version) {
  if (version === "live" || version === "result") return 0;
  const { result, [version]: own } = loudnessOf(id).peek();
  return result === null || own === null ? 0 : Math.min(LOUDER_DB, Math.max(QUIETER_DB, result - own));
}
