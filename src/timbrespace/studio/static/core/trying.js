/**
 * The source of a part under a hand: tried out while a gesture lasts, kept once at its end, or given up.
 * For rooms that make parts from a source of their own kind (morph, plane).
 *
 *   const morph = sourceInHand("morph");
 *   morph.tryOut({...morph.source.value, align: "loop"});  // heard and seen, not kept
 *   morph.keep();                                          // one step that can be undone
 */
import { computed, signal } from "@preact/signals-core";
import { putSource } from "./actions.js";
import * as audio from "./audio.js";
import { viewOf } from "./series.js";
import { activePart } from "./state.js";

/** @import {Source} from "./types.js" */

const SETTLED_MS = 300; // after the last of several keys, until they are kept as one step

/**
 * @template {Source["kind"]} K
 * @typedef {Extract<Source, {kind: K}>} OfKind
 */

/**
 * @template {Source["kind"]} K
 * @param {K} kind
 */
export function sourceInHand(kind) {
  /** @typedef {OfKind<K>} Own */
  /** @type {import("@preact/signals-core").Signal<{part: string, source: Own} | null>} */
  const trial = signal(null);
  let settling = 0;

  /** The active part where its source is of this kind. */
  const part = computed(() => (activePart.value?.source.kind === kind ? activePart.value : null));

  /** As it is kept: by the answer to the last change, which is here before the document is. */
  const kept = computed(() => {
    const held = part.value;
    const source = held && (viewOf(held.id).value?.part.source ?? held.source);
    return source?.kind === kind ? /** @type {Own} */ (source) : null;
  });

  /** As it is seen and heard now. */
  const source = computed(() => {
    const tried = trial.value;
    return tried && tried.part === part.value?.id ? tried.source : kept.value;
  });

  const isTried = computed(() => trial.value !== null); // a hand has it
  /** @param {Own} wanted */
  function tryOut(wanted) {
    const held = part.peek();
    if (!held) return;
    if (trial.peek() && trial.peek()?.part !== held.id) void keep(); // what keys did to another part
    trial.value = { part: held.id, source: wanted };
    audio.preview(held.id, { source: wanted });
  }

  /** Keep what is tried, or another source. @param {Own} [wanted] */
  async function keep(wanted) {
    clearTimeout(settling);
    const held = part.peek();
    if (wanted && held) trial.value = { part: held.id, source: wanted };
    const mine = trial.peek();
    if (!mine) return;
    await putSource(mine.part, mine.source);
    if (trial.peek() === mine) trial.value = null;
  }

  /** Try out, and keep once nothing more comes for a moment: for keys. @param {Own} wanted */
  function settle(wanted) {
    tryOut(wanted);
    clearTimeout(settling);
    settling = window.setTimeout(keep, SETTLED_MS);
  }

  /** Back to what is kept. */
  function giveUp() {
    clearTimeout(settling);
    if (!trial.peek()) return;
    trial.value = null;
    audio.endPreview();
  }

  return { part, kept, source, isTried, tryOut, keep, settle, giveUp };
}
