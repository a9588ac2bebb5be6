/**
 * What the morph room is about: the active part where it is a morph, the tool in the hand, the point that is held.
 */
import { computed, signal } from "@preact/signals-core";
import { sourceInHand } from "../core/trying.js";
import { loopOf } from "../core/lengths.js";
import { remembered } from "../core/store.js";
import * as audio from "../core/audio.js";
import { transport } from "../core/state.js";
import { secondsOf } from "../widgets/refs.js";

/** @import {MorphPoint, MorphSource} from "../core/types.js" */

export const morph = sourceInHand("morph");

/** The number of the breakpoint that keys act on; −1: none. */
export const chosen = signal(-1);

/**
 * Where the pointer is over the curve.
 * @type {import("@preact/signals-core").Signal<{share: number, place: number} | null>}
 */
export const pointed = signal(null);

/** @typedef {"draw" | "points"} Tool */
export const tool = () => /** @type {Tool} */ (remembered("morph/tool", "draw"));

/** Whether the curve, as it is kept, goes beyond A or B. */
export const goesBeyond = computed(() => (morph.kept.value?.curve ?? []).some(({ place }) => place < 0 || place > 1));

/** Whether what lies beyond A and B is in sight and may be drawn in; does not change under a hand. */
export const isBeyond = computed(() => remembered("morph/beyond", false) || goesBeyond.value);

/** Seconds of what comes out, as it is kept; 0 until it is known. */
export const wholeSeconds = computed(() => {
  const source = morph.source.value;
  if (!source) return 0;
  const lengths = [secondsOf(source.a), secondsOf(source.b)];
  return source.align === "trim" ? Math.min(...lengths) : Math.max(...lengths);
});

/** Seconds that are played of the part when it is the one that plays, else null. */
export const playedSeconds = computed(() => {
  const { playing, what, seconds } = transport.value;
  return playing && what?.kind === "part" && what.part === morph.part.value?.id ? seconds : null;
});

/**
 * Another curve for the one there is, as a hand has it now.
 * @param {MorphPoint[]} curve
 * @returns {MorphSource | null}
 */
export function withCurve(curve) {
  const source = morph.source.peek();
  return source && { ...source, curve };
}

/** Keep the source with some of its fields changed. @param {Partial<MorphSource>} fields */
export function change(fields) {
  const source = morph.source.peek();
  if (source) void morph.keep({ ...source, ...fields });
}

/** Hear it from its start, round and round, or stop. */
export function toggleMorph() {
  const part = morph.part.peek();
  if (!part) return;
  if (playedSeconds.peek() !== null) return audio.stop();
  audio.play({ kind: "part", part: part.id, version: "live" }, { loop: loopOf(part) });
}
