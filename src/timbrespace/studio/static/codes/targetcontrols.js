/**
 * What is around the target: which descriptor, how hands draw, shapes with their bounds, length, level, continuity.
 */
import { html } from "htm/preact";
import { Button, Segmented } from "../widgets/button.js";
import { Dial } from "../widgets/dial.js";
import { Choose } from "./choose.js";
import { LevelDial } from "./leveldial.js";
import { giveUp } from "./making.js";
import { curveTool, snaps } from "./settings.js";
import * as state from "./targetstate.js";
import { SHAPES } from "../geometry/targets.js";
import { HEARD, worded } from "./words.js";

/** @import {Descriptor} from "../core/types.js" */
/** @import {Shape} from "../geometry/targets.js" */
/** @import {SoundMap} from "./data.js" */

const SHAPE_TIPS = /** @type {Record<Shape, string>} */ ({
  sine: "Up and down between low and high, a period at a time",
  ramp: "Straight from low to high",
  exp: "From low to high by equal ratios, as pitch rises",
  steps: "Eight steps from low to high, by equal ratios",
});
const HOLDS_MOST = 8; // of the continuity dial

/** @param {{map: SoundMap}} props */
export function TargetControls({ map }) {
  const aim = /** @type {import("../core/types.js").Aim} */ (state.aim.value);
  return html`<div class="codes-bar">
      <${Aims} map=${map} />
      <span class="grow"></span>
      ${aim.descriptor === "f0" &&
      html`<${Button} look="quiet" pressed=${snaps.value} tip="Keep to semitones, A4 at 440 Hz" onClick=${() => (snaps.value = !snaps.value)}>Semitones<//>`}
      <${Segmented} label="How to draw" value=${curveTool.value} choose=${(/** @type {any} */ value) => (curveTool.value = value)}
        options=${[
          { value: "draw", text: "Draw", tip: "Drag to draw freely" },
          { value: "points", text: "Points", tip: "Drag points, click for a new one, double-click to remove one" },
        ]} />
    </div>
    <div class="codes-bar codes-dials">
      <${Shapes} />
      <${Bounds} map=${map} />
      <${Course} />
    </div>`;
}

/** Which descriptor, and a second one. @param {{map: SoundMap}} props */
function Aims({ map }) {
  const aims = state.target.value?.aims ?? [];
  const at = Math.min(state.aimAt.value, aims.length - 1);
  const taken = aims.filter((_, n) => n !== at).map((each) => each.descriptor);
  const options = state.offered(map).filter((name) => !taken.includes(name)).map((name) => ({ value: name, text: `${name}, ${HEARD[name]}` }));
  const both = aims.map(({ descriptor }, n) => ({ value: n, text: descriptor, tip: `Draw the ${descriptor}` }));
  return html`${aims.length > 1 &&
    html`<${Segmented} label="Which target" value=${at} options=${both} choose=${(/** @type {number} */ n) => (state.aimAt.value = n)} />`}
    <${Choose} label="Descriptor to follow" value=${aims[at]?.descriptor} options=${options}
      choose=${(/** @type {string} */ name) => state.turnTo(/** @type {Descriptor} */ (name))} />
    <${Button} icon=${aims.length > 1 ? "close" : "add"} look="quiet" onClick=${state.toggleSecond}
      tip=${aims.length > 1 ? "Follow one descriptor only" : "Follow a second descriptor at the same time"} />`;
}

function Shapes() {
  const take = (/** @type {Shape} */ name) => {
    state.keepChange({ aims: state.shaped(name) });
    state.lastShape.value = name;
  };
  return html`<div class="codes-shapes" role="group" aria-label="Shapes">
    ${SHAPES.map((name) => html`<${Button} key=${name} pressed=${state.lastShape.value === name} tip=${SHAPE_TIPS[name]} onClick=${() => take(name)}>${name}<//>`)}
  </div>`;
}

/** Low, high and period of shapes. @param {{map: SoundMap}} props */
function Bounds({ map }) {
  const { descriptor, target } = /** @type {import("../core/types.js").Aim} */ (state.aim.value);
  const range = state.rangeOf(state.coverageOf(map, descriptor), target);
  const [low, high] = state.boundsOf(map, descriptor);
  const coverage = state.coverageOf(map, descriptor);
  const reshape = (/** @type {"tryChange" | "keepChange"} */ how) => {
    const name = state.lastShape.peek();
    if (name) state[how]({ aims: state.shaped(name) });
  };
  const bound = (/** @type {string} */ label, /** @type {number} */ value, /** @type {number} */ rest, /** @type {(value: number) => [number, number]} */ ends) =>
    html`<${Dial} name=${`codes/${label}`} label=${label} tip=${`The ${label}est ${descriptor} of a shape`} value=${value} rest=${rest}
      low=${range.from} high=${range.to} course="log" size=${30} words=${(/** @type {number} */ now) => worded(descriptor, now)}
      change=${(/** @type {number} */ now) => {
        state.setBounds(descriptor, ends(now));
        reshape("tryChange");
      }}
      end=${() => reshape("keepChange")} cancel=${giveUp} />`;
  return html`${bound("low", low, coverage.middle_low, (now) => [now, Math.max(now, high)])}
    ${bound("high", high, coverage.middle_high, (now) => [Math.min(low, now), now])}
    <${Dial} name="codes/period" label="period" unit="s" value=${state.period.value} rest=${4} low=${0.1} high=${20} course="log" size=${30}
      tip="Seconds a period of a sine" cancel=${giveUp} end=${() => reshape("keepChange")}
      change=${(/** @type {number} */ now) => {
        state.period.value = now;
        reshape("tryChange");
      }} />`;
}

/** Length, level, and how much jumps count. */
function Course() {
  const { seconds, loudness, continuity } = /** @type {state.Whole} */ (state.target.value);
  const course = (/** @type {number} */ value) => {
    if (value < 0.02) return "nearest, 0";
    return value.toFixed(value < 2 ? 2 : 1);
  };
  return html`<span class="codes-gap"></span>
    <${Dial} name="codes/seconds" label="length" unit="s" value=${seconds} rest=${8} low=${0.5} high=${120} course="log" size=${30}
      tip="How long all of it is, seconds; the curve goes along" cancel=${giveUp}
      change=${(/** @type {number} */ now) => state.tryChange(state.lasting(now))} end=${(/** @type {number} */ now) => state.keepChange(state.lasting(now))} />
    <${LevelDial} loudness=${loudness} seconds=${seconds} cancel=${giveUp}
      change=${(/** @type {any} */ now) => state.tryChange({ loudness: now })} keep=${(/** @type {any} */ now) => state.keepChange({ loudness: now })} />
    <${Dial} name="codes/continuity" label="holding" value=${Math.min(continuity, HOLDS_MOST)} rest=${1} low=${0} high=${HOLDS_MOST} size=${30} words=${course}
      tip=${"Continuity: how much jumps count against nearness\n0 is the nearest sound in every frame, 1 follows closely, more holds on longer"}
      cancel=${giveUp}
      change=${(/** @type {number} */ now) => state.tryChange({ continuity: now })} end=${(/** @type {number} */ now) => state.keepChange({ continuity: now })} />`;
}
