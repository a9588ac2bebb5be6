/**
 * Colours for values, from low to high: cool, green, warm; lighter upwards in the dark, so that order is seen
 * without telling hues apart as well.
 */

const STOPS = {
  dark: [[84, 92, 176], [56, 128, 178], [64, 166, 160], [140, 190, 112], [222, 184, 84], [247, 150, 66], [255, 226, 190]],
  light: [[146, 158, 226], [76, 144, 200], [32, 138, 132], [82, 138, 52], [170, 124, 14], [190, 82, 12], [110, 32, 14]],
}; // prettier-ignore

/** How many colours there are. */
export const LEVELS = 48;

/** @type {Map<boolean, string[]>} */
const ramps = new Map();

/**
 * The colours from low to high, `LEVELS` of them.
 * @param {boolean} dark
 */
export function ramp(dark) {
  const found = ramps.get(dark);
  if (found) return found;
  const made = Array.from({ length: LEVELS }, (_, level) => colourAt(dark ? STOPS.dark : STOPS.light, level / (LEVELS - 1)));
  ramps.set(dark, made);
  return made;
}

/**
 * Which colour a share has.
 * @param {number} share  0…1
 */
export function levelOf(share) {
  return Math.min(LEVELS - 1, Math.max(0, Math.round(share * (LEVELS - 1))));
}

/** @param {number[][]} stops @param {number} share */
function colourAt(stops, share) {
  const place = share * (stops.length - 1);
  const at = Math.min(stops.length - 2, Math.floor(place));
  const parts = stops[at].map((from, n) => Math.round(from + (place - at) * (stops[at + 1][n] - from)));
  return `rgb(${parts.join(" ")})`;
}
