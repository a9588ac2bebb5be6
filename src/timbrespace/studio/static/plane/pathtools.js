/**
 * What is done with the path: recorded, begun from a shape, made calmer, of fewer steps, of one pace; its length.
 */
import { html } from "htm/preact";
import { remember } from "../core/store.js";
import * as ways from "../geometry/path.js";
import { lasting, thinned } from "../geometry/plane.js";
import { arranged } from "../geometry/points.js";
import { Button, Segmented } from "../widgets/button.js";
import { Dial } from "../widgets/dial.js";
import { Icon } from "../widgets/icons.js";
import { Menu } from "../widgets/menu.js";
import { record } from "./keys.js";
import { isArmed, trail } from "./recording.js";
import {
  change,
  changePath,
  chooseStep,
  isPuckHeard,
  mode,
  plane,
  playedSeconds,
  togglePath,
  togglePuck,
} from "./state.js";

/** @import {PlaneSource} from "../core/types.js" */

const USUAL_SECONDS = 8;
const SHORTEST_SECONDS = 0.5; // of the dial; the server takes less
const LONGEST_SECONDS = 120;
const CALM_SECONDS = 0.25; // on either side of what is smoothed
const COARSER = 0.015; // of the plane, by which thinning may change the path

const ALIGN = [
  { value: "loop", text: "Loop", tip: "Every sound goes round in itself" },
  { value: "stretch", text: "Stretch", tip: "Every sound is stretched over the whole walk" },
];

/** What is played and recorded. */
export function PlaneHead() {
  const puckHeard = isPuckHeard.value;
  const pathHeard = playedSeconds.value !== null;
  const label = trail.value ? "Keep" : isArmed.value ? "Ready" : "Record";
  return html`<header class="row plane-transport">
    <${Button}
      look="primary"
      icon=${puckHeard ? "stop" : "play"}
      tip=${"Hear the place under the puck, and drag it\nEnter"}
      onClick=${togglePuck}
      >Puck<//
    >
    <${Button} icon=${pathHeard ? "stop" : "play"} tip=${"Hear the path\nP"} onClick=${togglePath}>Path<//>
    <${Button}
      class="plane-record"
      icon="record"
      pressed=${isArmed.value}
      tip=${"Record the puck as the new path, from its first move until you let go\nR"}
      onClick=${record}
      >${label}<//
    >
    <span class="grow"></span>
    <${Segmented}
      label="What the hand takes hold of"
      value=${mode()}
      choose=${take}
      options=${[
        { value: "points", text: "Points", tip: "Move points and draw their zones\nT" },
        {
          value: "path",
          text: "Path",
          tip: "Move the path's steps; press on the path to add one, double-click to take it away\nT",
        },
      ]}
    />
    <${Arrange} />
  </header>`;
}

/** @param {"points" | "path"} wanted */
function take(wanted) {
  remember("plane/mode", wanted);
  chooseStep(-1);
}

function Arrange() {
  const source = plane.source.value;
  if (!source) return null;
  const items = [
    {
      text: "In the corners",
      hint: "A B C D",
      disabled: source.points.length > 4,
      run: () => void plane.keep(arranged(source, "corners")),
    },
    { text: "As a polygon", hint: "all round", run: () => void plane.keep(arranged(source, "polygon")) },
    {
      text: "All zones to the farthest corner",
      apart: true,
      run: () => change({ points: source.points.map((point) => ({ ...point, radius: Math.SQRT2 })) }),
    },
  ];
  return html`<${Menu}
    right
    button=${{ look: "quiet", icon: "more", tip: "Put the points into order", label: "Arrange the points" }}
    items=${items}
  />`;
}

/** @param {PlaneSource} source @param {number} seconds */
function withLength(source, seconds) {
  const length = Number(seconds.toFixed(2));
  return { ...source, seconds: length, path: lasting(source.path, length) };
}

/** The tools under the timeline. */
export function PathTools() {
  const source = plane.source.value;
  if (!source) return null;
  const { path, seconds = USUAL_SECONDS } = source;
  const shapes = ways.PRESETS.map((shape) => ({
    text: shape[0].toUpperCase() + shape.slice(1),
    run: () => replacePath(ways.preset(shape, seconds)),
  }));
  const stay = {
    text: "Stay where the path begins",
    apart: true,
    run: () => replacePath([{ ...path[0], seconds: 0 }]),
  };
  return html`<div class="row plane-tools">
    <${Menu}
      up
      button=${{ look: "quiet", tip: "A path to begin with", label: "Shapes of paths" }}
      items=${[...shapes, stay]}
      >Shape <${Icon} name="down" size=${12}
    /><//>
    <${Button}
      look="quiet"
      tip="Round its corners, over half a second"
      onClick=${() => replacePath(ways.smoothed(path, CALM_SECONDS))}
      >Smooth<//
    >
    <${Button}
      look="quiet"
      tip=${`Fewer steps; it has ${path.length}`}
      onClick=${() => replacePath(thinned(path, COARSER))}
      >Thin<//
    >
    <${Button} look="quiet" tip="The same way at one speed" onClick=${() => replacePath(ways.evenPaced(path))}
      >Even<//
    >
    <${Button} look="quiet" tip="The same way back" onClick=${() => replacePath(ways.reversed(path))}>Back<//>
    <span class="grow"></span>
    <${Dial}
      name="plane/seconds"
      label="length"
      unit="s"
      size=${30}
      low=${SHORTEST_SECONDS}
      high=${Math.max(LONGEST_SECONDS, seconds)}
      rest=${USUAL_SECONDS}
      course="log"
      value=${seconds}
      tip="How long the walk takes, seconds; the path goes slower or faster with it"
      change=${(/** @type {number} */ value) => plane.tryOut(withLength(source, value))}
      end=${(/** @type {number} */ value) => void plane.keep(withLength(source, value))}
      cancel=${plane.giveUp}
    />
    <${Segmented}
      label="How sounds fill the time"
      value=${source.align ?? "loop"}
      options=${ALIGN}
      choose=${(/** @type {any} */ align) => change({ align })}
    />
  </div>`;
}

/** @param {import("../core/types.js").PathPoint[]} path */
function replacePath(path) {
  chooseStep(-1);
  changePath(path);
}
