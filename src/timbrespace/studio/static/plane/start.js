/**
 * The plane room without a plane: which sounds are to be its points, or draws by chance, and the planes there are.
 */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { activate, createPart } from "../core/actions.js";
import { activeModel, doc, nameOf } from "../core/store.js";
import { preset } from "../geometry/path.js";
import { defaultPoints, MOST_POINTS } from "../geometry/plane.js";
import { Button } from "../widgets/button.js";
import { choicesFor } from "../widgets/refs.js";

/** @import {PlanePoint} from "../core/types.js" */

const USUAL = 4; // points: the corners
const SECONDS = 8;
const SEEDS = 1_000_000;
const LONGEST = 60; // characters of a name that are taken over

/** @param {Omit<PlanePoint, "x" | "y">[]} points */
function make(points) {
  const places = points.length > 1 ? defaultPoints(points.length) : [{ x: 0.5, y: 0.5 }];
  const placed = points.map((point, n) => ({ ...point, ...round(places[n]) }));
  const others = points.length - 1;
  const name = `Plane of ${(points[0].name ?? "").slice(0, LONGEST)}${others ? ` and ${others} more` : ""}`;
  return createPart(
    {
      kind: "plane",
      points: placed,
      path: preset("circle", SECONDS),
      seconds: SECONDS,
      align: "loop",
      latents: null,
      loudness: null,
    },
    name,
  );
}

/** @param {{x: number, y: number}} place */
const round = ({ x, y }) => ({ x: Number(x.toFixed(4)), y: Number(y.toFixed(4)) });

function makeOfChance() {
  const seeds = Array.from({ length: USUAL }, () => Math.floor(Math.random() * SEEDS));
  return make(seeds.map((seed) => ({ seed, name: `Random ${seed}` })));
}

export function Start() {
  const model = activeModel.value;
  const choices = model ? choicesFor({ model: model.name }) : [];
  const [taken, setTaken] = useState(/** @type {string[] | null} */ (null));
  const refs = (taken ?? choices.slice(0, USUAL).map(({ ref }) => ref)).filter((ref) =>
    choices.some((choice) => choice.ref === ref),
  );
  const toggle = (/** @type {string} */ ref) =>
    setTaken(refs.includes(ref) ? refs.filter((each) => each !== ref) : [...refs, ref].slice(0, MOST_POINTS));
  const planes = (doc.value?.parts ?? []).filter((part) => part.source.kind === "plane");
  return html`<div class="start">
    <h2>Sounds as places</h2>
    <p class="muted">Every sound is a point of the plane; between them the puck plays their mixture.</p>
    <div class="start-choices" role="group" aria-label="Points">
      ${choices.map(
        ({ ref, name, kind }) =>
          html`<${Button}
            key=${ref}
            pressed=${refs.includes(ref)}
            tip=${`${name}\n${kind}`}
            onClick=${() => toggle(ref)}
            ><span class="clip">${name}</span>${kind === "part" && html`<small class="muted">part</small>`}<//
          >`,
      )}
    </div>
    ${choices.length === 0 && html`<p class="muted">No sounds yet: drop files anywhere, or begin with chance.</p>`}
    <div class="row">
      <${Button}
        look="primary"
        disabled=${refs.length === 0}
        tip="Four take the corners A, B, C and D; others a polygon"
        onClick=${() => void make(refs.map((ref) => ({ ref, name: nameOf(ref) })))}
        >Make the plane<//
      >
      <${Button}
        tip="Four states drawn by chance from what the model knows"
        disabled=${!model}
        onClick=${() => void makeOfChance()}
        >Four by chance<//
      >
    </div>
    ${
      planes.length > 0 &&
      html`<div class="start-there">
        <h3 class="caption">Planes</h3>
        ${planes.map(
          ({ id, name }) =>
            html`<${Button} key=${id} look="quiet" tip="Open this plane" onClick=${() => void activate(id)}
              ><span class="clip">${name}</span><//
            >`,
        )}
      </div>`
    }
  </div>`;
}
