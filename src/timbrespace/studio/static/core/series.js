/**
 * What the server says of each part: its view, its latent series, its rendering; each a signal by part id.
 * A series is fetched when somebody asks for it first, and again when the part's fingerprint changes.
 */
import { signal } from "@preact/signals-core";
import * as api from "./api.js";
import { link } from "./link.js";
import { partOf } from "./state.js";

/** @import {Packet, Part, RenderState, Series, View} from "./types.js" */

/**
 * @typedef {object} Entry
 * @property {import("@preact/signals-core").Signal<View | null>} view
 * @property {import("@preact/signals-core").Signal<Series | null>} series
 * @property {import("@preact/signals-core").Signal<RenderState>} render
 * @property {boolean} viewWanted
 * @property {boolean} seriesWanted
 * @property {string} recipe  as it was when last asked for
 * @property {Promise<void> | null} asking
 * @property {boolean} again
 */

/** @type {Map<string, Entry>} */
const entries = new Map();

/** @param {string} id @returns {Entry} */
function entry(id) {
  const found = entries.get(id);
  if (found) return found;
  const made = /** @type {Entry} */ ({
    view: signal(null),
    series: signal(null),
    render: signal({ share: 0, error: null, fingerprint: null }),
    viewWanted: false,
    seriesWanted: false,
    recipe: "",
    asking: null,
    again: false,
  });
  entries.set(id, made);
  return made;
}

/**
 * The part's view: frames, what can be undone, fingerprint.
 * @param {string} id
 */
export function viewOf(id) {
  const held = entry(id);
  if (!held.viewWanted) {
    held.viewWanted = true;
    ask(id);
  }
  return held.view;
}

/**
 * The part's latent series as it is now and as its source gave it; null until it has come.
 * @param {string} id
 */
export function seriesOf(id) {
  const held = entry(id);
  if (!held.seriesWanted) {
    held.seriesWanted = true;
    ask(id);
  }
  return held.series;
}

/**
 * How far the part's rendering is: share 1 is done; fingerprint: of what is (being) rendered.
 * @param {string} id
 */
export function renderOf(id) {
  return entry(id).render;
}

/**
 * Take in a view that a change was answered with; fetches the series where the fingerprint is another.
 * @param {View} view
 */
export function takeView(view) {
  const held = entry(view.part.id);
  held.view.value = view;
  held.recipe = recipe(view.part);
  if (held.seriesWanted && held.series.peek()?.fingerprint !== view.fingerprint) ask(view.part.id);
}

/** After the document changed: ask anew for every part whose recipe is another. */
export function followDocument() {
  for (const [id, held] of entries) {
    const part = partOf(id);
    if (part && (held.viewWanted || held.seriesWanted) && recipe(part) !== held.recipe) ask(id);
  }
}

/** Another session: nothing that was known holds. */
export function forgetParts() {
  entries.clear();
}

/** @param {Part} part */
function recipe(part) {
  return JSON.stringify([part.model, part.model_id, part.cursor, part.edits, part.seed, part.source, part.name]);
}

/** @param {string} id */
function ask(id) {
  const held = entry(id);
  if (held.asking) {
    held.again = true;
    return;
  }
  const part = partOf(id);
  if (part) held.recipe = recipe(part);
  held.asking = fetchBoth(id, held)
    .catch((error) => {
      held.render.value = { ...held.render.peek(), error: error.message };
      held.recipe = ""; // asked again with the next document: what it needs may be there by then
    })
    .finally(() => {
      held.asking = null;
      if (held.again) {
        held.again = false;
        ask(id);
      }
    });
}

/** @param {string} id @param {Entry} held */
async function fetchBoth(id, held) {
  const packet = held.seriesWanted ? api.series(id) : null;
  packet?.catch(() => {}); // where there is none, the view says why
  const view = await api.part(id);
  held.view.value = view;
  if (view.problem) throw new Error(view.problem);
  if (packet) held.series.value = toSeries(await packet);
}

/** @param {Packet} packet @returns {Series} */
function toSeries({ header, arrays }) {
  const values = (/** @type {string} */ name) => /** @type {Float32Array} */ (arrays[name].values);
  return {
    z: values("z"),
    loudness_db: values("loudness_db"),
    source_z: values("source_z"),
    source_loudness_db: values("source_loudness_db"),
    codes: arrays.codes ? /** @type {Int32Array} */ (arrays.codes.values) : null,
    frames: arrays.z.shape[0],
    dimensions: arrays.z.shape[1],
    source_frames: arrays.source_z.shape[0],
    frame_rate_hz: header.frame_rate_hz,
    fingerprint: header.fingerprint,
  };
}

link.on("render", ({ part, fingerprint = null, share = 0, error = null }) => {
  const held = entry(part);
  const shown = held.series.peek()?.fingerprint ?? held.view.peek()?.fingerprint;
  held.render.value = { share, error, fingerprint };
  if (fingerprint && shown && fingerprint !== shown && (held.viewWanted || held.seriesWanted)) ask(part);
});
