/**
 * The target: a descriptor over time, drawn by hand or as a shape, over what the model can reach; what the
 * sound does beside it, and how near that comes.
 */
import { html } from "htm/preact";
import { useEffect, useMemo } from "preact/hooks";
import { activePart, viewOf } from "../core/store.js";
import { achievedOf, askAchieved } from "./achieved.js";
import { Curve } from "./curve.js";
import { LoudnessLane } from "./loudness.js";
import { giveUp } from "./making.js";
import { curveTool, followSource, snaps, soundMap } from "./settings.js";
import { TargetControls } from "./targetcontrols.js";
import { drawMeasured, drawOther, drawReach } from "./targetdrawing.js";
import * as state from "./targetstate.js";
import { called, worded } from "./words.js";

/** @import {Aim, TargetPoint} from "../core/types.js" */
/** @import {Axis} from "../geometry/viewport.js" */
/** @import {Achieved} from "./achieved.js" */
/** @import {SoundMap} from "./data.js" */
/** @typedef {CanvasRenderingContext2D} Context */

export function TargetView() {
  const [map, target, aim] = [soundMap.value, state.target.value, state.aim.value];
  const part = followSource.value ? (activePart.value?.id ?? null) : null;
  const found = useFollowed(part);
  if (!map || !target || !aim) return null;
  if (!map.descriptors[aim.descriptor].coverage) {
    return html`<p class="codes-words" role="alert">
      No ${called(map, 1)} of this model has a ${aim.descriptor}. Choose another descriptor to follow.
    </p>`;
  }
  const { loudness, seconds } = target;
  const level = (/** @type {"tryChange" | "keepChange"} */ how) => (/** @type {any} */ now) =>
    state[how]({ loudness: now });
  return html`<${TargetControls} map=${map} />
    <${TargetCurve} map=${map} target=${target} aim=${aim} part=${part} found=${found} />
    <${LoudnessLane} loudness=${loudness} seconds=${seconds} part=${part} cancel=${giveUp}
      change=${level("tryChange")} keep=${level("keepChange")} />
    <${Scores} aim=${aim} part=${part} found=${found} />`;
}

/** @param {{map: SoundMap, target: state.Whole, aim: Aim, part: string | null, found: Achieved}} props */
function TargetCurve({ map, target, aim, part, found }) {
  const { descriptor } = aim;
  const coverage = state.coverageOf(map, descriptor);
  const other = target.aims.find((each) => each !== aim);
  const points = (/** @type {TargetPoint[]} */ made) => ({ aims: state.withPoints(made) });
  const keep = (/** @type {TargetPoint[]} */ made) => state.keepChange(points(made));
  const under = (/** @type {Context} */ context, /** @type {Axis} */ time, /** @type {Axis} */ height) => {
    drawReach(context, time, height, coverage);
    if (other) drawOther(context, time, height.size, map, other);
  };
  const over = (/** @type {Context} */ context, /** @type {Axis} */ time, /** @type {Axis} */ height) =>
    drawMeasured(context, time, height, found, aim, isStale(part, found));
  return html`<${Curve} points=${aim.target} seconds=${target.seconds} range=${state.rangeOf(coverage, aim.target)}
    unit=${descriptor === "flatness" ? "deviations" : "hz"} label=${`Target of the ${descriptor}`}
    picture="target"
    tool=${curveTool.value} snaps=${descriptor === "f0" && snaps.value} part=${part}
    words=${(/** @type {number} */ value) => worded(descriptor, value)}
    change=${(/** @type {TargetPoint[]} */ made) => state.tryChange(points(made))} keep=${keep} cancel=${giveUp}
    under=${under} over=${over} />`;
}

/**
 * What was measured of a part, asked for whenever its recipe is another.
 * @param {string | null} part
 */
function useFollowed(part) {
  const fingerprint = part ? (viewOf(part).value?.fingerprint ?? null) : null;
  useEffect(() => {
    if (part && fingerprint) void askAchieved(part);
  }, [part, fingerprint]);
  const none = useMemo(() => /** @type {Achieved} */ ({ fingerprint: null, packet: null, error: null }), []);
  return part ? achievedOf(part).value : none;
}

/** Whether what was measured is of an earlier recipe. @param {string | null} part @param {Achieved} found */
function isStale(part, found) {
  return part !== null && found.fingerprint !== viewOf(part).value?.fingerprint;
}

/**
 * The scores of the active aim, in sentences.
 * @param {{aim: Aim, part: string | null, found: Achieved}} props
 */
function Scores({ aim, part, found }) {
  const described = found.packet?.header.descriptors[aim.descriptor];
  const words = () => {
    if (!part) return "Draw a curve, or take a shape: the model plays what comes nearest to it.";
    if (found.error) return `It could not be measured: ${found.error}`;
    return described ? described.words.join(" ") : "Measuring how near the sound comes …";
  };
  return html`<p class="codes-words codes-scores ${isStale(part, found) ? "stale" : ""}" role="status">
    ${part && html`<span class="codes-key target">target</span>`}
    ${part && html`<span class="codes-key measured">sound</span>`}
    ${words()}
  </p>`;
}
