/**
 * The map under the hand: hover to hear, drag to paint a path or to move the map, wheel to zoom, arrows from
 * one sound to the next.
 */
import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useMemo } from "preact/hooks";
import { palette } from "../core/theme.js";
import { activePart, seriesOf, transport } from "../core/store.js";
import { joined, pathOf, pointAt } from "../geometry/codepath.js";
import { nearest, neighbour } from "../geometry/nearest.js";
import { panned, pixelsPerUnit, toValue, zoomed } from "../geometry/viewport.js";
import { Surface } from "../widgets/surface.js";
import { layoutOf } from "./data.js";
import { hear, hush, isFree } from "./hearing.js";
import { giveUp, keepPath } from "./making.js";
import { drawPoints, drawRing, drawTrail } from "./mapdrawing.js";
import * as room from "./settings.js";
import { called, describedRow } from "./words.js";

/** @import {Axis} from "../geometry/viewport.js" */
/** @import {CodePoint} from "../geometry/codepath.js" */
/** @import {Point, Size} from "../widgets/surface.js" */
/** @import {SoundMap} from "./data.js" */

const REACH = 18; // pixels from the pointer to a sound that it is over
const LIMITS = { from: -0.06, to: 1.06, narrowest: 0.02 };
const ZOOM = 1.0016; // a pixel of the wheel
const KEY_ZOOM = 1.4;
const KEY_PAN = 60; // pixels
const SHORTEST_SECONDS = 0.25; // of a stroke
const CLICK_MS = 180;

/** What is seen of the map, both ways. */
const seen = {
  x: signal({ from: LIMITS.from, to: LIMITS.to }),
  y: signal({ from: LIMITS.from, to: LIMITS.to }),
};

/** Show all of it. */
export function fitMap() {
  seen.x.value = seen.y.value = { from: LIMITS.from, to: LIMITS.to };
}

/** @param {{map: SoundMap}} props */
export function MapView({ map }) {
  const hands = useMemo(() => makeHands(map), [map]);
  useEffect(fitMap, [map]);
  const at = room.hovered.value >= 0 ? room.hovered.value : room.chosen.value;
  const label = `Map of ${map.count} ${called(map)}. Arrows go from one to the next, Enter adds it to the path.`;
  return html`<div class="codes-map">
    <${Surface} label=${label} role="application" tabindex=${0} picture="map" draw=${hands.draw}
      onSize=${hands.onSize}
      down=${hands.down} hover=${hands.hover} wheel=${hands.wheel} onKeyDown=${hands.key}
      double=${() => room.tool.value === "move" && fitMap()} />
    <p class="hidden-text" role="status">${at >= 0 ? describedRow(map, at) : ""}</p>
  </div>`;
}

