/**
 * The parts of the session: what each is made of, how far its rendering is, which one the rooms show.
 */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { activate, changePart, duplicatePart, removePart } from "../core/actions.js";
import { playPart, stop } from "../core/audio.js";
import { activeModel, doc, hasModel, renderOf, transport } from "../core/store.js";
import { Icon } from "../widgets/icons.js";
import { Menu } from "../widgets/menu.js";
import { dragged } from "../widgets/refs.js";
import { Renamed } from "../widgets/renamed.js";

/** @import {Part} from "../core/types.js" */

const KINDS = /** @type {Record<string, string>} */ ({
  sound: "from a sound",
  morph: "a morph",
  plane: "a walk on the plane",
  follow: "drawn as a descriptor",
  codes: "painted over codes",
  series: "a latent series",
});

export function PartList() {
  const parts = doc.value?.parts ?? [];
  return html`<section class="parts" aria-label="Parts">
    <header class="tray-head">
      <h2 class="caption grow">Parts</h2>
      <span class="muted">${parts.length || ""}</span>
    </header>
    ${
      parts.length
        ? html`<ul class="tray-list">
          ${parts.map((part) => html`<${PartRow} key=${part.id} part=${part} />`)}
        </ul>`
        : html`<p class="tray-note">A part is what you make of sounds. “Play with it” makes the first.</p>`
    }
  </section>`;
}

/** @param {{part: Part}} props */
function PartRow({ part }) {
  const [renaming, setRenaming] = useState(false);
  const active = doc.value?.active === part.id;
  const row = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (active) row.current?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const { playing, what } = transport.value;
  const sounding = playing && what?.kind === "part" && what.part === part.id;
  const toggle = () => {
    if (sounding) return stop();
    void activate(part.id);
    return playPart(part);
  };
  const rename = (/** @type {string} */ name) => {
    setRenaming(false);
    if (name && name !== part.name) void changePart(part.id, { name });
  };
  const items = [
    { text: "Rename", icon: "pencil", hint: "F2", run: () => setRenaming(true) },
    { text: "Duplicate", icon: "copy", run: () => void duplicatePart(part.id) },
    { text: "Take out", icon: "trash", hint: "Del", apart: true, run: () => void removePart(part.id) },
  ];
  return html`<li class="part ${active ? "active" : ""} ${sounding ? "playing" : ""}" ref=${row} ...${dragged(part.id)}>
    <button type="button" class="round" aria-label=${`${sounding ? "Stop" : "Play"} ${part.name}`} onClick=${toggle}>
      <${Progress} id=${part.id} />
      <${Icon} name=${sounding ? "stop" : "play"} size=${12} />
    </button>
    ${
      renaming
        ? html`<${Renamed} value=${part.name} label="Name of the part" done=${rename} />`
        : html`<${Name} part=${part} active=${active} rename=${() => setRenaming(true)} />`
    }
    <${Menu} button=${{ icon: "more", look: "quiet", tip: "More" }} items=${items} right />
  </li>`;
}

/** @param {{part: Part, active: boolean, rename: () => void}} props */
function Name({ part, active, rename }) {
  const other = part.model !== activeModel.value?.name;
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "F2") rename();
    else if (event.key === "Delete") void removePart(part.id);
  };
  return html`<button type="button" class="name grow" aria-current=${active ? "true" : undefined}
    data-tip=${part.name}
    onClick=${() => void activate(part.id)} onDblClick=${rename} onKeyDown=${key}>
    <span class="clip">${part.name}</span>
    <small class="clip muted">${KINDS[part.source.kind]}${other ? ` · ${part.model}` : ""}${
      hasModel(part) ? "" : ", not open"
    }</small>
  </button>`;
}

/** A ring that closes while the part is rendered. @param {{id: string}} props */
function Progress({ id }) {
  const { share, error, fingerprint } = renderOf(id).value;
  if (error)
    return html`<svg class="ring failed" viewBox="0 0 28 28" aria-hidden="true">
      <circle cx="14" cy="14" r="13" />
    </svg>`;
  if (share >= 1 || !fingerprint) return null;
  return html`<svg class="ring" viewBox="0 0 28 28" aria-hidden="true">
    <circle cx="14" cy="14" r="13" pathLength="1" stroke-dasharray=${`${share} 1`} />
  </svg>`;
}
