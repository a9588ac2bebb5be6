/**
 * The dials of what is played: each as the server describes it. On or off becomes a switch, a large whole number
 * (the seed) a field, the rest dials; those of a dimension stand in its column.
 */
import { html } from "htm/preact";
import { activeDimension } from "../core/store.js";
import { Button } from "../widgets/button.js";
import { Dial } from "../widgets/dial.js";
import { controls, liveModel, reset, titleOf, turn, turned, values } from "./dials.js";
import { Switch } from "./switch.js";

/** @import {Control} from "../core/types.js" */

const LARGE = 1000; // a whole number up to here is a dial
const SIGNS = /** @type {Record<string, string>} */ ({ times: "×", deviations: "σ" }); // as in the editor

/** Those of all that is played. */
export function Common() {
  const common = controls.value.filter(({ dimension }) => dimension === null);
  const isSwitch = (/** @type {Control} */ { whole, high }) => whole && high === 1;
  const isField = (/** @type {Control} */ { whole, high }) => whole && high > LARGE;
  const dials = common.filter((control) => !control.whole);
  return html`<div class="live-common">
    ${dials.map((control) => html`<${Knob} key=${control.name} control=${control} size=${34}
      label=${titleOf(control)} />`)}
    <div class="live-switches">
      ${common.filter(isSwitch).map((control) => html`<${Switch} key=${control.name} name=${control.name}
        label=${titleOf(control)} tip=${control.help}
        on=${values.value[control.name] > 0}
          change=${(/** @type {boolean} */ on) => turn(control.name, Number(on))} />`)}
      ${common.filter(isField).map((control) => html`<${Field} key=${control.name} control=${control} />`)}
      <${Button} look="quiet" icon="undo" disabled=${!turned.value.length} tip="Every dial back to where it rests"
        onClick=${reset}>Reset<//>
    </div>
  </div>`;
}

/** Those of the dimensions, a column each. */
export function Columns() {
  const model = liveModel.value;
  if (!model) return null;
  return html`<div class="live-columns" role="group" aria-label="Dials of the dimensions">
    ${model.dimensions.map((info, dimension) => {
      const own = controls.value.filter((control) => control.dimension === dimension);
      const classes = `live-column ${activeDimension.value === dimension ? "active" : ""} ${info.active ? "" : "idle"}`;
      return html`<div class=${classes} key=${dimension} onPointerDown=${() => (activeDimension.value = dimension)}>
        <b class="live-column-name" data-tip=${info.active ? info.meaning : "does nothing"}>z${dimension}</b>
        ${own.map((control) => html`<${Knob} key=${control.name} control=${control} size=${28}
          label=${control.name.split("/")[2]} />`)}
      </div>`;
    })}
  </div>`;
}

/** @param {{control: Control, size: number, label: string}} props */
function Knob({ control, size, label }) {
  const { name, low, high, rest, unit, help } = control;
  return html`<${Dial} name=${name} label=${label} full=${titleOf(control)} value=${values.value[name] ?? rest}
    low=${low} high=${high} rest=${rest}
    unit=${SIGNS[unit] ?? unit} tip=${help} size=${size}
    change=${(/** @type {number} */ value) => turn(name, value)} />`;
}

/** A whole number that is typed. @param {{control: Control}} props */
function Field({ control }) {
  const { name, low, high, help, rest } = control;
  const put = (/** @type {Event} */ event) => {
    const value = Number(/** @type {HTMLInputElement} */ (event.currentTarget).value);
    if (Number.isFinite(value)) turn(name, Math.min(high, Math.max(low, Math.round(value))));
  };
  return html`<label class="live-field row" data-tip=${help}><span class="caption">${titleOf(control)}</span>
    <input class="field" type="number" min=${low} max=${high} step="1" value=${values.value[name] ?? rest}
      onChange=${put} />
  </label>`;
}
