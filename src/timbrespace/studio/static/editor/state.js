/**
 * What the latent editor shows and how hands act on it, as signals that its panes, lists and keys share.
 * Small choices are remembered in the session; handles put down by hand, and what hovers, are not.
 */
import { computed, signal } from "@preact/signals-core";
import {
  activeDimension,
  activeModel,
  activePart,
  remember,
  remembered,
  seriesOf,
  timeView,
} from "../core/store.js";
import { columnsOf, extent } from "./columns.js";
import { draftOf } from "./draft.js";

/** @import {Dimension, Range} from "../core/types.js" */
/** @import {Columns} from "./columns.js" */
/** @typedef {"bend" | "line" | "draw"} Tool */
/** @typedef {"none" | "source" | "result"} Backdrop */
/** @typedef {"latents" | "loudness"} PaneName */

const HEADROOM = 0.08; // of the values' range, free above and below
const QUIETEST_DB = -100;

/** What the hand does in a pane. */
export const tool = computed(() => /** @type {Tool} */ (remembered("editor/tool", "bend")));
/** @param {Tool} name */
export const chooseTool = (name) => remember("editor/tool", name);

/** The spectrogram behind the curves. */
export const backdrop = computed(() => /** @type {Backdrop} */ (remembered("editor/backdrop", "none")));
/** @param {Backdrop} name */
export const chooseBackdrop = (name) => remember("editor/backdrop", name);

/** What operators, erase, set and reset act on. */
export const scope = computed(() => /** @type {"active" | "all"} */ (remembered("editor/scope", "active")));
/** @param {"active" | "all"} name */
export const chooseScope = (name) => remember("editor/scope", name);

/**
 * The frame and dimension that the pointer is over.
 * @type {import("@preact/signals-core").Signal<{dimension: Dimension, frame: number} | null>}
 */
export const hovered = signal(null);

/**
 * The handle that keys act on, a frame of the active dimension.
 * @type {import("@preact/signals-core").Signal<number | null>}
 */
export const chosenHandle = signal(null);

/**
 * The range of values that was zoomed to, by pane; null: what the data needs.
 * @type {import("@preact/signals-core").Signal<Record<PaneName, [number, number] | null>>}
 */
export const valueViews = signal({ latents: null, loudness: null });

/**
 * Frames that keep a handle, by part and dimension.
 * @type {import("@preact/signals-core").Signal<Map<string, Set<number>>>}
 */
const pins = signal(new Map());

/** What the server last said of the active part. */
const series = computed(() => (activePart.value ? seriesOf(activePart.value.id).value : null));

/**
 * The curves as they are shown: the server's, and over them what a hand is doing.
 * @type {import("@preact/signals-core").ReadonlySignal<Columns | null>}
 */
export const shown = computed(() => {
  const held = series.value;
  if (!held || !activePart.value) return null;
  const now = columnsOf(held).now;
  const draft = draftOf(activePart.value.id);
  return draft ? { ...now, frames: draft.frames, rows: new Map([...now.rows, ...draft.rows]) } : now;
});

/** The curves as the source gave them. */
export const given = computed(() => (series.value ? columnsOf(series.value).source : null));

/** Frames a second; of what is shown, as the next ones are. */
export const rate = computed(() => shown.value?.rate ?? 1);

/** How many frames there are. */
export const frameCount = computed(() => shown.value?.frames ?? 0);

/** The length of the part, seconds. */
export const duration = computed(() => frameCount.value / rate.value);

/** @type {Map<Dimension, import("@preact/signals-core").ReadonlySignal<Float32Array | undefined>>} */
const rowSignals = new Map();

/**
 * One curve as it is shown; whoever reads it is not told of others.
 * @param {Dimension} dimension
 */
export function rowOf(dimension) {
  const found = rowSignals.get(dimension) ?? computed(() => shown.value?.rows.get(dimension));
  rowSignals.set(dimension, found);
  return found.value;
}

/** The stretch of time in sight, seconds. @type {import("@preact/signals-core").ReadonlySignal<Range>} */
export const inSight = computed(() => {
  const wanted = timeView.value ?? { start: 0, end: duration.value };
  const end = Math.min(wanted.end, duration.value);
  return end > wanted.start ? { start: wanted.start, end } : { start: 0, end: duration.value };
});

/** The dimension of z that is active, or was before loudness became so. */
export const activeLatent = computed(() => {
  const most = (activeModel.value?.latents ?? 1) - 1;
  const wanted =
    activeDimension.value === "loudness" ? remembered("editor/latent", 0) : activeDimension.value;
  return Math.min(Math.max(Number(wanted), 0), most);
});

/**
 * The dimension that hands act on, one that the model has.
 * @type {import("@preact/signals-core").ReadonlySignal<Dimension>}
 */
export const active = computed(() =>
  activeDimension.value === "loudness" ? "loudness" : activeLatent.value,
);

/**
 * Make a dimension the active one.
 * @param {Dimension} dimension
 */
export function activateDimension(dimension) {
  if (dimension === active.peek()) return;
  chosenHandle.value = null;
  activeDimension.value = dimension;
  remember("dimension", dimension);
  if (dimension !== "loudness") remember("editor/latent", dimension);
}

/** What the values of each pane need: the data's range and all that the part does. */
const needed = computed(() => {
  const model = activeModel.value;
  const columns = series.value ? columnsOf(series.value).now : null;
  const rows = columns ? [...columns.rows].filter(([name]) => name !== "loudness").map(([, row]) => row) : [];
  const data = (model?.dimensions ?? []).filter((each) => each.active);
  const reach = extent(rows) ?? [-3, 3];
  const low = Math.min(reach[0], ...data.map((each) => each.low));
  const high = Math.max(reach[1], ...data.map((each) => each.high));
  const [quietest] = extent([columns?.rows.get("loudness") ?? new Float32Array(0)]) ?? [0];
  return {
    latents: padded(low, high),
    loudness: padded(Math.max(QUIETEST_DB, Math.min(quietest, (model?.loudness.low ?? -60) - 20)), 0),
  };
});

/** @param {number} low @param {number} high @returns {[number, number]} */
function padded(low, high) {
  const free = (high - low || 1) * HEADROOM;
  return [low - free, high + free];
}

/**
 * The range of values that a pane shows.
 * @param {PaneName} pane
 * @returns {[number, number]}
 */
export const valuesOf = (pane) => valueViews.value[pane] ?? needed.value[pane];

/** @param {string} part @param {Dimension} dimension */
export const pinsOf = (part, dimension) => pins.value.get(`${part} ${dimension}`) ?? new Set();

/**
 * Frames whose handles stay whatever the curve does; they take the place of those before.
 * @param {string} part
 * @param {Dimension} dimension
 * @param {Iterable<number>} frames
 */
export function pin(part, dimension, frames) {
  pins.value = new Map(pins.peek()).set(`${part} ${dimension}`, new Set(frames));
}
