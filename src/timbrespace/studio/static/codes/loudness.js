/**
 * How loud a path or a followed target is: one level, or a curve that is drawn below.
 */
import { html } from "htm/preact";
import { Curve } from "./curve.js";
import { curveTool } from "./settings.js";

/** @import {LevelPoint, Loudness} from "../core/types.js" */
/** @import {TargetPoint} from "../geometry/targets.js" */

const RANGE = { from: -60, to: 0 };
const LEVEL_DB = -20;

/** Whether it is drawn. @param {Loudness} loudness @returns {loudness is LevelPoint[]} */
export const isDrawn = (loudness) => Array.isArray(loudness);

/**
 * The other way of saying it: a level as a curve, or a curve's middle as a level.
 * @param {Loudness} loudness
 * @param {number} seconds
 * @returns {Loudness}
 */
export function otherwise(loudness, seconds) {
  if (!isDrawn(loudness)) return [0, seconds].map((time) => ({ seconds: time, db: loudness }));
  const levels = loudness.map(({ db }) => db).sort((a, b) => a - b);
  return levels[levels.length >> 1] ?? LEVEL_DB;
}

/**
 * The lane for a drawn loudness; nothing where it is one level.
 * @param {{loudness: Loudness, seconds: number, part: string | null, change: (loudness: Loudness) => void,
 *   keep: (loudness: Loudness) => void, cancel: () => void}} props
 */
export function LoudnessLane({ loudness, seconds, part, change, keep, cancel }) {
  if (!isDrawn(loudness)) return null;
  const points = loudness.map(({ seconds: time, db }) => ({ seconds: time, value: db }));
  const levels = (/** @type {TargetPoint[]} */ made) =>
    made.map((point) => ({ seconds: point.seconds, db: point.value }));
  return html`<div class="codes-lane">
    <span class="caption">Loudness</span>
    <${Curve} points=${points} seconds=${seconds} range=${RANGE} unit="db" label="Loudness" picture="loudness"
      tool=${curveTool.value}
      part=${part} words=${(/** @type {number} */ value) => `${value.toFixed(1)} dBFS`} cancel=${cancel}
      change=${(/** @type {TargetPoint[]} */ made) => change(levels(made))}
      keep=${(/** @type {TargetPoint[]} */ made) => keep(levels(made))} />
  </div>`;
}
