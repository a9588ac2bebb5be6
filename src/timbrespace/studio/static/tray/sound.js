/**
 * One sound of the tray. The selected one opens: a waveform to zoom and select in, gain, loop, and what can be
 * done with it.
 */
import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { partFromSound, removeSound, selectSound, tried } from "../core/actions.js";
import * as api from "../core/api.js";
import { play, seek, setLoop, stop } from "../core/audio.js";
import { selectedSound, transport } from "../core/state.js";
import { clock } from "../geometry/ticks.js";
import { download } from "../transport/saving.js";
import { Button } from "../widgets/button.js";
import { Dial } from "../widgets/dial.js";
import { Icon } from "../widgets/icons.js";
import { Menu } from "../widgets/menu.js";
import { dragged } from "../widgets/refs.js";
import { Renamed } from "../widgets/renamed.js";
import { WaveView } from "../widgets/waveview.js";

/** @import {Range, Sound} from "../core/types.js" */

const QUIETEST_DB = -36; // of the dial; the server takes less
const LOUDEST_DB = 24;
const LOUD = 0.05; // a peak below this is drawn larger

/** @param {Sound} sound */
const secondsOf = (sound) => sound.frames / sound.sample_rate;

/** @param {Sound} sound */
function playSound(sound) {
  const loop = sound.loop ? (sound.selection ?? /** @type {[number, number]} */ ([0, secondsOf(sound)])) : null;
  play({ kind: "sound", sound: sound.id }, { from: sound.selection?.[0] ?? 0, loop });
}

/** @param {string} id */
function isPlaying(id) {
  const { playing, what } = transport.value;
  return playing && what?.kind === "sound" && what.sound === id;
}

/** @param {{sound: Sound}} props */
export function SoundRow({ sound }) {
  const [renaming, setRenaming] = useState(false);
  const open = selectedSound.value === sound.id;
  const playing = isPlaying(sound.id);
  const save = (/** @type {string} */ name) => {
    setRenaming(false);
    if (name && name !== sound.name) void tried(api.changeSound(sound.id, { name }));
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "F2") setRenaming(true);
    else if (event.key === "Delete") void removeSound(sound.id);
    else return;
    event.preventDefault(); // it is not also for the room
  };
  return html`<li class="sound ${open ? "open" : ""} ${playing ? "playing" : ""}">
    <div class="sound-head row" ...${dragged(sound.id)}>
      <button type="button" class="round" aria-label=${`${playing ? "Stop" : "Play"} ${sound.name}`}
        data-tip=${playing ? "Stop" : "Play the sound"}
        onClick=${() => (playing ? stop() : playSound(sound))}>
        <${Icon} name=${playing ? "stop" : "play"} size=${12} />
      </button>
      ${
        renaming
          ? html`<${Renamed} value=${sound.name} label="Name of the sound" done=${save} />`
          : html`<button type="button" class="name grow clip" aria-expanded=${open} data-tip=${sound.name}
            onClick=${() => selectSound(sound.id)} onDblClick=${() => setRenaming(true)}
            onKeyDown=${key}>${sound.name}</button>`
      }
      <span class="muted length">${clock(secondsOf(sound), 1)}</span>
    </div>
    ${open && html`<${Opened} sound=${sound} rename=${() => setRenaming(true)} />`}
  </li>`;
}

/** @param {{sound: Sound, rename: () => void}} props */
function Opened({ sound, rename }) {
  const body = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => body.current?.parentElement?.scrollIntoView({ block: "nearest" }), []);
  const view = useMemo(() => signal(/** @type {Range | null} */ (null)), [sound.id]);
  const [gain, setGain] = useState(/** @type {number | null} */ (null));
  const gainDb = gain ?? sound.gain_db;
  const change = (/** @type {Parameters<typeof api.changeSound>[1]} */ fields) =>
    void tried(api.changeSound(sound.id, fields));
  const select = (/** @type {[number, number] | null} */ selection) => {
    change({ selection });
    if (isPlaying(sound.id) && sound.loop) setLoop(selection ?? [0, secondsOf(sound)]);
  };
  const place = (/** @type {number} */ seconds) => {
    if (isPlaying(sound.id)) seek(seconds);
    else play({ kind: "sound", sound: sound.id }, { from: seconds });
  };
  const source = {
    key: sound.id,
    seconds: secondsOf(sound),
    peaks: (/** @type {any} */ w, /** @type {AbortSignal} */ s) => api.soundPeaks(sound.id, w, s),
  };
  const items = [
    { text: "Rename", icon: "pencil", hint: "F2", run: rename },
    { text: "Save as WAV", icon: "save", run: () => download(api.addresses.sound(sound.id), `${sound.name}.wav`) },
    { text: "Take out of the tray", icon: "trash", hint: "Del", apart: true, run: () => void removeSound(sound.id) },
  ];
  return html`<div class="sound-body" ref=${body}>
    <div class="sound-wave">
      <${WaveView} source=${source} view=${view} selection=${sound.selection} select=${select} seek=${place} second
        label=${`Waveform of ${sound.name}`}
          gain=${10 ** (gainDb / 20) * (sound.peak < LOUD && sound.peak > 0 ? 0.5 / sound.peak : 1)}
        playhead=${() => (isPlaying(sound.id) ? transport.value.seconds : null)} />
    </div>
    <div class="row sound-tools">
      <${Dial} name=${`sound/${sound.id}/gain`} label="gain" unit="dB" size=${30} beside low=${QUIETEST_DB}
        high=${LOUDEST_DB} rest=${0} step=${0.5}
        value=${gainDb} change=${setGain} end=${(/** @type {number} */ value) => {
          setGain(null);
          change({ gain_db: Math.round(value * 10) / 10 });
        }} tip=${"Gain, dB\nDouble-click: 0 dB"} />
      <${Button} icon="loop" look="quiet" label="Loop" pressed=${sound.loop} tip="Loop the sound, or its selection"
        onClick=${() => change({ loop: !sound.loop })} />
      <span class="grow"></span>
      <${Making} sound=${sound} />
      <${Menu} button=${{ icon: "more", look: "quiet", tip: "More" }} items=${items} right />
    </div>
  </div>`;
}

/**
 * Makes a part; of a long sound that takes a while, in which it cannot be asked for twice.
 * @param {{sound: Sound}} props
 */
function Making({ sound }) {
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    await partFromSound(sound.id);
    setBusy(false);
  };
  return html`<${Button} look="primary" disabled=${busy} onClick=${make}
    tip=${`Make a part of ${sound.selection ? "the selection" : "it"}, to bend and play`}>
    ${busy ? "Listening …" : "Play with it"}
  <//>`;
}
