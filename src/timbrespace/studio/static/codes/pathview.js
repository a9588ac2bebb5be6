/**
 * The path over time: each sound a bar at the height of the map's descriptor; its ends are trimmed by hand,
 * its bars moved in time, its length, its shortest bar and its level dialled.
 */
import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useMemo, useState } from "preact/hooks";
import * as audio from "../core/audio.js";
import { activePart, transport } from "../core/store.js";
import { palette } from "../core/theme.js";
import { retimed, thinned } from "../geometry/codepath.js";
import { toPixel } from "../geometry/viewport.js";
import { Button } from "../widgets/button.js";
import { Dial } from "../widgets/dial.js";
import { Surface } from "../widgets/surface.js";
import { drawGrid, drawPlayhead } from "./drawing.js";
import { LevelDial } from "./leveldial.js";
import { LoudnessLane } from "./loudness.js";
import { giveUp, keepPath, LEVEL_DB, LONGEST_SECONDS, tryPath } from "./making.js";
import { pathHands } from "./pathhands.js";
import { levelOf, ramp } from "./ramp.js";
import { appends, codesSource, colourBy, draftLoudness, path } from "./settings.js";
import { shares } from "./data.js";
import { called, describedRow } from "./words.js";

/** @import {CodePath} from "../geometry/codepath.js" */
/** @import {Axis} from "../geometry/viewport.js" */
/** @import {Size} from "../widgets/surface.js" */
/** @import {SoundMap} from "./data.js" */

const SIZE = 30; // of dials
const MARGIN = 1.12; // above the highest and below the lowest value, as a ratio
const MOST_MS = 500; // of the dial that thins

/** The bar that keys act on. */
const selected = signal(0);

/** @param {{map: SoundMap}} props */
export function PathView({ map }) {
  const shown = path.value;
  const source = codesSource.value;
  const part = source ? activePart.value : null;
  const held = useMemo(() => ({ size: { width: 1, height: 1, ratio: 1 } }), []);
  const axes = () => axesOf(map, path.peek(), held.size);
  const hands = useMemo(() => pathHands(axes, selected), [map]);
  if (!shown) return html`<${EmptyPath} map=${map} />`;
  const loudness = draftLoudness.value ?? source?.loudness ?? LEVEL_DB;
  const row = shown.points[Math.min(selected.value, shown.points.length - 1)].row;
  const count = shown.points.length;
  const label = `Path of ${count} ${called(map, count)} in ${shown.seconds.toFixed(2)} seconds`;
  const keepLoudness = (/** @type {any} */ now) => void keepPath(shown, { loudness: now });
  return html`<${PathControls} shown=${shown} loudness=${loudness} keepLoudness=${keepLoudness} />
    <div class="codes-curve">
      <${Surface} role="application" tabindex=${0} picture="path"
        label=${`${label}. Arrows choose, Delete removes, Alt and arrows move in time.`}
        draw=${(/** @type {any} */ context, /** @type {Size} */ size) =>
          drawPath(context, size, map, part?.id ?? null)}
        onSize=${(/** @type {Size} */ size) => (held.size = size)} ...${hands} />
      <p class="hidden-text" role="status">${describedRow(map, row)}</p>
    </div>
    <${LoudnessLane} loudness=${loudness} seconds=${shown.seconds} part=${part?.id ?? null} cancel=${giveUp}
      change=${(/** @type {any} */ now) => tryPath(shown, now)} keep=${keepLoudness} />
    <p class="codes-words">${label}. Drag its ends to trim, a bar's beginning to move it in time.</p>`;
}

/** @param {{map: SoundMap}} props */
function EmptyPath({ map }) {
  return html`<div class="codes-empty">
    <h2>Paint a path</h2>
    <p>Drag over the map: every ${called(map, 1)} under your hand is heard and recorded, in the time you took.</p>
    <p class="muted">With keys: arrows go from one ${called(map, 1)} to the next, Enter adds it.</p>
  </div>`;
}

/**
 * @param {{shown: CodePath, loudness: import("../core/types.js").Loudness,
 *   keepLoudness: (loudness: any) => void}} props
 */
