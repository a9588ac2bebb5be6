/**
 * The list of dimensions: name, meaning, the range of the data and in it the value at the playhead. Press
 * one, or go up and down by key, to make it the one that hands act on.
 */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { activeModel, activePart, transport } from "../core/store.js";
import { valueAt } from "./columns.js";
import { correlated } from "./pane.js";
import { nameOf } from "./scope.js";
import { activateDimension, active, frameCount, hovered, rate, rowOf } from "./state.js";

/** @import {Dimension, DimensionInfo} from "../core/types.js" */

const ALL = 8; // correlations in a tip

/** The dimensions of the active model, as they stand in the list. @returns {Dimension[]} */
function listed() {
  const count = activeModel.value?.latents ?? 0;
  return [...Array(count).keys(), "loudness"];
}

/** The next one in the list. @param {1 | -1} step */
export function stepDimension(step) {
  const all = listed();
  const at = all.indexOf(active.peek());
  activateDimension(all[(at + step + all.length) % all.length]);
}

export function Dimensions() {
  const root = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(
    () => root.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }),
    [active.value],
  );
  const model = activeModel.value;
  if (!model) return null;
  return html`<div class="dimensions" role="listbox" aria-label="Dimensions" tabindex="0" ref=${root}
    aria-activedescendant=${`dimension-${active.value}`}>
    ${model.dimensions.map((info, n) => html`<${Row} key=${n} dimension=${n} info=${info} />`)}
    <${Row} key="loudness" dimension="loudness"
      info=${{ ...model.loudness, name: "loudness", meaning: "dBFS", active: true }} />
  </div>`;
}

/** @param {{dimension: Dimension, info: any}} props */
function Row({ dimension, info }) {
  const isActive = active.value === dimension;
  const pointed = hovered.value?.dimension === dimension;
  const looks = [pointed && "pointed", !info.active && "idle", dimension === "loudness" && "apart"]
    .filter(Boolean)
    .join(" ");
  return html`<div id=${`dimension-${dimension}`} role="option" aria-selected=${isActive}
    data-tip=${tipOf(info, dimension)}
    class="dimension ${looks}"
    onClick=${() => activateDimension(dimension)}
    onPointerEnter=${() => (hovered.value = { dimension, frame: playFrame() })}
    onPointerLeave=${() => (hovered.value = null)}>
    <b>${nameOf(dimension)}</b>
    <span class="dimension-meaning clip">${info.active ? briefly(info.meaning) : "does nothing"}</span>
    <${Meter} dimension=${dimension} info=${info} />
  </div>`;
}

/** What moving it does, without how much; nothing where that is not known. @param {string} meaning */
export const briefly = (meaning) => (meaning === "no descriptor" ? "" : meaning.split(" (")[0]);

/** The frame that is played, or where playing will begin. */
function playFrame() {
  const { what, seconds } = transport.value;
  const mine = what?.kind === "part" && what.part === activePart.value?.id;
  return mine ? Math.min(Math.round(seconds * rate.value), Math.max(0, frameCount.value - 1)) : 0;
}

/** @param {{dimension: Dimension, info: any}} props */
function Meter({ dimension, info }) {
  const row = rowOf(dimension);
  const share = (/** @type {number} */ value) =>
    Math.min(1, Math.max(0, (value - info.low) / (info.high - info.low || 1)));
  const [from, to] = [share(info.p5 ?? info.low), share(info.p95 ?? info.high)];
  const at = row?.length ? share(valueAt(row, playFrame())) : 0;
  return html`<span class="dimension-meter" aria-hidden="true">
    <i style=${`left:${100 * from}%;width:${100 * (to - from)}%`}></i><b
      style=${`left:${(100 * at).toFixed(1)}%`}></b>
  </span>`;
}

/** @param {DimensionInfo} info @param {Dimension} dimension */
function tipOf(info, dimension) {
  if (dimension === "loudness")
    return `Loudness, dBFS\nlearned from ${info.low.toFixed(0)} to ${info.high.toFixed(0)} dBFS`;
  const words = [nameOf(dimension), info.meaning || (info.active ? "" : "does nothing in this model")]
    .filter(Boolean)
    .join(": ");
  const [low, p5, p95, high] = [info.low, info.p5, info.p95, info.high].map((value) => value.toFixed(1));
  const range = `data ${low} to ${high} σ, mostly ${p5} to ${p95}`;
  const along = correlated(info, ALL);
  return [words, range.replaceAll("-", "−"), along && `goes with ${along}`].filter(Boolean).join("\n");
}
