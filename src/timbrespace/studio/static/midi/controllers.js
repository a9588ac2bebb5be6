/**
 * Every controller that the session knows, with the dial that it moves.
 */
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { bindings, midi, openMidi, unbind, wordsOf } from "../core/midi.js";
import { Button } from "../widgets/button.js";
import { Dialog } from "../widgets/dialog.js";
import { findDial } from "../widgets/dials.js";
import { trouble } from "./learning.js";

/** @param {{close: () => void}} props */
export function Controllers({ close }) {
  useEffect(() => void openMidi(), []);
  const bound = Object.entries(bindings.value);
  const { devices } = midi.value;
  return html`<${Dialog} title="Controllers" close=${close} class="controllers">
    <p class="muted">${trouble() || `Heard: ${devices.join(", ")}.`}</p>
    ${bound.length > 0 &&
    html`<ul class="bound">
      ${bound.map(
        ([name, controller]) => html`<li class="row" key=${name}>
          <b class="bound-controller">${wordsOf(controller)}</b>
          <span class="grow clip">${findDial(name)?.label ?? name}</span>
          <${Button} icon="close" look="quiet"
            label=${`Forget ${wordsOf(controller)} of ${findDial(name)?.label ?? name}`}
              onClick=${() => unbind(name)} />
        </li>`,
      )}
    </ul>`}
    <p class="muted">
      To add one, press a dial with the other button, or reach it by Tab and press <kbd>L</kbd>; then move the
      controller. A dial waits until its controller has come to where it stands.
    </p>
  <//>`;
}
