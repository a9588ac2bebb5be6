/**
 * The head of the live room: start, what comes in and how loud, how late it is heard, the take so far.
 */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { bindings } from "../core/midi.js";
import { models, remember, transport } from "../core/store.js";
import { clock } from "../geometry/ticks.js";
import { Controllers } from "../midi/controllers.js";
import { Button } from "../widgets/button.js";
import { Dial } from "../widgets/dial.js";
import { Menu } from "../widgets/menu.js";
import { liveModel } from "./dials.js";
import * as input from "./input.js";
import { LevelMeter } from "./meter.js";
import { beginAnew, keepTake, takeSeconds } from "./take.js";

const LOUDEST_DB = 40;

export function Bar() {
  useEffect(() => void input.listDevices(), []);
  const live = input.isLive.value;
  const opening = input.microphone.value === "opening";
  return html`<div class="live-bar">
    <${Button} look="primary" icon=${live ? "stop" : "microphone"} disabled=${opening || !liveModel.value}
      onClick=${input.toggleLive}
      tip=${live ? "Stop\nSpace" : "Play the microphone through the model; with headphones, or it will howl\nSpace"}>
      ${live ? "Stop" : "Start"}
    <//>
    <${ModelMenu} />
    <${DeviceMenu} />
    <${Dial} name="live/gain" label="input gain" unit="dB" size=${34} low=${-LOUDEST_DB} high=${LOUDEST_DB} rest=${0}
      step=${0.5} value=${input.gainDb()}
      tip="Added to the microphone before the model hears it, dB"
        change=${(/** @type {number} */ db) => remember("live/gain", db || null)} />
    <${LevelMeter} />
    <${Late} />
    <${Said} />
    <${Midi} />
    <${Take} />
  </div>`;
}

/** What is in the way, or being waited for. */
function Said() {
  const failure = input.failure.value;
  if (failure) return html`<span class="grow trouble clip" role="alert" data-tip=${failure}>${failure}</span>`;
  const isWaiting = input.isLive.value && transport.value.waiting;
  return html`<span class="grow muted clip"
    role="status">${isWaiting ? "The model is being made ready to play…" : ""}</span>`;
}

function Midi() {
  const [listed, setListed] = useState(false);
  const count = Object.keys(bindings.value).length;
  const tip = "Controllers that move dials (Web MIDI)\nTo add one: press a dial with the other button, or L";
  return html`<${Button} look="quiet" tip=${tip} onClick=${() => setListed(true)}>MIDI${count ? ` ${count}` : ""}<//>
    ${listed && html`<${Controllers} close=${() => setListed(false)} />`}`;
}

function ModelMenu() {
  if (models.value.length < 2) return null;
  const items = models.value.map(({ name }) => ({
    text: name, checked: name === liveModel.value?.name, run: () => input.chooseLiveModel(name),
  })); // prettier-ignore
  return html`<${Menu} button=${{ tip: "The model that plays the microphone", class: "live-choice" }} items=${items}
    label="Model"><span class="clip">${liveModel.value?.name}</span><//>`;
}

function DeviceMenu() {
  const chosen = input.chosenDevice();
  const items = ["", ...input.devices.value].map((label) => ({
    text: label || "The browser's choice", checked: label === chosen, run: () => void input.chooseDevice(label),
  })); // prettier-ignore
  const tip = "The microphone\nAll are listed once the browser may use one";
  return html`<${Menu} button=${{ tip, icon: "microphone", class: "live-choice" }} items=${items} label="Microphone">
    <span class="clip">${chosen || "Microphone"}</span>
  <//>`;
}

/** How late it is heard. */
function Late() {
  const late = input.lateMs.value;
  return html`<div class="live-figure"
    data-tip="From microphone to loudspeaker: the model's window, the way to the server and back, the devices' own">
    <output aria-label="Latency">${late === null ? "–" : Math.round(late)}<small> ms</small></output><span
      class="caption">latency</span>
  </div>`;
}

function Take() {
  const seconds = takeSeconds.value;
  return html`<div class="live-figure"
    data-tip="What was played live since the take began; it is kept in the page all the while">
      <output aria-label="Take">${clock(seconds, 1)}</output><span class="caption">take</span>
    </div>
    <${Button} icon="save" disabled=${!seconds} tip="Put what was played into the tray, as a sound\nK"
      onClick=${keepTake}>Keep<//>
    <${Button} icon="trash" look="quiet" disabled=${!seconds} label="Begin the take anew"
      tip="Begin the take anew: forget what was played so far" onClick=${beginAnew} />`;
}
