/**
 * Levels of what goes to the model and of what is heard, on a scale of dBFS.
 */
import { html } from "htm/preact";
import { level, transport } from "../core/store.js";
import { inputLevel } from "./input.js";

const QUIETEST_DB = -60;
const LOUD_DB = -1; // above this it may clip

export function LevelMeter() {
  return html`<div class="live-meters">
    <${One} label="in" db=${inputLevel.value} />
    <${One} label="out" db=${transport.value.playing ? level.value : QUIETEST_DB} />
  </div>`;
}

/** @param {{label: string, db: number}} props */
function One({ label, db }) {
  const share = Math.min(1, Math.max(0, 1 - db / QUIETEST_DB));
  const shown = Math.round(Math.max(QUIETEST_DB, db));
  return html`<div class="live-meter row ${db > LOUD_DB ? "loud" : ""}"
    data-tip=${`Peak ${label}, ${QUIETEST_DB} to 0 dBFS`}>
    <span class="caption">${label}</span>
    <div class="live-meter-track" role="meter" aria-label=${`Level ${label}`} aria-valuemin=${QUIETEST_DB}
      aria-valuemax="0" aria-valuenow=${shown} aria-valuetext=${`${shown} dBFS`}>
      <i style=${`transform:scaleX(${share})`}></i>
    </div>
  </div>`;
}
