/**
 * The live room: the microphone through the model to the loudspeaker, its latents as they run, and the dials that
 * act on whatever is played. OSC and controllers (Web MIDI) move the same dials.
 */
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import * as audio from "../core/audio.js";
import { bindKeys } from "../core/keys.js";
import { transport } from "../core/store.js";
import { Bar } from "./bar.js";
import { turn, values } from "./dials.js";
import { isLive, toggleLive } from "./input.js";
import { Columns, Common } from "./knobs.js";
import { Lanes } from "./lanes.js";
import { OscPanel } from "./osc.js";
import { keepTake } from "./take.js";

const GROUP = "Live";

/** @param {string} name  of a dial that is on or off */
const flip = (name) => () => turn(name, values.peek()[name] > 0 ? 0 : 1);

/** Start, or stop whatever plays. */
function toggle() {
  if (transport.peek().playing && !isLive.peek()) audio.stop();
  else void toggleLive();
}

const KEYS = [
  { keys: "Space", title: "Play the microphone, stop", group: GROUP, run: toggle },
  { keys: "F", title: "Freeze the latents, let them go", group: GROUP, run: flip("freeze") },
  { keys: "M", title: "Mute, unmute", group: GROUP, run: flip("mute") },
  { keys: "K", title: "Keep the take in the tray", group: GROUP, run: keepTake },
];

function View() {
  useEffect(() => bindKeys(KEYS), []);
  return html`<div class="live-room">
    <${Bar} />
    <div class="live-well"><${Lanes} /></div>
    <${Columns} />
    <div class="live-foot">
      <${Common} />
      <span class="grow"></span>
      <${OscPanel} />
    </div>
  </div>`;
}

export const room = { id: "live", title: "Live", key: "5", View };
