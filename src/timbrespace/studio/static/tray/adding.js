/**
 * How sounds come into the tray: files that are chosen or dropped, recordings, and what a library holds.
 */
import { createPart, partFromSound, selectSound, tried } from "../core/actions.js";
import * as api from "../core/api.js";
import { isLong } from "../core/lengths.js";
import { link } from "../core/link.js";
import { notify } from "../core/notices.js";
import { activeModel, doc, uploads } from "../core/state.js";
import { bring } from "../sessions/actions.js";

const SENT = 0.6; // of the bar: the rest is decoding
const SERIES = /\.(npz|csv)$/i;
const SESSION = /\.zip$/i;
const FAILED_MS = 8000;
const EXTENSION = /\.[A-Za-z0-9]{1,5}$/;

let count = 0;
let running = false;
let beginning = false; // the first part is on its way
/** @type {(() => Promise<void>)[]} */
const waiting = [];

/**
 * Take files in: each as a sound, as a part where it holds a latent series (.npz, .csv), or as a session (.zip).
 * @param {Iterable<File>} files
 */
export function addFiles(files) {
  for (const file of files) {
    if (SESSION.test(file.name)) void bring(file);
    else if (SERIES.test(file.name)) void addSeries(file);
    else add(file, file.name, "upload");
  }
}

/**
 * Take in a sound.
 * @param {Blob} data @param {string} name @param {"upload" | "microphone" | "result"} origin
 */
export function add(data, name, origin) {
  const key = ++count;
  uploads.value = [...uploads.value, { key, name, share: 0, error: null }];
  waiting.push(() => upload(key, data, name, origin));
  void next();
}

/** One after the other, so that they lie in the tray as they were given: take 9 before take 10. */
async function next() {
  if (running) return;
  running = true;
  while (waiting.length) await waiting.shift()?.();
  running = false;
}

/** @param {number} key @param {Blob} data @param {string} name @param {"upload" | "microphone" | "result"} origin */
async function upload(key, data, name, origin) {
  try {
    if (!data.size) throw new api.ApiError(`${name} is empty: there is nothing in the file.`);
    const sound = await api.addSound(data, name, origin, (share) => progress(key, share * SENT));
    drop(key);
    await arrived(sound);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const recorded = origin !== "upload"; // it cannot be chosen once more
    const again = () => {
      drop(key);
      add(data, name, origin);
    };
    change(key, recorded ? { error: message, again } : { error: message });
    if (!recorded) setTimeout(() => drop(key), FAILED_MS);
    api.report(error);
  }
}

/**
 * The first sound of a session becomes a part at once, so that there is something to take hold of; one only where
 * several arrive together, and none of a long one, of which she chooses.
 * @param {import("../core/types.js").Sound} sound
 */
async function arrived(sound) {
  const { id, name } = sound;
  selectSound(id);
  const held = doc.peek();
  if (beginning || !held || held.parts.length || !activeModel.peek()) return;
  if (isLong(sound)) {
    notify(`${name} is longer than a part can be: select up to ten minutes of it, and press “Play with it”.`);
    return;
  }
  beginning = true;
  if (held.sounds.some((each) => each.id === id)) await partFromSound(id);
  else await createPart({ kind: "sound", sound: id });
  beginning = false;
}

/** @param {File} file */
async function addSeries(file) {
  const model = activeModel.peek();
  if (!model) return notify("A latent series needs a model; start the studio with one.", { kind: "error" });
  const view = await tried(api.importSeries(file, file.name.replace(EXTENSION, ""), model.name));
  if (view) await tried(api.changeSession({ active: view.part.id }));
  return undefined;
}

/** @param {string} id  of an item of the library */
export async function addFromLibrary(id) {
  const sound = await tried(api.takeFromLibrary(id));
  if (sound) await arrived(sound);
}

/** @param {number} key @param {Partial<import("../core/state.js").Upload>} fields */
function change(key, fields) {
  uploads.value = uploads.value.map((each) => (each.key === key ? { ...each, ...fields } : each));
}

/** @param {number} key @param {number} share */
const progress = (key, share) => change(key, { share });

/** @param {number} key */
export function drop(key) {
  uploads.value = uploads.value.filter((each) => each.key !== key);
}

link.on("sound", ({ name, share, note }) => {
  if (note) notify(`${name} is not whole: ${note}.`);
  const found = uploads.value.find((each) => each.name === name && !each.error);
  if (found) progress(found.key, SENT + (1 - SENT) * share);
});
