/**
 * Shapes for the target with their bounds, its length, its level, and how much jumps count.
 */
import { html } from "htm/preact";
import { Button } from "../widgets/button.js";
import { Dial } from "../widgets/dial.js";
import { LevelDial } from "./leveldial.js";
import { giveUp, LONGEST_SECONDS } from "./making.js";
import * as state from "./targetstate.js";
import { SHAPES } from "../geometry/targets.js";
import { worded } from "./words.js";

/** @import {Shape} from "../geometry/targets.js" */
/** @import {SoundMap} from "./data.js" */

const SHAPE_TIPS = /** @type {Record<Shape, string>} */ ({
  sine: "Up and down between low and high, a period at a time",
  ramp: "Straight from low to high",
  exp: "From low to high by equal ratios, as pitch rises",
  steps: "Eight steps from low to high, by equal ratios",
});
const HOLDING =
  "Continuity: how much jumps count against nearness\n" +
  "0 is the nearest sound in every frame, 1 follows closely, more holds on longer";
const SIZE = 30; // of dials, pixels
const HOLDS_MOST = 8; // of the continuity dial

/** @param {{map: SoundMap}} props */
export function TargetControls({ map }) {
  return html`<div class="codes-bar codes-dials"><${Shapes} /><${Bounds} map=${map} /><${Course} /></div>`;
}

function Shapes() {
  const now = state.shapeNow.value;
  return html`<div class="codes-shapes" role="group" aria-label="Shapes">
    ${SHAPES.map(
      (name) => html`<${Button} key=${name} icon=${name} pressed=${now === name} label=${name}
        tip=${SHAPE_TIPS[name]} onClick=${() => state.keepChange({ aims: state.shaped(name) })} />`,
    )}
  </div>`;
}

/**
 * Set what shapes go by; a curve that is a shape goes along.
 * @param {() => void} set
 */
function reshape(set) {
  const name = state.shapeNow.peek();
  set();
  if (name) state.tryChange({ aims: state.shaped(name) });
}

function keepShape() {
  const name = state.shapeNow.peek();
  if (name) state.keepChange({ aims: state.shaped(name) });
}

/** Low, high and period of shapes. @param {{map: SoundMap}} props */
function Bounds({ map }) {
  const { descriptor, target } = /** @type {import("../core/types.js").Aim} */ (state.aim.value);
  const coverage = state.coverageOf(map, descriptor);
  const range = state.rangeOf(coverage, target);
  const [low, high] = state.boundsOf(map, descriptor);
  const common = { low: range.from, high: range.to, course: "log", size: SIZE, end: keepShape, cancel: giveUp };
  const words = (/** @type {number} */ now) => worded(descriptor, now);
  const bound = (/** @type {[number, number]} */ ends) => reshape(() => state.setBounds(descriptor, ends));
  return html`<${Dial} name="codes/low" label="low" value=${low} rest=${coverage.middle_low} ...${common}
      tip=${`The lowest ${descriptor} of a shape`} words=${words}
      change=${(/** @type {number} */ now) => bound([now, Math.max(now, high)])} />
    <${Dial} name="codes/high" label="high" value=${high} rest=${coverage.middle_high} ...${common}
      tip=${`The highest ${descriptor} of a shape`} words=${words}
      change=${(/** @type {number} */ now) => bound([Math.min(low, now), now])} />
    <${Dial} name="codes/period" label="period" unit="s" value=${state.period.value} rest=${4} ...${common}
      low=${0.1} high=${20} tip="Seconds a period of a sine"
      change=${(/** @type {number} */ now) => reshape(() => (state.period.value = now))} />`;
}

/** Length, level, and how much jumps count. */
function Course() {
  const { seconds, loudness, continuity } = /** @type {state.Whole} */ (state.target.value);
  const course = (/** @type {number} */ value) => {
    if (value < 0.02) return "nearest, 0";
    return value.toFixed(value < 2 ? 2 : 1);
  };
  return html`<span class="codes-gap"></span>
    <${Dial} name="codes/seconds" label="length" unit="s" value=${seconds} rest=${8} low=${0.5} high=${LONGEST_SECONDS}
      course="log" size=${SIZE}
      tip="How long all of it is, seconds; the curve goes along" cancel=${giveUp}
      change=${(/** @type {number} */ now) => state.tryChange(state.lasting(now))}
      end=${(/** @type {number} */ now) => state.keepChange(state.lasting(now))} />
    <${LevelDial} loudness=${loudness} seconds=${seconds} cancel=${giveUp}
      change=${(/** @type {any} */ now) => state.tryChange({ loudness: now })}
      keep=${(/** @type {any} */ now) => state.keepChange({ loudness: now })} />
    <${Dial} name="codes/continuity" label="holding" value=${Math.min(continuity, HOLDS_MOST)} rest=${1} low=${0}
      high=${HOLDS_MOST} size=${SIZE} words=${course}
      tip=${HOLDING}
      cancel=${giveUp}
      change=${(/** @type {number} */ now) => state.tryChange({ continuity: now })}
      end=${(/** @type {number} */ now) => state.keepChange({ continuity: now })} />`;
}
