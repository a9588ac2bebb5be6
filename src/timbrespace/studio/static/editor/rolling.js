/**
 * Random: how much, how smooth, and another roll of the dice. A roll right after a random edit takes its
 * place, and so does another smoothness; the seed is counted on, so that a roll before comes back with its
 * number.
 */
import { html } from "htm/preact";
import { activePart, remember, remembered } from "../core/store.js";
import { Button } from "../widgets/button.js";
import { Dial } from "../widgets/dial.js";
import * as draft from "./draft.js";
import { shown } from "./state.js";
import { hertz, Turn } from "./turn.js";

/** @import {Operator, View} from "../core/types.js" */

const SLOWEST_HZ = 0.1;
const USUAL_HZ = 2;
const LARGEST_SEED = 2 ** 32;

/** The random edit that was made last. @type {{part: string, edit: Operator, cursor: number} | null} */
let last = null;

const seed = () => Number(remembered("editor/seed", 1));

/** @param {Operator} edit @param {Promise<View | null>} answer */
async function noteKept(edit, answer) {
  const view = await answer;
  if (view) last = { part: view.part.id, edit, cursor: view.part.cursor };
}

/**
 * Make the last random edit anew, if nothing was done since.
 * @param {Partial<Operator>} change
 */
async function again(change) {
  draft.settle();
  const [part, now] = [activePart.peek(), shown.peek()];
  if (!last || !now || last.part !== part?.id || last.cursor !== part.cursor) return;
  const edit = { ...last.edit, ...change };
  last = null;
  await noteKept(edit, draft.keepInstead(part.id, edit, now));
}

/** Another roll. @param {1 | -1} step */
export function roll(step) {
  const next = (seed() + step + LARGEST_SEED) % LARGEST_SEED;
  remember("editor/seed", next);
  void again({ seed: next });
}

/** @param {{reach: number, unit: string, fastest: number}} props */
export function Rolling({ reach, unit, fastest }) {
  const smoothness = Math.min(Number(remembered("editor/smoothness", USUAL_HZ)), fastest);
  const cutOff = (/** @type {number} */ value) => (value >= fastest * 0.999 ? null : value);
  return html`<div class="operator-group rolling">
    <${Turn} name="random" low=${0} high=${reach} rest=${0} unit=${unit}
      tip="Noise added, its standard deviation"
      more=${() => ({ smoothness_hz: cutOff(smoothness), seed: seed() })} kept=${noteKept} />
    <div class="turn"><${Dial} name="editor/smoothness" label="up to" value=${smoothness} low=${SLOWEST_HZ}
      high=${fastest} rest=${USUAL_HZ}
      course="log" unit="Hz" size=${36} tip="How fast the noise may move, Hz"
      words=${(/** @type {number} */ value) => hertz(value, fastest, "white")}
      change=${(/** @type {number} */ value) => remember("editor/smoothness", value)}
      end=${(/** @type {number} */ value) => void again({ smoothness_hz: cutOff(value) })}
      /></div>
    <div class="dice" role="group" aria-label="Seed of the noise">
      <output class="seed" data-tip="Seed of the noise: same number, same noise">${seed()}</output>
      <div class="row">
        <${Button} look="quiet" class="die" label="The roll before" tip=${"The roll before\nShift+R"}
          onClick=${() => roll(-1)}>−<//>
        <${Button} class="die" label="Roll again"
          tip=${"Roll again: the last random edit with another seed\nR"} onClick=${() => roll(1)}>+<//>
      </div>
      <span class="dial-label" aria-hidden="true">seed</span>
    </div>
  </div>`;
}
