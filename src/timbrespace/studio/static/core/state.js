/**
 * What the page knows, as signals: a component or a surface that reads one is drawn anew when it changes.
 * The server holds the truth; `sync.js` brings it here. Nothing else writes `doc`.
 */
import { computed, signal } from "@preact/signals";

/** @import {Document, ModelInfo, Part, Range, Sound, Transport, Dimension} from "./types.js" */

/** The open session. @type {import("@preact/signals").Signal<Document | null>} */
export const doc = signal(null);

/** The models that the studio was started with. @type {import("@preact/signals").Signal<ModelInfo[]>} */
export const models = signal([]);

/** Whether there is anything to take from a library. */
export const hasLibrary = signal(false);

/** Of the server. */
export const version = signal("");

/** Why the page could not be filled, or null. @type {import("@preact/signals").Signal<string | null>} */
export const failure = signal(null);

/**
 * Why the last change could not be kept on the disk, or null.
 * @type {import("@preact/signals").Signal<string | null>}
 */
export const unsaved = signal(null);

/** The WebSocket. @type {import("@preact/signals").Signal<"connecting" | "open" | "lost">} */
export const connection = signal("connecting");

/** The id of the room that is shown. */
export const room = signal("editor");

/** The model for what is made next, by name. @type {import("@preact/signals").Signal<string | null>} */
export const chosenModel = signal(null);

/** The sound of the tray that is looked at, by id. @type {import("@preact/signals").Signal<string | null>} */
export const selectedSound = signal(null);

/** The dimension that hands and keys act on. @type {import("@preact/signals").Signal<Dimension>} */
export const activeDimension = signal(0);

/** What is played, and where it is. @type {import("@preact/signals").Signal<Transport>} */
export const transport = signal({ playing: false, waiting: false, what: null, seconds: 0, loop: null });

/** What leaves the loudspeaker, dBFS, over the last few milliseconds. */
export const level = signal(-100);

/**
 * The stretch of time that editor and result show, seconds; null: all.
 * @type {import("@preact/signals").Signal<Range | null>}
 */
export const timeView = signal(null);

/**
 * Files on their way into the tray. share: 0 to 1 of the sending, then of the decoding.
 * @typedef {{key: number, name: string, share: number, error: string | null,
 *   again?: () => void}} Upload  again: sends once more what is nowhere else
 */
/** @type {import("@preact/signals").Signal<Upload[]>} */
export const uploads = signal([]);

/**
 * The part that the rooms and the transport are about.
 * @type {import("@preact/signals").ReadonlySignal<Part | null>}
 */
export const activePart = computed(() => {
  const held = doc.value;
  return held?.parts.find((part) => part.id === held.active) ?? null;
});

/** The model of the active part, else the chosen one, else the first. */
export const activeModel = computed(
  () => modelOf(activePart.value?.model ?? chosenModel.value) ?? models.value[0] ?? null,
);

/**
 * The model of this name.
 * @param {string | null | undefined} name
 * @returns {ModelInfo | null}
 */
export function modelOf(name) {
  return models.value.find((model) => model.name === name) ?? null;
}

/**
 * Whether the model that a part was made with is open.
 * @param {Part} part
 */
export function hasModel(part) {
  const model = modelOf(part.model);
  return model !== null && (!part.model_id || part.model_id === model.model_id);
}

/**
 * The sound of this id, in the tray or removed from it.
 * @param {string | null} id
 * @returns {Sound | null}
 */
export function soundOf(id) {
  const held = doc.value;
  return [...(held?.sounds ?? []), ...(held?.removed_sounds ?? [])].find((sound) => sound.id === id) ?? null;
}

/**
 * The part of this id, removed or not.
 * @param {string | null} id
 * @returns {Part | null}
 */
export function partOf(id) {
  const held = doc.value;
  return [...(held?.parts ?? []), ...(held?.removed_parts ?? [])].find((part) => part.id === id) ?? null;
}

/**
 * The name of a sound or part, for labels.
 * @param {string} ref
 */
export function nameOf(ref) {
  return (soundOf(ref) ?? partOf(ref))?.name ?? "something removed";
}
