/**
 * The target: a descriptor over time, drawn by hand or as a shape, over what the model can reach; what the
 * sound does beside it, and how near that comes.
 */
import { html } from "htm/preact";
import { useEffect, useMemo } from "preact/hooks";
import { palette } from "../core/theme.js";
import { activePart, viewOf } from "../core/store.js";
import { toPixel } from "../geometry/viewport.js";
import { achievedOf, askAchieved } from "./achieved.js";
import { Curve } from "./curve.js";
import { hatch, traceCurve, tracePoints } from "./drawing.js";
import { LoudnessLane } from "./loudness.js";
import { giveUp } from "./making.js";
import { curveTool, followSource, snaps, soundMap } from "./settings.js";
import { TargetControls } from "./targetcontrols.js";
import * as state from "./targetstate.js";
import { worded } from "./words.js";

/** @import {Aim} from "../core/types.js" */
/** @import {Axis} from "../geometry/viewport.js" */
/** @import {Achieved} from "./achieved.js" */
/** @import {Coverage, SoundMap} from "./data.js" */

export function TargetView() {
  const [map, target, aim] = [soundMap.value, state.target.value, state.aim.value];
  const part = followSource.value ? activePart.value : null;
  const found = useFollowed(part?.id ?? null);
  if (!map || !target || !aim) return null;
  const coverage = state.coverageOf(map, aim.descriptor);
  const other = target.aims.find((each) => each !== aim);
  const keep = (/** @type {any} */ points) => {
    state.lastShape.value = null;
    state.keepChange({ aims: state.withPoints(points) });
  };
  return html`<${TargetControls} map=${map} />
    <${Curve} points=${aim.target} seconds=${target.seconds} range=${state.rangeOf(coverage, aim.target)}
      unit=${aim.descriptor === "flatness" ? "deviations" : "hz"} label=${`Target of the ${aim.descriptor}`} picture="target"
      tool=${curveTool.value} snaps=${aim.descriptor === "f0" && snaps.value} part=${part?.id ?? null}
      words=${(/** @type {number} */ value) => worded(aim.descriptor, value)}
      change=${(/** @type {any} */ points) => state.tryChange({ aims: state.withPoints(points) })} keep=${keep} cancel=${giveUp}
      under=${(/** @type {any} */ context, /** @type {Axis} */ time, /** @type {Axis} */ height) => {
        drawReach(context, time, height, coverage);
        if (other) drawOther(context, time, map, other);
      }}
      over=${(/** @type {any} */ context, /** @type {Axis} */ time, /** @type {Axis} */ height) =>
        drawMeasured(context, time, height, found, aim)} />
    <${LoudnessLane} loudness=${target.loudness} seconds=${target.seconds} part=${part?.id ?? null} cancel=${giveUp}
      change=${(/** @type {any} */ loudness) => state.tryChange({ loudness })} keep=${(/** @type {any} */ loudness) => state.keepChange({ loudness })} />
    <${Scores} aim=${aim} part=${part?.id ?? null} found=${found} />`;
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

/**
 * The scores of the active aim, in sentences.
 * @param {{aim: Aim, part: string | null, found: Achieved}} props
 */
function Scores({ aim, part, found }) {
  const now = part ? viewOf(part).value?.fingerprint : null;
  const described = found.packet?.header.descriptors[aim.descriptor];
  const stale = found.fingerprint !== now;
  const words = () => {
    if (!part) return "Draw a curve, or take a shape: the model plays what comes nearest to it.";
    if (found.error) return `It could not be measured: ${found.error}`;
    return described ? described.words.join(" ") : "Measuring how near the sound comes …";
  };
  return html`<p class="codes-words codes-scores ${stale && part ? "stale" : ""}" role="status">
    ${part && html`<span class="codes-key target">target</span><span class="codes-key measured">sound</span>`}${words()}
  </p>`;
}

/**
 * What can be reached lies on clear ground; beyond, and in gaps, it is hatched.
 * @param {CanvasRenderingContext2D} context
 * @param {Axis} time
 * @param {Axis} height
 * @param {Coverage} coverage
 */
function drawReach(context, time, height, { low, high, middle_low, middle_high, gaps }) {
  const colours = palette.value;
  const right = time.size;
  const [top, bottom] = [toPixel(height, high), toPixel(height, low)];
  context.fillStyle = colours.range;
  context.fillRect(0, top, right, bottom - top);
  const [from, to] = [toPixel(height, middle_high), toPixel(height, middle_low)];
  context.fillRect(0, from, right, to - from);
  hatch(context, { left: 0, top: 0, right, bottom: top }, colours.line);
  hatch(context, { left: 0, top: bottom, right, bottom: height.size }, colours.line);
  for (const [below, above] of gaps) {
    hatch(context, { left: 0, top: toPixel(height, above), right, bottom: toPixel(height, below) }, colours.line);
  }
}

/**
 * The aim that hands do not act on now, on an axis of its own.
 * @param {CanvasRenderingContext2D} context
 * @param {Axis} time
 * @param {SoundMap} map
 * @param {Aim} aim
 */
function drawOther(context, time, map, aim) {
  const range = state.rangeOf(state.coverageOf(map, aim.descriptor), aim.target);
  tracePoints(context, aim.target, time, { ...range, size: context.canvas.clientHeight, upward: true });
  context.strokeStyle = palette.value.faint;
  context.lineWidth = 1.25;
  context.setLineDash([5, 4]);
  context.stroke();
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Axis} time
 * @param {Axis} height
 * @param {Achieved} found
 * @param {Aim} aim
 */
function drawMeasured(context, time, height, found, aim) {
  const measured = found.packet?.arrays[`${aim.descriptor}_measured`];
  if (!measured) return;
  traceCurve(context, found.packet?.arrays.seconds, measured, time, height);
  context.strokeStyle = palette.value.second;
  context.lineWidth = 1.75;
  context.lineJoin = "round";
  context.stroke();
}
