/**
 * The codebook room: the map of what the model can play, and on its other side what is made with it: a path
 * painted over its sounds, or a descriptor that is led along a curve.
 */
import { computed, useSignalEffect } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { report } from "../core/api.js";
import { bindKeys } from "../core/keys.js";
import { activeModel, activePart, modelOf } from "../core/store.js";
import { evenly } from "../geometry/codepath.js";
import { Button, Segmented } from "../widgets/button.js";
import { Choose } from "./choose.js";
import { askAgain, DESCRIPTORS, LAYOUTS, layoutsOf, mapOf, traverse } from "./data.js";
import { hush } from "./hearing.js";
import { Legend } from "./legend.js";
import { dropDrafts, giveUp, keepPath } from "./making.js";
import { fitMap, MapView } from "./mapview.js";
import { PathView } from "./pathview.js";
import * as settings from "./settings.js";
import { TargetBar } from "./targetbar.js";
import { TargetView } from "./targetview.js";
import { called } from "./words.js";

/** @import {Descriptor} from "../core/types.js" */
/** @import {SoundMap} from "./data.js" */

const TRAVERSE_FRAMES = 4; // each sound is held, as `timbrespace codebook` does

/** @type {import("../core/types.js").Room} */
export const room = { id: "codes", title: "Codes", key: "4", View: CodesRoom };

function CodesRoom() {
  useEffect(() => bindKeys(keys()), []);
  useEffect(() => leave, []);
  const recipe = recipeKey.value;
  useEffect(dropDrafts, [recipe]);
  useSignalEffect(() => {
    if (settings.followSource.value) settings.side.value = "target";
    else if (settings.codesSource.value) settings.side.value = "path";
  });
  const model = activeModel.value;
  if (!model)
    return html`<div class="codes-empty">
      <h2>There is no model</h2>
      <p>Start the studio with one to see what it can play.</p>
    </div>`;
  const { map, error } = mapOf(model.name).value;
  if (error) return html`<${Failed} model=${model.name} error=${error} />`;
  if (!map)
    return html`<div class="codes-empty" role="status">
      <p class="muted">Describing what ${model.name} can play …</p>
    </div>`;
  return html`<div class="codes-room">
    <section class="codes-left" aria-label="Map">
      <${MapBar} map=${map} />
      <div class="codes-stage"><${MapView} map=${map} /></div>
      <${Legend} map=${map} />
    </section>
    <section class="codes-right" aria-label="What is made with it">
      <${Sides} map=${map} />
      ${settings.side.value === "path" ? html`<${PathView} map=${map} />` : html`<${TargetView} />`}
    </section>
  </div>`;
}

/** What the active part is made of, as far as drafts of it go. */
const recipeKey = computed(() => {
  const part = activePart.value;
  return part && `${part.id} ${part.model} ${part.cursor} ${part.edits}`;
});

function leave() {
  hush(0);
  giveUp();
}

/** @param {{model: string, error: string}} props */
function Failed({ model, error }) {
  const isDescribed = Object.keys(modelOf(model)?.descriptors ?? {}).length > 0;
  return html`<div class="codes-empty" role="alert">
    <h2>${isDescribed ? "The map did not come" : "There is no map of this model"}</h2>
    <p>${error[0].toUpperCase() + error.slice(1)}.</p>
    ${isDescribed && html`<${Button} look="primary" onClick=${() => askAgain(model)}>Try again<//>`}
  </div>`;
}

/** @param {{map: SoundMap}} props */
function MapBar({ map }) {
  const colours = DESCRIPTORS.map((name) => ({ value: name, text: name }));
  const layouts = layoutsOf(map).map((name) => ({ value: name, text: LAYOUTS[name].text }));
  const { colourBy, layoutName, isSized, hearsHover, tool } = settings;
  const several = map.counts.some((count) => count !== map.counts[0]);
  return html`<div class="codes-bar" role="toolbar" aria-label="Map">
    <${Choose} label="Colour" tip="What colours the map" value=${colourBy.value} options=${colours}
      choose=${(/** @type {any} */ name) => (colourBy.value = name)} />
    <${Choose} label="Layout" tip="How the map is laid out" value=${layoutName.value} options=${layouts}
      choose=${(/** @type {string} */ name) => {
        layoutName.value = name;
        fitMap();
      }} />
    <span class="grow"></span>
    ${several &&
    html`<${Button} icon="codes" look="quiet" pressed=${isSized.value} label="Size by use"
      tip=${`Larger where more of the data falls on a ${called(map, 1)}`}
      onClick=${() => (isSized.value = !isSized.value)} />`}
    <${Button} icon="sound" look="quiet" pressed=${hearsHover.value} label="Hear on hover"
      tip=${"Hear what the pointer is over\nH"} onClick=${() => (hearsHover.value = !hearsHover.value)} />
    <${Button} icon="wide" look="quiet" label="Show all" tip=${"Show all of the map\n0"} onClick=${fitMap} />
    <${Segmented} label="What dragging does" value=${tool.value}
      choose=${(/** @type {any} */ value) => (tool.value = value)}
      options=${[
        { value: "paint", text: "Paint", tip: "Drag to paint a path\nP" },
        { value: "move", text: "Move", tip: "Drag to move the map; the wheel zooms\nM" },
      ]} />
  </div>`;
}

/** @param {{map: SoundMap}} props */
function Sides({ map }) {
  const [busy, setBusy] = useState(false);
  const name = settings.colourBy.value;
  const travel = async () => {
    setBusy(true);
    await traversed(map, name);
    setBusy(false);
  };
  return html`<div class="codes-bar">
    <${Segmented} label="What is made" value=${settings.side.value}
      choose=${(/** @type {any} */ value) => (settings.side.value = value)}
      options=${[
        { value: "path", text: "Path", tip: "A path painted over the map" },
        { value: "target", text: "Target", tip: "A descriptor that follows a curve" },
      ]} />
    ${settings.side.value === "target" ? html`<${TargetBar} map=${map} />` : html`<span class="grow"></span>`}
    ${
      settings.side.value === "path" &&
      html`<${Button} look="quiet" disabled=${busy || !map.descriptors[name].coverage} onClick=${() => void travel()}
      tip=${`A path through all ${called(map)}, from the lowest ${name} to the highest, neighbours alike`}
      >${busy ? "Ordering …" : `All by ${name}`}<//>`
    }
  </div>`;
}

/**
 * A path through everything in the order of a descriptor.
 * @param {SoundMap} map
 * @param {Descriptor} name
 */
async function traversed(map, name) {
  try {
    const { rows, seconds_each } = await traverse(map.model, name, TRAVERSE_FRAMES);
    await keepPath(evenly(rows, seconds_each), { name: `All by ${name}`, anew: true });
  } catch (error) {
    report(error);
  }
}

/** @returns {import("../core/keys.js").Binding[]} */
function keys() {
  const { tool, hearsHover, side } = settings;
  const group = "Codes";
  return [
    { keys: "P", title: "Paint on the map", group, run: () => (tool.value = "paint") },
    { keys: "M", title: "Move the map", group, run: () => (tool.value = "move") },
    { keys: "H", title: "Hear on hover", group, run: () => (hearsHover.value = !hearsHover.value) },
    {
      keys: "T",
      title: "Path or target",
      group,
      run: () => (side.value = side.value === "path" ? "target" : "path"),
    },
  ];
}
