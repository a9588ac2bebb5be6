/**
 * The head of the page: the session's name, the rooms, the model, light and dark, help.
 */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { chooseModel, tried } from "../core/actions.js";
import * as api from "../core/api.js";
import { activeModel, doc, models, remember, room, unsaved } from "../core/store.js";
import { palette, switchTheme } from "../core/theme.js";
import { SessionMenu } from "../sessions/menu.js";
import { Button } from "../widgets/button.js";
import { Icon } from "../widgets/icons.js";
import { Menu } from "../widgets/menu.js";
import { Renamed } from "../widgets/renamed.js";

/** @import {Room} from "../core/types.js" */

/** @param {string} id */
export function enterRoom(id) {
  room.value = id;
  remember("room", id);
}

/** @param {{rooms: Room[], help: () => void}} props */
export function Header({ rooms, help }) {
  const [renaming, setRenaming] = useState(false);
  return html`<header class="head">
    <div class="head-session row">
      <span class="mark" aria-hidden="true"></span>
      <h1 class="hidden-text">timbrespace studio</h1>
      <${SessionName} renaming=${renaming} setRenaming=${setRenaming} />
      <${SessionMenu} rename=${() => setRenaming(true)} />
      ${unsaved.value && html`<span class="unsaved" role="alert" data-tip=${unsaved.value}>not kept</span>`}
    </div>
    <${Tabs} rooms=${rooms} />
    <div class="head-right row">
      <${ModelMenu} />
      <${Button} icon=${palette.value.dark ? "sun" : "moon"} look="quiet"
        tip=${palette.value.dark ? "Light" : "Dark"} onClick=${switchTheme} />
      <${Button} icon="help" look="quiet" tip=${"Keys and help\n?"} onClick=${help} />
    </div>
  </header>`;
}

/** @param {{renaming: boolean, setRenaming: (now: boolean) => void}} props */
function SessionName({ renaming, setRenaming }) {
  const name = doc.value?.name ?? "";
  const save = (/** @type {string} */ wanted) => {
    setRenaming(false);
    if (wanted && wanted !== name) void tried(api.changeSession({ name: wanted }));
  };
  if (renaming) return html`<${Renamed} value=${name} label="Name of the session" done=${save} />`;
  return html`<button type="button" class="session-name clip"
    data-tip=${"The session; everything in it is kept as you go\nPress to rename it"}
    onClick=${() => setRenaming(true)}>${name}</button>`;
}

/** @param {{rooms: Room[]}} props */
function Tabs({ rooms }) {
  const shown = rooms.filter((each) => each.when?.() !== false);
  const move = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = shown.findIndex((each) => each.id === room.value);
    enterRoom(shown[(at + step + shown.length) % shown.length].id);
    event.stopPropagation();
    requestAnimationFrame(() =>
      /** @type {HTMLElement | null} */ (document.querySelector(".tab[aria-selected=true]"))?.focus(),
    );
  };
  return html`<nav class="tabs" role="tablist" aria-label="Rooms" onKeyDown=${move}>
    ${shown.map(
      ({ id, title, key }) =>
        html`<button type="button" role="tab" class="tab" id=${`tab-${id}`} aria-controls="room"
          aria-selected=${room.value === id}
          tabindex=${room.value === id ? 0 : -1} data-tip=${`${title}\n${key}`}
          onClick=${() => enterRoom(id)}>${title}</button>`,
    )}
  </nav>`;
}

function ModelMenu() {
  const model = activeModel.value;
  if (!model) return html`<span class="muted">no model</span>`;
  const items = models.value.map((each) => ({
    text: each.name,
    hint: each.kind === "discrete" ? `${each.codes} codes` : `${each.latents} dimensions`,
    checked: each.name === model.name,
    run: () => void chooseModel(each.name),
  }));
  return html`<${Menu} button=${{ look: "quiet", class: "model", tip: "The model that plays" }} items=${items} right>
    <span class="model-name clip">${model.name}</span>
    <span class="muted">${model.kind === "discrete" ? "codes" : "continuous"}</span>
    <${Icon} name="down" size=${12} />
  <//>`;
}
