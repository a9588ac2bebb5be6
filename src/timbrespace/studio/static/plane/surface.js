/**
 * The plane itself, as large as the room allows.
 */
import { html } from "htm/preact";
import { weights } from "../geometry/plane.js";
import { takes } from "../widgets/refs.js";
import { Surface } from "../widgets/surface.js";
import { addRef } from "./adding.js";
import { drawPlane } from "./drawing.js";
import { double, down, hover, keepSize, placeOfDrop, pointed, wheel } from "./hands.js";
import { isArmed, trail } from "./recording.js";
import {
  chosenPoint,
  chosenStep,
  hues,
  isPuckHeard,
  mode,
  plane,
  playedSeconds,
  puck,
  shares,
  shownPlace,
  zones,
} from "./state.js";

/** What a screen reader says of the puck. */
function words() {
  const { x, y } = puck.value;
  const points = plane.source.value?.points ?? [];
  const there = points.length ? weights(puck.value, zones.value) : [];
  const heard = points
    .map((point, n) => ({ name: point.name, share: Math.round(100 * there[n]) }))
    .filter(({ share }) => share > 0);
  const said = heard.map(({ name, share }) => `${name} ${share} %`).join(", ");
  return `The puck is at ${x.toFixed(2)}, ${y.toFixed(2)}: ${said}.`;
}

/** @param {CanvasRenderingContext2D} context @param {import("../widgets/surface.js").Size} size */
function draw(context, size) {
  const source = plane.source.value;
  if (!source) return;
  drawPlane(context, size, {
    source,
    hues: hues.value,
    shares: shares.value,
    place: shownPlace.value,
    trail: trail.value,
    heard: isPuckHeard.value || playedSeconds.value !== null,
    armed: isArmed.value,
    mode: mode(),
    point: chosenPoint.value,
    step: chosenStep.value,
    pointed: pointed.value,
  });
}

export function PlaneSurface() {
  return html`<${Surface}
    class="plane-surface ${isArmed.value ? "armed" : ""}"
    picture="plane"
    role="application"
    tabindex="0"
    label=${`Plane. ${words()} Arrows move the puck, brackets choose a point.`}
    draw=${draw}
    down=${down}
    hover=${hover}
    double=${double}
    wheel=${wheel}
    onSize=${keepSize}
    ...${takes((ref, event) => void addRef(ref, placeOfDrop(event)))}
  />`;
}