function PathControls({ shown, loudness, keepLoudness }) {
  const [shortest, setShortest] = useState(0);
  const kept = () => {
    const source = codesSource.peek();
    return source ? { points: source.path, seconds: source.seconds ?? 8 } : shown;
  };
  const thin = (/** @type {number} */ ms) => thinned(kept(), ms / 1000);
  const done = () => {
    setShortest(0);
    giveUp();
  };
  return html`<div class="codes-bar codes-dials">
    <${Dial} name="codes/path-seconds" label="length" unit="s" value=${shown.seconds} rest=${kept().seconds}
      low=${0.1} high=${LONGEST_SECONDS} course="log" size=${SIZE}
      tip="How long the path is, seconds; its bars go along" cancel=${giveUp}
      change=${(/** @type {number} */ now) => tryPath(retimed(kept(), now))}
      end=${(/** @type {number} */ now) => void keepPath(retimed(kept(), now))} />
    <${Dial} name="codes/shortest" label="thin" unit="ms" value=${shortest} low=${0} high=${MOST_MS} size=${SIZE}
      cancel=${done}
      tip="Leave out what is held for less than so many milliseconds"
      change=${(/** @type {number} */ ms) => {
        setShortest(ms);
        tryPath(thin(ms));
      }}
      end=${(/** @type {number} */ ms) => {
        setShortest(0);
        void keepPath(thin(ms));
      }} />
    <${LevelDial} loudness=${loudness} seconds=${shown.seconds} cancel=${giveUp}
      change=${(/** @type {any} */ now) => tryPath(kept(), now)} keep=${keepLoudness} />
    <span class="grow"></span>
    <${Button} look="quiet" pressed=${appends.value}
      tip="A new stroke goes on where the path ends, instead of replacing it"
      onClick=${() => (appends.value = !appends.value)}>Append<//>
    <${Button} icon="play" onClick=${playPath} tip="Play the path from its beginning, round and round">Play<//>
  </div>`;
}

function playPath() {
  const [part, shown] = [activePart.peek(), path.peek()];
  if (part && shown)
    audio.play({ kind: "part", part: part.id, version: "live" }, { from: 0, loop: [0, shown.seconds] });
}

/**
 * @param {SoundMap} map
 * @param {CodePath | null} shown
 * @param {Size} size
 * @returns {{time: Axis, height: Axis}}
 */
function axesOf(map, shown, { width, height }) {
  const coverage = map.descriptors[colourBy.value].coverage;
  const { low, high } = coverage ?? { low: 1, high: 2 };
  return {
    time: { from: 0, to: shown?.seconds ?? 1, size: width },
    height: { from: low / MARGIN, to: high * MARGIN, size: height, upward: true, log: true },
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Size} size
 * @param {SoundMap} map
 * @param {string | null} part
 */
function drawPath(context, size, map, part) {
  const shown = path.value;
  if (!shown) return;
  const colours = palette.value;
  const name = colourBy.value;
  const { time, height } = axesOf(map, shown, size);
  const colour = ramp(colours.dark);
  const share = shares(map.columns[name]);
  drawGrid(context, time, height, name === "flatness" ? "deviations" : "hz", colours);
  shown.points.forEach(({ seconds, row }, n) => {
    const [left, right] = [
      toPixel(time, seconds),
      toPixel(time, shown.points[n + 1]?.seconds ?? shown.seconds),
    ];
    const value = map.columns[name][row];
    const y = isNaN(value) ? size.height - 5 : toPixel(height, value);
    context.fillStyle = isNaN(value) ? colours.faint : colour[levelOf(share[row])];
    context.fillRect(left, y - 3, Math.max(1.5, right - left - 1), 6);
    if (n !== Math.min(selected.value, shown.points.length - 1)) return;
    context.strokeStyle = colours.text;
    context.lineWidth = 1.25;
    context.strokeRect(left - 2.5, y - 5.5, Math.max(1.5, right - left - 1) + 5, 11);
  });
  for (const x of [0, size.width - 3]) {
    context.fillStyle = colours.accent;
    context.fillRect(x, 0, 3, size.height);
  }
  const { playing, what, seconds } = transport.value;
  if (playing && what?.kind === "part" && what.part === part)
    drawPlayhead(context, toPixel(time, seconds), size.height, colours.text);
}
