/**
 * The morph room without a morph: two sounds to choose, and the morphs that there are.
 */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { activate, createPart } from "../core/actions.js";
import { activeModel, activePart, doc, nameOf, selectedSound } from "../core/store.js";
import * as morphing from "../geometry/morphing.js";
import { Button } from "../widgets/button.js";
import { choicesFor } from "../widgets/refs.js";
import { Voice } from "./voices.js";

/** @import {Choice} from "../widgets/refs.js" */

/**
 * What it is likely to be about: the part or sound that is looked at, and another.
 * @param {Choice[]} choices
 * @returns {[string | null, string | null]}
 */
function likely(choices) {
  const source = activePart.value?.source;
  const looked = [source?.kind === "sound" ? source.sound : activePart.value?.id, selectedSound.value];
  const a = [...looked, choices[0]?.ref].find((ref) => choices.some((choice) => choice.ref === ref)) ?? null;
  const sounds = choices.filter((choice) => choice.ref !== a);
  return [a, sounds[0]?.ref ?? null];
}

/** @param {string} a @param {string} b */
function make(a, b) {
  const name = `${nameOf(a)} → ${nameOf(b)}`.slice(0, 200);
  return createPart(
    { kind: "morph", a, b, curve: morphing.preset("line"), align: "stretch", loudness: "mix", course: "line" },
    name,
  );
}

export function Start() {
  const model = activeModel.value;
  const choices = model ? choicesFor({ model: model.name }) : [];
  const [first, second] = likely(choices);
  const [taken, setTaken] = useState(/** @type {{a?: string, b?: string}} */ ({}));
  const a = taken.a ?? first;
  const b = taken.b ?? second;
  const morphs = (doc.value?.parts ?? []).filter((part) => part.source.kind === "morph");
  return html`<div class="start">
    <h2>From one sound to another</h2>
    <p class="muted">Choose two, then draw how far between them the sound is at every moment.</p>
    <div class="start-voices">
      <${Voice}
        letter="A"
        value=${a}
        choices=${choices}
        choose=${(/** @type {string} */ ref) => setTaken({ ...taken, a: ref })}
      />
      <svg class="start-curve" viewBox="0 0 120 60" aria-hidden="true"><path d="M4 50C50 50 70 10 116 10" /></svg>
      <${Voice}
        letter="B"
        value=${b}
        choices=${choices}
        choose=${(/** @type {string} */ ref) => setTaken({ ...taken, b: ref })}
      />
    </div>
    <${Button}
      look="primary"
      disabled=${a === null || b === null}
      tip="Make the morph, and draw its curve"
      onClick=${() => a && b && void make(a, b)}
      >Make the morph<//
    >
    ${choices.length < 2 && html`<p class="muted">Two sounds are needed: drop files anywhere, or pick examples.</p>`}
    ${
      morphs.length > 0 &&
      html`<div class="start-there">
        <h3 class="caption">Morphs</h3>
        ${morphs.map(
          ({ id, name }) =>
            html`<${Button} key=${id} look="quiet" tip="Open this morph" onClick=${() => void activate(id)}
              >${name}<//
            >`,
        )}
      </div>`
    }
  </div>`;
}
