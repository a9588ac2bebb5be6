/**
 * What the page wants remembered in the session (room, dimension, views, learnt controllers): small values by
 * name in `Document.page`. Rooms: `remembered("editor/grid", true)` and `remember("editor/grid", false)`.
 */
import { signal } from "@preact/signals-core";
import { changeSession, report } from "./api.js";
import { link } from "./link.js";
import { doc } from "./state.js";

const SETTLED_MS = 600;

/**
 * What was changed here and is not in the document yet.
 * @type {import("@preact/signals-core").Signal<Record<string, any>>}
 */
const fresh = signal({});
let waiting = 0;
let unkept = false;

/**
 * Keep a value under a name; null forgets it.
 * @param {string} key
 * @param {string | number | boolean | null} value
 */
export function remember(key, value) {
  if (remembered(key, null) === value) return;
  fresh.value = { ...fresh.peek(), [key]: value };
  unkept = true;
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

async function keep() {
  const page = fresh.peek();
  if (!link.isOpen() || !unkept) return; // kept when the connection is back
  unkept = false;
  try {
    await changeSession({ page });
  } catch (error) {
    unkept = true;
    report(error);
  }
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
  unkept = false;
}

link.on("open", keepNow);
