/**
 * Which descriptor is led, a second one, and how hands draw.
 */
import { html } from "htm/preact";
import { Button, Segmented } from "../widgets/button.js";
import { Choose } from "./choose.js";
import { curveTool, snaps } from "./settings.js";
import * as state from "./targetstate.js";
import { HEARD } from "./words.js";

/** @import {Descriptor} from "../core/types.js" */
/** @import {SoundMap} from "./data.js" */

/** @param {{map: SoundMap}} props */
export function TargetBar({ map }) {
  const aims = state.target.value?.aims ?? [];
  const at = Math.min(state.aimAt.value, aims.length - 1);
  return html`<${Aims} map=${map} aims=${aims} at=${at} />
    <span class="grow"></span>
    ${
      aims[at]?.descriptor === "f0" &&
      html`<${Button} look="quiet" pressed=${snaps.value} label="Semitones" tip="Keep to semitones, A4 at 440 Hz"
      onClick=${() => (snaps.value = !snaps.value)}>♪<//>`
    }
    <${Segmented} label="How to draw" value=${curveTool.value}
      choose=${(/** @type {any} */ value) => (curveTool.value = value)}
      options=${[
        { value: "draw", text: "Draw", tip: "Drag to draw freely" },
        {
          value: "points",
          text: "Points",
          tip: "Drag points, click for a new one, double-click to remove one",
        },
      ]} />`;
}

/**
 * The active aim's descriptor; of two, which is active.
 * @param {{map: SoundMap, aims: import("../core/types.js").Aim[], at: number}} props
 */
function Aims({ map, aims, at }) {
  const taken = aims.filter((_, n) => n !== at).map((each) => each.descriptor);
  const free = state.offered(map).filter((name) => !taken.includes(name));
  const name = aims[at]?.descriptor;
  const both = aims.map(({ descriptor }, n) => ({ value: n, text: n + 1, tip: `Draw the ${descriptor}` }));
  return html`${
    aims.length > 1 &&
    html`<${Segmented} label="Which target" value=${at} options=${both}
      choose=${(/** @type {number} */ n) => (state.aimAt.value = n)} />`
  }
    <${Choose} label="Descriptor to follow" tip=${`The descriptor that is led: ${HEARD[name]}`} value=${name}
      options=${free.map((each) => ({ value: each, text: each }))}
      choose=${(/** @type {string} */ chosen) => state.turnTo(/** @type {Descriptor} */ (chosen))} />
    <${Button} icon=${aims.length > 1 ? "close" : "add"} look="quiet" onClick=${state.toggleSecond}
      tip=${aims.length > 1 ? "Follow one descriptor only" : "Follow a second descriptor at the same time"} />`;
}
