/**
 * The head of the editor: tools, history, copying, erasing, what is behind the curves, zoom.
 */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { redo, undo } from "../core/actions.js";
import { activePart, timeView, viewOf } from "../core/store.js";
import { Button, Segmented } from "../widgets/button.js";
import { Menu } from "../widgets/menu.js";
import { zoomTime, zoomValues } from "./axes.js";
import { hasPicturedSource } from "./backdrop.js";
import { clip } from "./clipboard.js";
import { copyHere, eraseHere, pasteHere, resetHere, setHere, target } from "./copying.js";
import * as draft from "./draft.js";
import { selection, showSelected } from "./selecting.js";
import { backdrop, chooseBackdrop, chooseTool, tool, valueViews } from "./state.js";
import { inDb } from "./turn.js";

const TOOLS = [
  { value: "bend", text: "Bend", tip: "Handles bend the curve and keep its detail\nQ" },
  { value: "line", text: "Line", tip: "Handles draw straight lines between them\nW" },
  { value: "draw", text: "Draw", tip: "A pencil; with Shift a straight line\nE" },
];

/** Undo, once what keys did is kept. */
export const stepBack = () => {
  draft.settle();
  void undo();
};

/** Redo. */
export const stepForward = () => {
  draft.settle();
  void redo();
};

export function Toolbar() {
  return html`<header class="room-head editor-head">
    <${Segmented} label="Tool" value=${tool.value} options=${TOOLS} choose=${chooseTool} />
    <${History} />
    <${Copying} />
    <${Writing} />
    <span class="grow"></span>
    <${Backdrops} />
    <${Zooms} />
  </header>`;
}

function History() {
  const part = activePart.value;
  const view = part && viewOf(part.id).value;
  const last = view?.last_edit ? `: ${view.last_edit}` : "";
  return html`<div class="row tight">
    <${Button} icon="undo" look="quiet" label="Undo" tip=${`Undo${last}\nCtrl+Z`}
      disabled=${!view?.can_undo} onClick=${stepBack} />
    <${Button} icon="redo" look="quiet" label="Redo" tip=${"Redo\nCtrl+Shift+Z"} disabled=${!view?.can_redo}
      onClick=${stepForward} />
    <span class="history muted"
      data-tip="Edits that count, of all that were made">${part ? `${part.cursor}/${part.edits}` : ""}</span>
  </div>`;
}

function Copying() {
  const none = !activePart.value;
  const from = clip.value?.from;
  const tip = `Copy and paste${from ? `\nheld: ${from}` : ""}`;
  const items = [
    { text: "Copy the active curve", hint: "Ctrl+C", run: () => copyHere("active") },
    { text: "Copy all curves", hint: "Ctrl+Shift+C", run: () => copyHere("all") },
    { text: "Paste", hint: "Ctrl+V", disabled: !from, apart: true, run: () => pasteHere() },
    { text: "Paste to fit", hint: "Ctrl+Shift+V", disabled: !from, run: () => pasteHere({ fit: true }) },
  ];
  return html`<${Menu} button=${{ icon: "copy", look: "quiet", tip, disabled: none }} items=${items} />`;
}

function Writing() {
  const [value, setValue] = useState("0");
  const none = !activePart.value;
  const unit = inDb() ? "dB" : "σ";
  const number = Number(value.replace(",", ".").replace("−", "-"));
  const wrong = value.trim() === "" || !Number.isFinite(number) || Math.abs(number) > (inDb() ? 100 : 1000);
  const set = () => !wrong && !none && setHere(number);
  return html`<div class="row tight writing">
    <${Button} tip=${`Erase ${target()}: z at 0, loudness at its middle\nDelete`} disabled=${none}
      onClick=${eraseHere}>Erase<//>
    <${Button} tip=${`Reset ${target()} to what the source gave\nCtrl+Delete`} disabled=${none}
      onClick=${resetHere}>Reset<//>
    <${Button} tip=${`Set ${target()} to this value, ${unit}\nEnter in the field`} disabled=${none || wrong}
      onClick=${set}>Set<//>
    <input class="field number" inputmode="decimal" aria-label=${`Value to set, ${unit}`}
      aria-invalid=${wrong} value=${value}
      onInput=${(/** @type {any} */ event) => setValue(event.target.value)}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Enter" && set()} />
    <span class="muted unit">${unit}</span>
  </div>`;
}

function Backdrops() {
  const options = [
    { value: "none", text: "Plain", tip: "Nothing behind the curves\nS" },
    {
      value: "source",
      text: "Source",
      tip: "The spectrogram of the sound it was made from\nS",
      disabled: !hasPicturedSource(activePart.value),
    },
    { value: "result", text: "Result", tip: "The spectrogram of the result\nS" },
  ];
  return html`<${Segmented} label="Behind the curves" value=${backdrop.value} options=${options}
    choose=${chooseBackdrop} />`;
}

function Zooms() {
  const range = selection.value;
  const all = !timeView.value && !valueViews.value.latents && !valueViews.value.loudness;
  return html`<div class="row tight" role="group" aria-label="Zoom">
    <${Button} look="quiet" class="zoom" label="Zoom out in time" tip=${"Zoom out in time\n−"}
      onClick=${() => zoomTime(-1)}>−<//>
    <${Button} look="quiet" icon="wide" label="Zoom: all"
      tip=${range ? "Show what is selected\nF" : "Show all\nF"} disabled=${all && !range}
      onClick=${showSelected} />
    <${Button} look="quiet" class="zoom" label="Zoom in in time" tip=${"Zoom in in time\n+"}
      onClick=${() => zoomTime(1)}>+<//>
    <${Button} look="quiet" class="zoom" label="Zoom out in value"
      tip=${"Show a wider range of values\nAlt+PageDown, or Alt and the wheel"}
      onClick=${() => zoomValues("latents", -1)}>↕−<//>
    <${Button} look="quiet" class="zoom" label="Zoom in in value"
      tip=${"Show a smaller range of values\nAlt+PageUp, or Alt and the wheel"}
      onClick=${() => zoomValues("latents", 1)}>↕+<//>
  </div>`;
}
