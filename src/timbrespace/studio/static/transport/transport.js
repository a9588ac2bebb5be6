/**
 * The foot of the page, under every room: play, place, loop, which version is heard, and the result to look at.
 */
import { html } from "htm/preact";
import { changePart, redo, undo } from "../core/actions.js";
import { setLoop, toggle } from "../core/audio.js";
import { secondsOf, selectionOf } from "../core/lengths.js";
import {
  activePart,
  level,
  partOf,
  remember,
  remembered,
  renderOf,
  soundOf,
  transport,
  viewOf,
} from "../core/store.js";
import { clock } from "../geometry/ticks.js";
import { Button, Segmented } from "../widgets/button.js";
import { Icon } from "../widgets/icons.js";
import { Result } from "./result.js";
import { SaveMenu } from "./saving.js";
import { Versions } from "./versions.js";

const SHOWS = [
  { value: "wave", text: "Wave", tip: "The waveform of the result" },
  { value: "spectrum", text: "Spectrum", tip: "Its spectrogram, loud is bright" },
  { value: "both", text: "Both", tip: "The waveform over its spectrogram" },
];
const QUIETEST_DB = -54; // of the meter
const LOUD_DB = -1; // above this it may clip

export function TransportBar() {
  const part = activePart.value;
  const show = remembered("transport/show", "both");
  return html`<footer class="transport" aria-label="Transport">
    <div class="transport-controls">
      <div class="row">
        <${PlayButton} />
        <${Place} />
        <${Meter} />
      </div>
      <${Versions} part=${part} />
    </div>
    <div class="transport-result">
      <div class="row transport-head">
        <h2 class="caption clip">${part ? part.name : "Result"}</h2>
        <${Steps} part=${part} />
        <${Rendering} part=${part} />
        <span class="grow"></span>
        <${Segmented} label="What the result shows" value=${show} options=${SHOWS}
          choose=${(/** @type {string} */ value) => remember("transport/show", value)} />
        <${LoopButton} part=${part} />
        <${SaveMenu} part=${part} />
      </div>
      <${Result} part=${part} show=${show} />
    </div>
  </footer>`;
}

function PlayButton() {
  const { playing, waiting, what } = transport.value;
  const nothing = !playing && !what && !activePart.value;
  return html`<button type="button" class="play ${playing ? "on" : ""} ${waiting ? "waiting" : ""}"
    disabled=${nothing} aria-label=${playing ? "Stop" : "Play"}
    data-tip=${`${playing ? "Stop" : "Play"}\nSpace`} onClick=${toggle}>
    <${Icon} name=${playing ? "stop" : "play"} size=${20} />
  </button>`;
}

/** Where it is, of how much, and of what where that is not the active part. */
function Place() {
  const { what, seconds } = transport.value;
  const { total, name, here } = heard(activePart.value);
  return html`<div class="place">
    <output class="place-now" aria-label="Place">${clock(what && here ? seconds : 0, 2)}</output>
    <span class="place-total">of ${clock(total, 2)} s</span>
    <span class="place-what clip">${name}</span>
  </div>`;
}

/**
 * What the place is told of: a sound, another part as long as it plays, or else the active part.
 * @param {import("../core/types.js").Part | null} active
 */
function heard(active) {
  const { what, playing } = transport.value;
  const sound = what?.kind === "sound" ? soundOf(what.sound) : null;
  if (sound) return { total: sound.frames / sound.sample_rate, name: sound.name, here: true };
  const held = what?.kind === "part" ? partOf(what.part) : null;
  const here = held?.id === active?.id;
  if (held && playing && !here) return { total: secondsOf(held), name: held.name, here: true };
  return { total: active ? secondsOf(active) : 0, name: "", here };
}

function Meter() {
  const db = level.value;
  const share = Math.min(1, Math.max(0, 1 - db / QUIETEST_DB));
  return html`<div class="meter ${db > LOUD_DB ? "loud" : ""}" role="meter" aria-label="Level"
    aria-valuemin=${QUIETEST_DB} aria-valuemax="0"
    aria-valuenow=${Math.round(Math.max(QUIETEST_DB, db))} data-tip="Level, dBFS">
    <i style=${`transform:scaleY(${transport.value.playing ? share : 0})`}></i>
  </div>`;
}

/** @param {{part: import("../core/types.js").Part | null}} props */
function LoopButton({ part }) {
  const change = () => {
    if (!part) return;
    const loop = !part.loop;
    const { playing, what } = transport.peek();
    if (playing && what?.kind === "part" && what.part === part.id)
      setLoop(loop ? (selectionOf(part) ?? [0, secondsOf(part)]) : null);
    void changePart(part.id, { loop });
  };
  return html`<${Button} icon="loop" look="quiet" label="Loop" pressed=${part?.loop ?? false} disabled=${!part}
    tip=${"Loop the part, or its selection\nL"} onClick=${change} />`;
}

/** Back and forth through what was done. @param {{part: import("../core/types.js").Part | null}} props */
function Steps({ part }) {
  const view = part && viewOf(part.id).value;
  if (!view) return null;
  return html`<span class="steps row">
    <${Button} icon="undo" look="quiet" label="Undo" disabled=${!view.can_undo}
      tip=${`Undo ${view.last_edit ?? ""}\nCtrl Z`} onClick=${() => void undo()} />
    <${Button} icon="redo" look="quiet" label="Redo" disabled=${!view.can_redo} tip=${"Redo\nCtrl Shift Z"}
      onClick=${() => void redo()} />
    <span class="muted clip">${view.last_edit}</span>
  </span>`;
}

/** @param {{part: import("../core/types.js").Part | null}} props */
function Rendering({ part }) {
  if (!part) return null;
  const { share, error, fingerprint } = renderOf(part.id).value;
  if (error) return html`<span class="render-error clip" role="alert" data-tip=${error}>${error}</span>`;
  if (!fingerprint || share >= 1) return null;
  return html`<span class="rendering row">
    <span class="bar" role="progressbar" aria-label="Rendering" aria-valuenow=${Math.round(share * 100)}>
      <i style=${`transform:scaleX(${share})`}></i>
    </span>
    rendering
  </span>`;
}