/** @param {SoundMap} map */
function makeHands(map) {
  /** @type {Size} */
  let size = { width: 1, height: 1, ratio: 1 };
  const layout = () => layoutOf(map, room.layoutName.value);
  const axes = () => ({
    x: /** @type {Axis} */ ({ ...seen.x.value, size: size.width }),
    y: /** @type {Axis} */ ({ ...seen.y.value, size: size.height, upward: true }),
  });
  const scale = () => ({ width: pixelsPerUnit(axes().x), height: pixelsPerUnit(axes().y) });
  const rowAt = (/** @type {Point} */ point, within = REACH) => {
    const { x, y } = axes();
    return nearest(layout().grid, toValue(x, point.x), toValue(y, point.y), scale(), within);
  };
  const change = (/** @type {(axis: Axis, horizontal: boolean) => Axis} */ how) => {
    const { x, y } = axes();
    const [across, up] = [how(x, true), how(y, false)];
    seen.x.value = { from: across.from, to: across.to };
    seen.y.value = { from: up.from, to: up.to };
  };
  const zoom = (/** @type {number} */ factor, /** @type {Point} */ point) =>
    change((axis, horizontal) => zoomed(axis, factor, horizontal ? point.x : point.y, LIMITS));
  const pan = (/** @type {number} */ right, /** @type {number} */ down) =>
    change((axis, horizontal) => panned(axis, horizontal ? right : down, LIMITS));
  const hover = (/** @type {Point | null} */ point) => {
    const row = point ? rowAt(point) : -1;
    room.hovered.value = row;
    if (row < 0) hush();
    else if (room.hearsHover.value && isFree()) hear(row);
  };
  const step = (/** @type {"left" | "right" | "up" | "down"} */ direction) => {
    const centre = { x: size.width / 2, y: size.height / 2 };
    const from = room.chosen.peek();
    const next = from < 0 ? rowAt(centre, Infinity) : neighbour(layout().grid, from, direction, scale());
    if (next < 0) return;
    room.chosen.value = room.hovered.value = next;
    hear(next);
    hush(900);
  };
  return {
    onSize: (/** @type {Size} */ now) => void (size = now),
    draw: (/** @type {CanvasRenderingContext2D} */ context, /** @type {Size} */ now) =>
      drawScene(context, now, map, axes()),
    hover,
    down: (/** @type {Point} */ point) =>
      room.tool.value === "move" ? moving(point, pan) : painting(point, (here) => rowAt(here, Infinity)),
    wheel: (/** @type {Point} */ point, /** @type {WheelEvent} */ event) => zoom(ZOOM ** -event.deltaY, point),
    key: (/** @type {KeyboardEvent} */ event) =>
      pressed(event, { step, pan, zoom: (factor) => zoom(factor, { x: size.width / 2, y: size.height / 2 }) }),
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Size} size
 * @param {SoundMap} map
 * @param {{x: Axis, y: Axis}} axes
 */
function drawScene(context, size, map, axes) {
  const colours = palette.value;
  const [colourBy, isSized, lit] = [room.colourBy.value, room.isSized.value, room.lit.value];
  const scene = { map, layout: layoutOf(map, room.layoutName.value), axes, colourBy, isSized, lit, colours };
  drawPoints(context, size, scene);
  const path = room.path.value;
  const codes = path ? path.points.map(({ row }) => row) : codesOfPart(map);
  if (codes) drawTrail(context, scene, codes, { colour: colours.accent, isPath: path !== null });
  const sounding = soundingRow(codes && !path ? codes : null);
  drawRing(context, scene, room.chosen.value, { colour: colours.muted, radius: 10, width: 1.5 });
  drawRing(context, scene, room.hovered.value, { colour: colours.text, radius: 9, width: 1.5 });
  drawRing(context, scene, sounding, { colour: colours.accent, radius: 7, width: 3 });
}

/** The codes of the active part's series, where the model has any. @param {SoundMap} map */
function codesOfPart(map) {
  const part = activePart.value;
  return map.codes && part && part.model === map.model ? (seriesOf(part.id).value?.codes ?? null) : null;
}

/**
 * The row that is heard now, −1 for none.
 * @param {ArrayLike<number> | null} codes  of the active part, frame by frame
 */
function soundingRow(codes) {
  const { playing, what, seconds } = transport.value;
  if (!playing || !what) return -1;
  if (what.kind === "row") return what.row;
  const part = activePart.value;
  if (what.kind !== "part" || !part || what.part !== part.id) return -1;
  const path = room.path.value;
  if (path) return path.points[pointAt(path, seconds)].row;
  const rate = seriesOf(part.id).value?.frame_rate_hz ?? 0;
  return codes ? (codes[Math.round(seconds * rate)] ?? -1) : -1;
}

/** @param {Point} from @param {(right: number, down: number) => void} pan */
function moving(from, pan) {
  let last = from;
  return {
    move(/** @type {Point} */ point) {
      pan(last.x - point.x, last.y - point.y);
      last = point;
    },
  };
}

/**
 * A stroke over the sounds: what is under the hand is heard, and when it came there is recorded. A click
 * chooses a sound instead.
 * @param {Point} point
 * @param {(point: Point) => number} rowAt
 */
function painting(point, rowAt) {
  const start = performance.now();
  const now = () => (performance.now() - start) / 1000;
  const first = rowAt(point);
  if (first < 0) return undefined;
  /** @type {CodePoint[]} */
  const recorded = [{ seconds: 0, row: first }];
  const before = room.appends.value && room.path.peek();
  const whole = () => {
    const stroke = pathOf(recorded, now(), SHORTEST_SECONDS);
    return before ? joined(before, stroke) : stroke;
  };
  room.hovered.value = room.chosen.value = first;
  hear(first);
  return {
    move(/** @type {Point} */ to) {
      const row = rowAt(to);
      if (row === recorded[recorded.length - 1].row) return;
      recorded.push({ seconds: now(), row });
      room.hovered.value = room.chosen.value = row;
      hear(row);
      room.draftPath.value = whole();
    },
    end() {
      const chosen = recorded.length === 1 && now() * 1000 < CLICK_MS;
      hush(chosen ? 600 : 0);
      if (!chosen) void keepPath(whole(), { heard: true });
    },
    cancel() {
      hush(0);
      giveUp();
    },
  };
}

/**
 * @param {KeyboardEvent} event
 * @param {{step: (direction: "left" | "right" | "up" | "down") => void, pan: (right: number, down: number) => void,
 *   zoom: (factor: number) => void}} hands
 */
function pressed(event, { step, pan, zoom }) {
  const arrows = /** @type {const} */ ({
    ArrowLeft: [-1, 0, "left"],
    ArrowRight: [1, 0, "right"],
    ArrowUp: [0, -1, "up"],
    ArrowDown: [0, 1, "down"],
  });
  const arrow = arrows[/** @type {keyof typeof arrows} */ (event.key)];
  const zooms = { "+": KEY_ZOOM, "=": KEY_ZOOM, "-": 1 / KEY_ZOOM }[event.key];
  if (arrow && event.shiftKey) pan(KEY_PAN * arrow[0], KEY_PAN * arrow[1]);
  else if (arrow) step(arrow[2]);
  else if (zooms) zoom(zooms);
  else if (event.key === "0") fitMap();
  else if (event.key === "Escape") hush(0);
  else if (event.key === "Enter" && room.chosen.peek() >= 0) void addChosen();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** The chosen sound at the end of the path; without one it begins a path. */
function addChosen() {
  const more = pathOf([{ seconds: 0, row: room.chosen.peek() }], room.KEY_HOLD_SECONDS, room.KEY_HOLD_SECONDS);
  const before = room.path.peek();
  return keepPath(before ? joined(before, more) : more);
}
