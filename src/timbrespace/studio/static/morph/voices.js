/**
 * The two voices of a morph: which sound or part each is, heard alone by its button, exchanged by dropping another.
 */
import { html } from "htm/preact";
import * as audio from "../core/audio.js";
import { nameOf, transport } from "../core/store.js";
import { clock } from "../geometry/ticks.js";
import { Icon } from "../widgets/icons.js";
import { RefMenu, secondsOf, takes, whatOf } from "../widgets/refs.js";

/** @import {Choice} from "../widgets/refs.js" */

/** @param {string} ref */
function isPlaying(ref) {
  const { playing, what } = transport.value;
  return playing && ((what?.kind === "sound" && what.sound === ref) || (what?.kind === "part" && what.part === ref));
}

/**
 * @param {{letter: "A" | "B", value: string | null, choices: Choice[], choose: (ref: string) => void}} props
 */
export function Voice({ letter, value, choices, choose }) {
  const playing = value !== null && isPlaying(value);
  const name = value === null ? "choose a sound" : nameOf(value);
  const toggle = () => {
    if (value === null) return;
    if (playing) audio.stop();
    else audio.play(whatOf(value));
  };
  return html`<div class="voice ${letter === "B" ? "second" : ""}" ...${takes(choose)}>
    <div class="row">
      <span class="voice-letter" aria-hidden="true">${letter}</span>
      <span class="muted length">${value === null ? "" : `${clock(secondsOf(value), 1)} s`}</span>
      <span class="grow"></span>
      <button
        type="button"
        class="round"
        disabled=${value === null}
        aria-label=${`${playing ? "Stop" : "Play"} ${letter}`}
        data-tip=${playing ? "Stop" : `Hear ${letter} alone`}
        onClick=${toggle}
      >
        <${Icon} name=${playing ? "stop" : "play"} size=${12} />
      </button>
    </div>
    <${RefMenu}
      label=${`Sound ${letter}: ${name}`}
      value=${value}
      choices=${choices}
      choose=${choose}
      up=${letter === "A" && value !== null}
      button=${{ class: "voice-name", tip: `${name}\nChoose another, or drop one here` }}
      text=${html`<span class="clip grow">${name}</span><${Icon} name="down" size=${12} />`}
    />
  </div>`;
}
