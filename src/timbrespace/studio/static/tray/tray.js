/**
 * The tray, at the left of every room: the sounds that were brought in, and the parts that were made of them.
 */
import { html } from "htm/preact";
import { useRef, useState } from "preact/hooks";
import { doc, hasLibrary, remember, remembered, uploads } from "../core/store.js";
import { Button } from "../widgets/button.js";
import { addFiles } from "./adding.js";
import { Library } from "./library.js";
import { PartList } from "./parts.js";
import { Recorder } from "./recorder.js";
import { SoundRow } from "./sound.js";
import { UploadRow } from "./upload.js";

const NARROWEST = 232; // pixels
const WIDEST = 560;
const USUAL = 276;

export function Tray() {
  const [dialog, setDialog] = useState(/** @type {"library" | "record" | null} */ (null));
  const chooser = useRef(/** @type {HTMLInputElement | null} */ (null));
  const width = remembered("tray/width", USUAL);
  return html`<aside class="tray" aria-label="Tray" style=${`width:${width}px`}>
    <header class="tray-head">
      <h2 class="caption grow">Sounds</h2>
      <${Button} icon="add" look="quiet" tip=${"Add files\nWAV, FLAC, MP3, OGG, AIFF; or drop them anywhere"}
        onClick=${() => chooser.current?.click()} />
      <${Button} icon="microphone" look="quiet" tip="Record from the microphone"
        onClick=${() => setDialog("record")} />
      ${
        hasLibrary.value &&
        html`<${Button} icon="library" look="quiet" tip="Pick from the examples and the data set"
          onClick=${() => setDialog("library")} />`
      }
      <input ref=${chooser} type="file" multiple hidden accept="audio/*,.wav,.flac,.aif,.aiff,.ogg,.mp3,.npz,.csv"
        onChange=${(/** @type {any} */ event) => {
          addFiles(event.target.files);
          event.target.value = "";
        }} />
    </header>
    <${SoundList} choose=${() => chooser.current?.click()} />
    <${PartList} />
    <${Edge} width=${width} />
    ${dialog === "library" && html`<${Library} close=${() => setDialog(null)} />`}
    ${dialog === "record" && html`<${Recorder} close=${() => setDialog(null)} />`}
  </aside>`;
}

/** @param {{choose: () => void}} props */
function SoundList({ choose }) {
  const sounds = doc.value?.sounds ?? [];
  const incoming = uploads.value;
  if (!sounds.length && !incoming.length) {
    return html`<button type="button" class="tray-empty" onClick=${choose}>
      <strong>Drop sounds here</strong>
      <span>or press to choose files</span>
    </button>`;
  }
  return html`<ul class="tray-list" aria-label="Sounds">
    ${sounds.map((sound) => html`<${SoundRow} key=${sound.id} sound=${sound} />`)}
    ${incoming.map((upload) => html`<${UploadRow} key=${upload.key} upload=${upload} />`)}
  </ul>`;
}

/** The border that makes the tray wider. @param {{width: number}} props */
function Edge({ width }) {
  const drag = useRef(/** @type {{x: number, width: number} | null} */ (null));
  const set = (/** @type {number} */ wanted) =>
    remember("tray/width", Math.round(Math.min(WIDEST, Math.max(NARROWEST, wanted))));
  return html`<div class="tray-edge" role="separator" aria-orientation="vertical" aria-label="Width of the tray"
    aria-valuenow=${width} aria-valuemin=${NARROWEST} aria-valuemax=${WIDEST} tabindex="0"
    onPointerDown=${(/** @type {any} */ event) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      drag.current = { x: event.clientX, width };
    }}
    onPointerMove=${(/** @type {PointerEvent} */ event) => {
      if (drag.current) set(drag.current.width + event.clientX - drag.current.x);
    }}
    onPointerUp=${() => (drag.current = null)}
    onDblClick=${() => set(USUAL)}
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
      const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
      if (step) set(width + step);
    }}></div>`;
}
