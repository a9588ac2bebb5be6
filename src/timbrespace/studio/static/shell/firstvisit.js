/**
 * What an empty session shows in the place of a room: one click to hear what this is, or one's own sounds.
 */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { tried } from "../core/actions.js";
import * as api from "../core/api.js";
import { playPart } from "../core/audio.js";
import { activePart, doc, models, refresh } from "../core/store.js";
import { Button } from "../widgets/button.js";
import { Figure } from "./figure.js";

/** Whether nothing was brought in or made yet. */
export function isFirstVisit() {
  const held = doc.value;
  return held !== null && !held.sounds.length && !held.parts.length;
}

export function FirstVisit() {
  const [busy, setBusy] = useState(false);
  const begin = async () => {
    setBusy(true);
    const made = await tried(api.example());
    if (made) await refresh();
    const part = activePart.peek();
    if (made && part) playPart(part);
    setBusy(false);
  };
  return html`<section class="first" aria-label="Welcome">
    <${Figure} />
    <h1>Take hold of a sound’s colour</h1>
    <p>
      A model has listened to recordings and learned their timbre as a handful of curves.<br />
      Bend them, morph between sounds, draw a brightness: you hear it while your hand moves.
    </p>
    <div class="row first-choices">
      <${Button} look="primary" class="big" icon="play" disabled=${busy || !models.value.length}
        onClick=${begin}>${busy ? "Setting it up …" : "Hear an example"}<//>
      <span class="muted">or drop sounds of your own anywhere on this page</span>
    </div>
  </section>`;
}
