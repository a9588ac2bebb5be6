/**
 * Values of descriptors in words, for labels and tips.
 */
import { note } from "../geometry/targets.js";

/** @import {Descriptor} from "../core/types.js" */
/** @import {SoundMap} from "./data.js" */

/** What one hears of each. @type {Record<Descriptor, string>} */
export const HEARD = {
  centroid: "brightness",
  bandwidth: "spread",
  rolloff: "upper edge",
  flatness: "noisiness",
  f0: "pitch",
};

/**
 * With its unit; a pitch with its note.
 * @param {Descriptor} name
 * @param {number} value
 */
export function worded(name, value) {
  if (isNaN(value)) return "none";
  if (name === "flatness") return small(value);
  const hertz = `${value >= 1000 ? Math.round(value) : value.toPrecision(3)} Hz`;
  return name === "f0" ? `${hertz}, ${note(value)}` : hertz;
}

/** Without the note. @param {Descriptor} name @param {number} value */
export function brief(name, value) {
  return worded(name, value).split(",")[0];
}

/** A small number without a row of noughts. @param {number} value */
function small(value) {
  if (value >= 0.001) return String(Number(value.toPrecision(2)));
  const [digits, power] = value.toExponential(1).split("e-");
  return `${digits} × 10⁻${[...power].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("")}`;
}

/** What the sounds of a map are called. @param {SoundMap | null} map @param {number} [count] */
export function called(map, count = 2) {
  if (count === 1) return map?.codes === false ? "sound" : "code";
  return map?.codes === false ? "sounds" : "codes";
}

/**
 * A sound in a line: which it is, and what it is like.
 * @param {SoundMap} map
 * @param {number} row
 */
export function describedRow(map, row) {
  const parts = /** @type {Descriptor[]} */ (Object.keys(map.columns)).map(
    (name) => `${name} ${worded(name, map.columns[name][row])}`,
  );
  return `${called(map, 1)} ${row}: ${parts.join(", ")}`;
}
