/**
 * Colours for values of a descriptor, from low to high: of the map "leaf" the part that is seen on the ground.
 */
import { mapColour } from "../geometry/colour.js";

/** How many colours there are: so few that points of one can be drawn at once. */
export const LEVELS = 48;

const SEEN = { dark: [0.26, 1], light: [0, 0.78] };

/** @type {Map<boolean, string[]>} */
const ramps = new Map();

/**
 * The colours from low to high, `LEVELS` of them.
 * @param {boolean} dark
 */
export function ramp(dark) {
  const found = ramps.get(dark);
  if (found) return found;
  const [from, to] = dark ? SEEN.dark : SEEN.light;
  const made = Array.from({ length: LEVELS }, (_, level) =>
    mapColour(from + ((to - from) * level) / (LEVELS - 1)),
  );
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
