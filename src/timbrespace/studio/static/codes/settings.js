/**
 * What the room shows and how hands act in it: small choices that the session remembers, and what is under
 * the hand just now.
 */
import { computed, signal } from "@preact/signals";
import { activeModel, activePart, remember, remembered } from "../core/store.js";
import { mapOf } from "./data.js";

/** @import {CodesSource, Descriptor, FollowSource, Loudness} from "../core/types.js" */
/** @import {CodePath} from "../geometry/codepath.js" */

/**
 * A choice under a name; reading its `value` in a component follows it.
 * @template {string | number | boolean} T
 * @param {string} name
 * @param {T} otherwise
 */
function choice(name, otherwise) {
  const key = `codes/${name}`;
  return {
    get value() {
      return remembered(key, otherwise);
    },
    set value(value) {
      remember(key, value);
    },
  };
}

/** The descriptor that colours the map. @type {{value: Descriptor}} */
export const colourBy = choice("colour", /** @type {Descriptor} */ ("centroid"));

/** The name of the layout. @type {{value: string}} */
export const layoutName = choice("layout", /** @type {string} */ ("axes"));

/** Whether points are larger where more of the data falls on them. @type {{value: boolean}} */
export const isSized = choice("sized", /** @type {boolean} */ (true));

/** Whether what the pointer is over sounds. @type {{value: boolean}} */
export const hearsHover = choice("hover", /** @type {boolean} */ (true));

/** What dragging on the map does. @type {{value: "paint" | "move"}} */
export const tool = choice("tool", /** @type {"paint" | "move"} */ ("paint"));

/** Whether a new stroke goes on where the path ends. @type {{value: boolean}} */
export const appends = choice("append", /** @type {boolean} */ (false));

/** What dragging on a curve does. @type {{value: "draw" | "points"}} */
export const curveTool = choice("curve", /** @type {"draw" | "points"} */ ("draw"));

/** Whether a pitch keeps to semitones. @type {{value: boolean}} */
export const snaps = choice("semitones", /** @type {boolean} */ (false));

/** How long Enter holds a sound, seconds. */
export const KEY_HOLD_SECONDS = 0.25;

/**
 * What the right half is about; it goes with the active part until told otherwise.
 * @type {import("@preact/signals").Signal<"path" | "target">}
 */
export const side = signal("path");

/** The row under the pointer, −1 for none. */
export const hovered = signal(-1);

/** The row that keys go on from, −1 for none. */
export const chosen = signal(-1);

/**
 * Rows that a bin of the histogram holds, lit up on the map.
 * @type {import("@preact/signals").Signal<[number, number] | null>}
 */
export const lit = signal(null);

/** What the hand is painting or retiming now. @type {import("@preact/signals").Signal<CodePath | null>} */
export const draftPath = signal(null);

/**
 * The loudness of the path that the hand is dialling or drawing now.
 * @type {import("@preact/signals").Signal<Loudness | null>}
 */
export const draftLoudness = signal(null);

/** What the hand is making of the target now. @type {import("@preact/signals").Signal<FollowSource | null>} */
export const draftTarget = signal(null);

/** The map of the active model, or null while it comes. */
export const soundMap = computed(() => {
  const model = activeModel.value;
  return model ? mapOf(model.name).value.map : null;
});

/**
 * The source of the active part where it is a path.
 * @type {import("@preact/signals").ReadonlySignal<CodesSource | null>}
 */
export const codesSource = computed(() => {
  const source = activePart.value?.source;
  return source?.kind === "codes" ? source : null;
});

/**
 * The source of the active part where it follows.
 * @type {import("@preact/signals").ReadonlySignal<FollowSource | null>}
 */
export const followSource = computed(() => {
  const source = activePart.value?.source;
  return source?.kind === "follow" ? source : null;
});

/**
 * The path as it is seen: under the hand, or kept.
 * @type {import("@preact/signals").ReadonlySignal<CodePath | null>}
 */
export const path = computed(() => {
  const kept = codesSource.value;
  return draftPath.value ?? (kept ? { points: kept.path, seconds: kept.seconds ?? 8 } : null);
});
