/**
 * Keys by their names: "Space", "Ctrl+Shift+Z", "?", "ArrowUp"; several as "Delete, Backspace". Ctrl is also Cmd.
 */

const SHIFTED = /^[^a-z0-9 ]$/i; // keys that need Shift on some keyboards: "?" is "?" wherever it lies

/** @typedef {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">} Pressed */

/**
 * Whether an event is this key.
 * @param {Pressed} event
 * @param {string} keys
 */
export function matches(event, keys) {
  return keys.split(", ").some((each) => matchesOne(event, each));
}

/** @param {Pressed} event @param {string} keys */
function matchesOne(event, keys) {
  const names = keys.split("+");
  const name = names.pop() || "+";
  const key = name === "Space" ? " " : name;
  if (event.key.toLowerCase() !== key.toLowerCase()) return false;
  if (names.includes("Ctrl") !== (event.ctrlKey || event.metaKey)) return false;
  if (names.includes("Alt") !== event.altKey) return false;
  return SHIFTED.test(key) || names.includes("Shift") === event.shiftKey;
}
