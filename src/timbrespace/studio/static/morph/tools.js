/**
 * What stands beside the morph's curve: the tool in the hand and curves to begin with; above it: how the two sounds
 * are brought to one length, whose loudness is heard, which course is taken from A to B.
 */
import { html } from "htm/preact";
import { remember } from "../core/store.js";
import * as morphing from "../geometry/morphing.js";
import { Button, Segmented } from "../widgets/button.js";
import { change, chosen, goesBeyond, isBeyond, morph, playedSeconds, toggleMorph, tool } from "./state.js";

const NAMES = /** @type {Record<string, string>} */ ({
  line: "Line",
  sigmoid: "Sigmoid",
  steps: "Steps",
  "ping-pong": "Ping-pong",
});
const PICTURE = { width: 26, height: 16 };

const ALIGN = [
  { value: "stretch", text: "Stretch", tip: "The shorter one is played slower, its pitch kept" },
  { value: "trim", text: "Trim", tip: "The longer one is cut" },
  { value: "loop", text: "Loop", tip: "The shorter one goes round" },
];
const LOUDNESS = [
  { value: "mix", text: "Mix", tip: "The loudness moves with the curve, in dB" },
  { value: "a", text: "A", tip: "The loudness of A throughout" },
  { value: "b", text: "B", tip: "The loudness of B throughout" },
];
const COURSE = [
  { value: "line", text: "Line", tip: "Straight from A to B in the latent space" },
  {
    value: "even",
    text: "Even",
    tip: "Bent so that the timbre changes evenly\nTakes a moment; while you draw, the line is heard",
  },
  {
    value: "auto",
    text: "Auto",
    tip: "The one of the two that moves more steadily\nTakes a moment; while you draw, the line is heard",
  },
];

/** A preset as a small picture of itself. @param {{shape: string}} props */
function Picture({ shape }) {
  const points = morphing
    .preset(shape)
    .map(({ share, place }) => `${(share * PICTURE.width).toFixed(1)},${((1 - place) * PICTURE.height).toFixed(1)}`);
  return html`<svg
    width=${PICTURE.width + 4}
    height=${PICTURE.height + 4}
    viewBox=${`-2 -2 ${PICTURE.width + 4} ${PICTURE.height + 4}`}
    aria-hidden="true"
  >
    <polyline
      points=${points.join(" ")}
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linejoin="round"
      stroke-linecap="round"
    />
  </svg>`;
}

/** @param {import("./state.js").Tool} wanted */
function take(wanted) {
  remember("morph/tool", wanted);
  if (wanted === "draw") chosen.value = -1;
}

/** @param {import("../core/types.js").MorphPoint[]} curve */
function put(curve) {
  chosen.value = -1;
  change({ curve });
}

/** Beside the curve. */
export function CurveTools() {
  const source = morph.source.value;
  if (!source) return null;
  return html`<div class="morph-tools">
    <h3 class="caption">Hand</h3>
    <${Segmented}
      label="Tool"
      value=${tool()}
      choose=${take}
      options=${[
        { value: "draw", text: "Draw", tip: "Draw freely: the line takes the place of what was there" },
        { value: "points", text: "Points", tip: "Move points; press beside one to add, double-click to take away" },
      ]}
    />
    <h3 class="caption">Curves</h3>
    <div class="morph-presets">
      ${morphing.PRESETS.map(
        (shape) =>
          html`<button
            type="button"
            class="morph-preset"
            key=${shape}
            data-tip=${NAMES[shape]}
            onClick=${() => put(morphing.preset(shape))}
          >
            <${Picture} shape=${shape} /><span class="hidden-text">${NAMES[shape]}</span>
          </button>`,
      )}
    </div>
    <div class="row">
      <${Button}
        look="quiet"
        tip="Turn the curve upside down: from B to A"
        onClick=${() => put(morphing.flipped(source.curve))}
        >Flip<//
      >
      <${Button}
        look="quiet"
        tip="As few points as keep its shape"
        onClick=${() => put(morphing.thinned(source.curve, 0.02))}
        >Thin<//
      >
    </div>
    <${Button}
      look="quiet"
      pressed=${isBeyond.value}
      disabled=${goesBeyond.value}
      tip=${goesBeyond.value ? "The curve goes beyond A or B" : "Draw beyond A and B: more of either, −1 to 2"}
      onClick=${() => remember("morph/beyond", !isBeyond.value)}
      >Beyond A and B<//
    >
  </div>`;
}

/** Above the curve. */
export function MorphOptions() {
  const source = morph.source.value;
  if (!source) return null;
  const playing = playedSeconds.value !== null;
  const swap = () => change({ a: source.b, b: source.a });
  return html`<div class="morph-options row">
    <${Button}
      look="primary"
      icon=${playing ? "stop" : "play"}
      tip=${playing ? "Stop" : "Hear the morph, round and round, while you draw\nSpace"}
      onClick=${toggleMorph}
      >${playing ? "Stop" : "Play"}<//
    >
    <span class="grow"></span>
    <span class="caption">Length</span>
    <${Segmented}
      label="How the sounds are brought to one length"
      value=${source.align ?? "stretch"}
      options=${ALIGN}
      choose=${(/** @type {any} */ align) => change({ align })}
    />
    <span class="caption">Loudness</span>
    <${Segmented}
      label="Whose loudness"
      value=${source.loudness ?? "mix"}
      options=${LOUDNESS}
      choose=${(/** @type {any} */ loudness) => change({ loudness })}
    />
    <span class="caption">Course</span>
    <${Segmented}
      label="Course from A to B"
      value=${source.course ?? "line"}
      options=${COURSE}
      choose=${(/** @type {any} */ course) => change({ course })}
    />
    <${Button} look="quiet" tip="A becomes B and B becomes A" onClick=${swap}>Swap<//>
  </div>`;
}
