/**
 * Changes of parts and sounds as hands make them: sent, taken in, and reported where they fail.
 * Each answers what the server made of it, or null where it was refused (the musician has been told).
 */
import * as api from "./api.js";
import { endPreview } from "./audio.js";
import { remember } from "./memory.js";
import { notify } from "./notices.js";
import { takeView } from "./series.js";
import { tied } from "./ties.js";
import { activeModel, activePart, chosenModel, doc, hasModel, partOf, selectedSound, timeView } from "./state.js";

/** @import {Edit, Source, View} from "./types.js" */

/**
 * @template T
 * @param {Promise<T>} asked
 * @returns {Promise<T | null>}
 */
export async function tried(asked) {
  try {
    return await asked;
  } catch (error) {
    api.report(error);
    return null;
  }
}

/** @param {Promise<View>} asked */
async function viewed(asked) {
  const view = await tried(asked);
  if (view) takeView(view);
  return view;
}

/**
 * Keep an edit; what was previewed of it gives way to it without a click.
 * @param {string} part
 * @param {Edit} edit
 */
export async function commit(part, edit) {
  const view = await viewed(api.edit(part, edit));
  endPreview();
  return view;
}

/** @param {string} part @param {Source} source */
export async function putSource(part, source) {
  const view = await viewed(api.putSource(part, source));
  endPreview();
  return view;
}

/** @param {string} part @param {Parameters<typeof api.changePart>[1]} change */
export const changePart = (part, change) => viewed(api.changePart(part, change));

/** Take back the last edit of the active part. */
export const undo = () => stepped(api.undo);

/** Make the edit again that was taken back last. */
export const redo = () => stepped(api.redo);

/** @param {(id: string) => Promise<View>} step */
async function stepped(step) {
  const part = activePart.peek();
  return part ? viewed(step(part.id)) : null;
}

/**
 * Make a part and show it. Without a model there is none, and a message says so.
 * @param {Source} source
 * @param {string} [name]
 */
export async function createPart(source, name) {
  const model = activeModel.peek();
  if (!model) {
    notify("There is no model to play it. Start the studio with one: timbrespace studio MODEL.timbre", {
      kind: "error",
    });
    return null;
  }
  const view = await viewed(api.createPart({ model: model.name, source, ...(name ? { name } : {}) }));
  if (view) await activate(view.part.id);
  return view;
}

/**
 * A part of a sound of the tray, or of its selection.
 * @param {string} id
 */
export function partFromSound(id) {
  const sound = doc.peek()?.sounds.find((each) => each.id === id);
  if (!sound) return Promise.resolve(null);
  const [start, end] = sound.selection ?? [0, null];
  return createPart({ kind: "sound", sound: id, start, end }, sound.name);
}

/**
 * Show a part in the rooms and the transport.
 * @param {string} id
 */
export async function activate(id) {
  timeView.value = null;
  const held = doc.peek();
  if (held && held.active !== id && partOf(id)) doc.value = { ...held, active: id };
  await tried(api.changeSession({ active: id }));
}

/** @param {string} id */
export async function removePart(id) {
  const name = partOf(id)?.name ?? "The part";
  if (!(await tried(api.removePart(id)))) return;
  notify(`${name} is out of the session.`, {
    action: { label: "Put back", run: () => void tried(api.restorePart(id)) },
  });
}

/** @param {string} id */
export async function duplicatePart(id) {
  const view = await viewed(api.duplicatePart(id));
  if (view) await activate(view.part.id);
}

/** @param {string} id */
export async function removeSound(id) {
  const name = doc.peek()?.sounds.find((each) => each.id === id)?.name ?? "The sound";
  if (!(await tried(api.removeSound(id).then(() => true)))) return;
  notify(`${name} is out of the tray.`, {
    action: { label: "Put back", run: () => void tried(api.restoreSound(id)) },
  });
}

/** @param {string} id */
export function selectSound(id) {
  selectedSound.value = id;
  remember("sound", id);
}

/**
 * The model for the active part, and for what is made next. Of parts that are made of one another all change, or
 * none; that is asked.
 * @param {string} name
 */
export async function chooseModel(name) {
  chosenModel.value = name;
  remember("model", name);
  const part = activePart.peek();
  if (!part || (part.model === name && hasModel(part))) return;
  const { parts = [], removed_parts: aside = [] } = doc.peek() ?? {};
  const all = tied(part.id, [...parts, ...aside]); // by one that was taken out, too
  const others = parts.filter(({ id }) => all.has(id)).length - 1;
  if (!others) return void (await changePart(part.id, { model: name, together: true }));
  const which = `${others} other ${others === 1 ? "part is" : "parts are"}`;
  notify(`${which} made of ${part.name}, or ${part.name} of them: they have one model.`, {
    action: { label: "Change all", run: () => void changePart(part.id, { model: name, together: true }) },
  });
}
