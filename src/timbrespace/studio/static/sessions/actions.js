/**
 * What can be done with sessions. Nothing here loses anything: what is put away can be put back, and whatever
 * opens another session leaves the one before as it is and offers the way back to it.
 */
import { signal } from "@preact/signals-core";
import { tried } from "../core/actions.js";
import * as api from "../core/api.js";
import { stop } from "../core/audio.js";
import { keepNow } from "../core/memory.js";
import { notify } from "../core/notices.js";
import { doc } from "../core/state.js";
import { refresh } from "../core/sync.js";

/** @import {Listed} from "../core/types.js" */

/** A session file on its way in. @type {import("@preact/signals-core").Signal<{name: string, share: number} | null>} */
export const bringing = signal(null);

/** @param {Promise<any>} asked  something that opens another session */
async function entered(asked) {
  const done = await tried(asked);
  if (done) await refresh();
  return done !== null;
}

/** Leave the open session: what sounds is stopped, and the view of it is kept. */
async function leave() {
  stop();
  await keepNow();
  return doc.peek();
}

/** @param {{id: string, name: string} | null} before */
function wayBack(before) {
  return before ? { label: `Back to ${short(before.name)}`, run: () => void open(before.id) } : undefined;
}

/** @param {string} name */
const short = (name) => (name.length > 24 ? `${name.slice(0, 23)}…` : name);

/** A new, empty session. */
export async function begin() {
  const before = await leave();
  if (await entered(api.newSession())) notify("A new session.", { action: wayBack(before) });
}

/** @param {string} id */
export async function open(id) {
  const before = await leave();
  return (await entered(api.openSession(id))) && before?.id !== id;
}

/**
 * A copy, sounds and all; the session that is open stays open.
 * @param {string} id
 */
export async function duplicate(id) {
  await keepNow();
  const copy = await tried(api.duplicateSession(id));
  if (!copy) return;
  notify(`The copy is “${short(copy.name)}”.`, { action: { label: "Open it", run: () => void open(copy.id) } });
}

/**
 * @param {string} id
 * @param {string} name
 */
export async function rename(id, name) {
  await tried(id === doc.peek()?.id ? api.changeSession({ name }) : api.renameSession(id, name));
}

/**
 * Put a session away; the open one gives way to the one before it, or to a new one.
 * @param {string} id
 * @param {string} name
 */
export async function putAway(id, name) {
  if (id === doc.peek()?.id && !(await giveWay(id))) return;
  if (!(await tried(api.removeSession(id)))) return;
  notify(`“${short(name)}” is put away.`, { action: { label: "Put back", run: () => void putBack(id) } });
}

/** Open another session in the place of this. @param {string} id */
async function giveWay(id) {
  await leave();
  const all = await tried(api.listSessions());
  const next = all?.find((/** @type {Listed} */ each) => each.id !== id && !each.problem);
  return all !== null && entered(next ? api.openSession(next.id) : api.newSession());
}

/** @param {string} id */
async function putBack(id) {
  if (await tried(api.restoreSession(id))) await open(id);
}

/** Save the open session as one file. */
export async function carry() {
  await keepNow();
  Object.assign(document.createElement("a"), { href: api.addresses.session, download: "" }).click();
}

/**
 * Open a session file that was saved before, here or elsewhere.
 * @param {File} file
 */
export async function bring(file) {
  if (bringing.peek()) return notify("One session file at a time; the other is still on its way.", { kind: "error" });
  bringing.value = { name: file.name, share: 0 };
  const made = await tried(api.importSession(file, (share) => (bringing.value = { name: file.name, share })));
  bringing.value = null;
  if (!made) return undefined;
  const before = await leave();
  if (await entered(api.openSession(made.id))) {
    notify(`“${short(made.name)}” is a session of its own now.`, { action: wayBack(before) });
  }
  return undefined;
}
