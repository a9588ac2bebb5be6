/**
 * The morph room: B's strip above, A's below, and between them the curve of where the sound is, moment by moment.
 * What it makes is a part like any other, which the editor bends further.
 */
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { bindKeys } from "../core/keys.js";
import { nameOf } from "../core/store.js";
import { choicesFor } from "../widgets/refs.js";
import { Curve } from "./curve.js";
import { bindings } from "./keys.js";
import { Start } from "./start.js";
import { change, chosen, morph, wholeSeconds } from "./state.js";
import { Strip } from "./strip.js";
import { CurveTools, MorphOptions } from "./tools.js";
import { Voice } from "./voices.js";

function View() {
  const part = morph.part.value;
  const source = morph.source.value;
  useEffect(() => bindKeys(bindings), []);
  useEffect(() => void (chosen.value = -1), [part?.id]);
  if (!part || !source) return html`<div class="morph-room"><${Start} /></div>`;
  const choices = choicesFor(part);
  const { a, b, align = "stretch" } = source;
  const strip = { align, whole: wholeSeconds.value, model: part.model };
  return html`<div class="morph-room">
    <${MorphOptions} />
    <div class="morph-field">
      <${Voice}
        letter="B"
        value=${b}
        choices=${choices}
        choose=${(/** @type {string} */ ref) => change({ b: ref })}
      />
      <${Strip} ...${strip} of=${b} name=${nameOf(b)} second />
      <${CurveTools} />
      <${Curve} />
      <${Voice}
        letter="A"
        value=${a}
        choices=${choices}
        choose=${(/** @type {string} */ ref) => change({ a: ref })}
      />
      <${Strip} ...${strip} of=${a} name=${nameOf(a)} />
    </div>
  </div>`;
}

/** @type {import("../core/types.js").Room} */
export const room = { id: "morph", title: "Morph", key: "2", View };
