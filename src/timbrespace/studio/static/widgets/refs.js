/**
 * Sounds and parts as things to choose from and to drag: a menu of them, rows that can be taken hold of, places
 * that they can be let go on. A ref is the id of either.
 */
import { html } from "htm/preact";
import { doc, nameOf, soundOf, viewOf } from "../core/store.js";
import { Menu } from "./menu.js";

/** @import {What} from "../core/types.js" */

const TYPE = "application/x-timbrespace-ref";

/** @typedef {{ref: string, name: string, kind: "sound" | "part"}} Choice */

/** @param {string} ref */
export const isPart = (ref) => ref.startsWith("p");

/**
 * What a recipe of this part may be made of: all sounds, and the other parts of its model.
 * @param {{model: string, id?: string}} part
 * @returns {Choice[]}
 */
export function choicesFor({ model, id }) {
  const { sounds = [], parts = [] } = doc.value ?? {};
  const others = parts.filter((part) => part.id !== id && part.model === model);
  return [
    ...sounds.map((sound) => ({ ref: sound.id, name: sound.name, kind: /** @type {"sound"} */ ("sound") })),
    ...others.map((part) => ({ ref: part.id, name: part.name, kind: /** @type {"part"} */ ("part") })),
  ];
}

/**
 * How long a sound or part lasts, seconds; 0 until it is known.
 * @param {string} ref
 */
export function secondsOf(ref) {
  if (!isPart(ref)) {
    const sound = soundOf(ref);
    return sound ? sound.frames / sound.sample_rate : 0;
  }
  const view = viewOf(ref).value;
  return view ? view.frames / view.frame_rate_hz : 0;
}

/**
 * The sound or part alone, to be played.
 * @param {string} ref
 * @returns {What}
 */
export const whatOf = (ref) =>
  isPart(ref) ? { kind: "part", part: ref, version: "live" } : { kind: "sound", sound: ref };

/**
 * Attributes of a row that can be dragged.
 * @param {string} ref
 */
export const dragged = (ref) => ({
  draggable: true,
  onDragStart(/** @type {DragEvent} */ event) {
    event.dataTransfer?.setData(TYPE, ref);
    event.dataTransfer?.setData("text/plain", nameOf(ref));
  },
});

/**
 * Attributes of a place that takes what is dragged; it has the class "over" meanwhile.
 * @param {(ref: string, event: DragEvent) => void} take
 */
export const takes = (take) => ({
  onDragOver(/** @type {DragEvent} */ event) {
    if (!event.dataTransfer?.types.includes(TYPE)) return;
    event.preventDefault();
    /** @type {Element} */ (event.currentTarget).classList.add("over");
  },
  onDragLeave(/** @type {DragEvent} */ event) {
    /** @type {Element} */ (event.currentTarget).classList.remove("over");
  },
  onDrop(/** @type {DragEvent} */ event) {
    /** @type {Element} */ (event.currentTarget).classList.remove("over");
    const ref = event.dataTransfer?.getData(TYPE);
    if (!ref) return;
    event.preventDefault();
    event.stopPropagation();
    take(ref, event);
  },
});

/**
 * A menu of what there is to choose.
 * @param {{label: string, choices: Choice[], value?: string | null, choose: (ref: string) => void,
 *   text?: any, button?: Record<string, any>, up?: boolean, right?: boolean}} props
 */
export function RefMenu({ label, choices, value, choose, text, button = {}, up, right }) {
  const firstPart = choices.findIndex((choice) => choice.kind === "part");
  const items = choices.map(({ ref, name, kind }, n) => ({
    text: name,
    hint: kind,
    checked: value === undefined ? undefined : ref === value,
    apart: n > 0 && n === firstPart,
    run: () => choose(ref),
  }));
  const none = [{ text: "Nothing yet: bring sounds into the tray", disabled: true, run: () => {} }];
  return html`<${Menu}
    label=${label}
    button=${{ label, tip: label, ...button }}
    items=${items.length ? items : none}
    up=${up}
    right=${right}
    >${text}<//
  >`;
}
