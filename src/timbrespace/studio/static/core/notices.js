/**
 * Short messages that come and go by themselves; `widgets/toast.js` shows them.
 */
import { signal } from "@preact/signals-core";

/**
 * @typedef {object} Notice
 * @property {number} key
 * @property {"info" | "error"} kind
 * @property {string} text
 * @property {{label: string, run: () => void}} [action]
 */

/** @type {import("@preact/signals-core").Signal<Notice[]>} */
export const notices = signal([]);

const SHOWN_MS = { info: 5000, error: 9000 };
const MOST = 4; // at a time
let count = 0;

/**
 * Tell the musician something.
 * @param {string} text
 * @param {{kind?: "info" | "error", action?: {label: string, run: () => void}}} [options]
 */
export function notify(text, { kind = "info", action } = {}) {
  const key = ++count;
  const others = notices.value.filter((each) => each.text !== text);
  notices.value = [...others, { key, kind, text, action }].slice(-MOST);
  setTimeout(() => dismiss(key), SHOWN_MS[kind]);
}

/**
 * Take a message away.
 * @param {number} key
 */
export function dismiss(key) {
  notices.value = notices.value.filter((each) => each.key !== key);
}
