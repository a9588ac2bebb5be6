/**
 * The latent editor: every dimension of a part over time, one of them in hand, and loudness; operators on
 * them.
 */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { bindKeys } from "../core/keys.js";
import { link } from "../core/link.js";
import { activePart, renderOf } from "../core/store.js";
import { Dimensions } from "./dimensions.js";
import * as draft from "./draft.js";
import { editorKeys } from "./keys.js";
import { Operators } from "./operators.js";
import { Pane } from "./pane.js";
import { Ruler, Strip } from "./ruler.js";
import { active, frameCount } from "./state.js";
import { nameOf } from "./scope.js";
import { Toolbar } from "./toolbar.js";

const KEYS = "Up and down choose a dimension, left and right a handle, Alt and arrows move it.";

function View() {
  const part = activePart.value;
  useEffect(() => bindKeys(editorKeys()), []);
  useEffect(() => draft.settle, [part?.id]);
  if (!part) return html`<${NoPart} />`;
  return html`<div class="editor">
    <${Toolbar} />
    <div class="editor-middle">
      <${Dimensions} />
      <div class="editor-panes">
        <${Ruler} />
        <${Pane} name="latents"
          label=${`Latents over time; active: ${nameOf(active.value)}. ${KEYS}`}
          />
        <${Pane} name="loudness" label="Loudness over time, dBFS" />
        <${Strip} />
        ${!frameCount.value && html`<${Waiting} part=${part.id} />`}
      </div>
    </div>
    <${Operators} />
  </div>`;
}

function NoPart() {
  return html`<div class="empty">
    <h2>Nothing to edit yet</h2>
    <p class="muted">Choose a sound in the tray, select some of it or take it whole, and press “Play with it”: it
      becomes a part, and its curves are drawn here.</p>
  </div>`;
}

/** In the place of the curves, until there are any. @param {{part: string}} props */
function Waiting({ part }) {
  const [share, setShare] = useState(0);
  const { error } = renderOf(part).value;
  useEffect(() => link.on("encode", (told) => told.part === part && setShare(told.share)), [part]);
  const listening = `Listening to the sound … ${share ? `${Math.round(100 * share)} %` : ""}`;
  return html`<div class="editor-waiting" role="status">${error ?? listening}</div>`;
}

/** @type {import("../core/types.js").Room} */
export const room = { id: "editor", title: "Editor", key: "1", View };
