/**
 * What the page wants remembered in the session (room, dimension, views, learnt controllers): small values by
 * name in `Document.page`. Rooms: `remembered("editor/grid", true)` and `remember("editor/grid", false)`.
 *
 * A page goes on with what was chosen in it, whatever another page chooses; controllers are all pages' own.
 */
import { batch, signal } from "@preact/signals-core";
import { changeSession, report } from "./api.js";
import { link } from "./link.js";
import { doc } from "./state.js";

/** @import {Changes} from "./types.js" */

const SETTLED_MS = 600;
const OF_ALL = "midi/"; // what begins so is the same for all pages

/**
 * What was chosen here: it counts before the document.
 * @type {import("@preact/signals-core").Signal<Record<string, any>>}
 */
const fresh = signal({});
let waiting = 0;
/** Names of what is to be kept yet. @type {Set<string>} */
const unkept = new Set();

/**
 * Keep a value under a name; null forgets it.
 * @param {string} key
 * @param {string | number | boolean | null} value
 */
export function remember(key, value) {
  if (remembered(key, null) === value) return;
  fresh.value = { ...fresh.peek(), [key]: value };
  unkept.add(key);
  clearTimeout(waiting);
  waiting = window.setTimeout(keep, SETTLED_MS);
}

/**
 * The value kept under a name; reading it in a component follows it.
 * @template {string | number | boolean | null} T
 * @param {string} key
 * @param {T} otherwise
 * @returns {T}
 */
export function remembered(key, otherwise) {
  const value = key in fresh.value ? fresh.value[key] : doc.value?.page[key];
  return value ?? otherwise;
}

/**
 * All that is kept under names that begin so, by the rest of its name; reading it follows it.
 * @param {string} beginning
 * @returns {Record<string, any>}
 */
export function rememberedUnder(beginning) {
  const kept = Object.entries({ ...doc.value?.page, ...fresh.value });
  const found = kept.filter(([key, value]) => key.startsWith(beginning) && value !== null);
  return Object.fromEntries(found.map(([key, value]) => [key.slice(beginning.length), value]));
}

/** Keep what is not kept yet, and no more: the rest may be newer by another page. */
async function keep() {
  if (!link.isOpen() || !unkept.size) return; // kept when the connection is back
  const mine = fresh.peek();
  const page = Object.fromEntries([...unkept].map((key) => [key, mine[key]]));
  unkept.clear();
  try {
    settle(Object.keys(page), await changeSession({ page }));
  } catch (error) {
    for (const key of Object.keys(page)) if (key in fresh.peek()) unkept.add(key);
    report(error);
  }
}

/** From now on the session's word counts for what is of all pages. @param {string[]} keys @param {Changes} session */
function settle(keys, session) {
  const held = doc.peek();
  if (held?.id !== session.id) return;
  const common = new Set(keys.filter((key) => key.startsWith(OF_ALL) && !unkept.has(key)));
  batch(() => {
    if (session.revision > held.revision) doc.value = { ...held, page: session.page };
    fresh.value = Object.fromEntries(Object.entries(fresh.peek()).filter(([key]) => !common.has(key)));
  });
}

/** Keep at once what waits to be kept. */
export function keepNow() {
  clearTimeout(waiting);
  return keep();
}

/** Forget what was meant for another session. */
export function forgetFresh() {
  clearTimeout(waiting);
  fresh.value = {};
  unkept.clear();
}

link.on("open", keepNow);
