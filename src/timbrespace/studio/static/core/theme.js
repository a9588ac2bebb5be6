/**
 * Light and dark: as the system has it until the musician chooses. Canvases read their colours from `palette`,
 * which are the custom properties of tokens.css as they are now. Where the system forces its own colours, canvases
 * keep theirs, the dark or the light ones, whichever is nearer to the system's.
 */
import { signal } from "@preact/signals-core";

const KEY = "timbrespace/theme"; // of this browser, not of the session
const NAMES = /** @type {const} */ ([
  "ground", "panel", "raised", "well", "line", "grid", "text", "muted", "faint",
  "accent", "accent-soft", "second", "second-soft", "danger", "good", "range",
]); // prettier-ignore
const system = matchMedia("(prefers-color-scheme: dark)");
const forced = matchMedia("(forced-colors: active)");

/** @typedef {Record<(typeof NAMES)[number], string> & {dark: boolean}} Palette */

/**
 * What was chosen; "system" follows the system.
 * @type {import("@preact/signals-core").Signal<"dark" | "light" | "system">}
 */
const theme = signal(/** @type {any} */ (stored() ?? "system"));

/** The colours as they are shown now. @type {import("@preact/signals-core").Signal<Palette>} */
export const palette = signal(readPalette());

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // a browser that keeps nothing
  }
}

/** @returns {Palette} */
function readPalette() {
  const bySystem = forced.matches || theme.peek() === "system";
  const isDark = bySystem ? system.matches : theme.peek() === "dark";
  const probe = document.documentElement.appendChild(document.createElement("i")); // resolves light-dark()
  // where motion is reduced everything has a transition of a moment, in which a colour is still the one before
  probe.style.cssText = `transition:none;forced-color-adjust:none;color-scheme:${isDark ? "dark" : "light"}`;
  const colours = NAMES.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return /** @type {Palette} */ ({ ...Object.fromEntries(colours), dark: isDark });
}

function apply() {
  if (theme.value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
  palette.value = readPalette();
}

/** Go over from dark to light, or back. */
export function switchTheme() {
  theme.value = palette.peek().dark ? "light" : "dark";
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {
    // it holds until the page is closed
  }
  apply();
}

apply();
for (const each of [system, forced]) each.addEventListener("change", apply);
