/**
 * The strip of operators under the panes. A dial shows what it does while it is turned and keeps it when it
 * is let go, as one edit; then it rests again. What they act on is chosen at the left.
 */
import { html } from "htm/preact";
import { activeModel, activePart, remember, remembered, transport } from "../core/store.js";
import { Button, Segmented } from "../widgets/button.js";
import * as draft from "./draft.js";
import { Rolling } from "./rolling.js";
import { words } from "./scope.js";
import { select, selection } from "./selecting.js";
import { chooseScope, frameCount, rate, scope } from "./state.js";
import { keepTried } from "./trying.js";
import { hertz, inDb, operator, place, Turn } from "./turn.js";

/** @import {Descriptor, Edit} from "../core/types.js" */

const USUAL_RATE_HZ = 86; // until a model says its own
const SCOPES = [
  { value: "active", text: "Active", tip: "Operators act on the active dimension" },
  { value: "all", text: "All", tip: "Operators act on all of z" },
];

export function Operators() {
  const unit = inDb() ? "dB" : "σ";
  const reach = inDb() ? 24 : 3;
  const fastest = (activeModel.value?.frame_rate_hz ?? USUAL_RATE_HZ) / 2;
  return html`<section class="operators" aria-label="Operators">
    <${Scope} />
    <${Rolling} reach=${reach} unit=${unit} fastest=${fastest} />
    <div class="operator-group">
      <${Turn} name="scale" low=${0} high=${4} rest=${1} unit="×" tip="Wider or narrower: times this" />
      <${Turn} name="bias" low=${-reach} high=${reach} rest=${0} unit=${unit}
        tip=${`Higher or lower by this, ${inDb() ? "dB" : "deviations"}`} />
      <${Turn} name="smooth" low=${0.1} high=${fastest} rest=${fastest} course="log" unit="Hz"
        tip="What moves faster than this is taken away, Hz"
        words=${(/** @type {number} */ value) => hertz(value, fastest, "off")} />
      <${Turn} name="stretch" low=${0.25} high=${4} rest=${1} course="log" unit="×" everything
        tip="Longer or shorter, every dimension and loudness" />
      <${Turn} name="quantise" label="steps" low=${0} high=${inDb() ? 12 : 2} rest=${0} unit=${unit}
        tip="Values on a grid of this step" />
    </div>
    <${Along} />
    <${Switches} />
  </section>`;
}

function Scope() {
  const range = selection.value;
  return html`<div class="operator-scope">
    <${Segmented} label="What operators act on" value=${scope.value} options=${SCOPES} choose=${chooseScope}
      />
    ${
      range
        ? html`<button type="button" class="chip" data-tip=${"Only these frames; press for all\nEscape"}
          aria-label=${`Act on ${words(place(), rate.value)}; press for all frames`}
          onClick=${() => select(null)}>${(range[0] / rate.value).toFixed(2)}–${(range[1] / rate.value).toFixed(2)} s
          ×</button>`
        : html`<span class="muted">all frames</span>`
    }
  </div>`;
}

function Along() {
  const names = Object.keys(activeModel.value?.descriptors ?? {});
  const wanted = remembered("editor/along", "centroid");
  const descriptor = names.includes(wanted) ? wanted : names[0];
  if (!descriptor) return null;
  return html`<div class="operator-group along">
    <${Turn} name="along" low=${-3} high=${3} rest=${0} unit="σ"
      tip=${`More or less ${descriptor}, standard deviations over the data`}
      more=${() => ({ descriptor: /** @type {Descriptor} */ (descriptor) })} />
    <select class="field" aria-label="Descriptor to move along"
      data-tip="The descriptor that 'along' moves along" value=${descriptor}
      onChange=${(/** @type {any} */ event) => remember("editor/along", event.target.value)}>
      ${names.map((name) => html`<option value=${name} selected=${name === descriptor}>${name}</option>`)}
    </select>
  </div>`;
}

function Switches() {
  const run = (/** @type {Edit} */ edit) => {
    draft.settle();
    keepTried(edit);
  };
  const none = !activePart.value;
  return html`<div class="operator-switches">
    <${Button} tip="Backwards; all: loudness too" disabled=${none}
      onClick=${() => run(operator("reverse", {}))}>Reverse<//>
    <${Button} tip=${"Hold one frame: the one at the playhead\nwhere that is not within, the first"}
      disabled=${none}
      onClick=${() => run(operator("freeze", { value: frameToFreeze() }))}>Freeze<//>
    <${Button} tip="Keep within the range of the model's data" disabled=${none}
      onClick=${() => run(operator("clip", {}))}>Clip<//>
  </div>`;
}

/** The frame at the playhead, where it lies within what is acted on. */
function frameToFreeze() {
  const { what, seconds } = transport.peek();
  if (what?.kind !== "part" || what.part !== activePart.peek()?.id) return null;
  const [from, to] = selection.peek() ?? [0, frameCount.peek()];
  const frame = Math.round(seconds * rate.peek());
  return frame >= from && frame < to ? frame : null;
}
