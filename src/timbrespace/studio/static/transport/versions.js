/**
 * A, B, C: the source, the result before the last change, and the result now, at one loudness and in one place.
 */
import { html } from "htm/preact";
import { setWhat } from "../core/audio.js";
import { loudnessOf } from "../core/matching.js";
import { transport } from "../core/state.js";
import { Segmented } from "../widgets/button.js";

/** @import {Part} from "../core/types.js" */

const VERSIONS = /** @type {const} */ ([
  { value: "source", letter: "A", text: "Source", tip: "What it was made from, as loud as the result\nA" },
  { value: "previous", letter: "B", text: "Before", tip: "The result before the last change\nB" },
  { value: "live", letter: "C", text: "Now", tip: "As it is now; follows your hand\nC" },
]);

/** @param {{part: Part | null}} props */
export function Versions({ part }) {
  const { what } = transport.value;
  const heard = what?.kind === "part" && what.part === part?.id ? what.version : "live";
  return html`<${Segmented} label="What is heard" value=${heard === "result" ? "live" : heard}
    options=${VERSIONS.map(({ letter, text, ...version }) => ({
      ...version,
      text: html`<b class="letter" aria-hidden="true">${letter}</b>${text}`,
      disabled: !part || (version.value === "previous" && loudnessOf(part.id).value.previous === null),
    }))} choose=${(/** @type {"source" | "previous" | "live"} */ version) => hear(part, version)} />`;
}

/**
 * Hear another version of a part, at the same place.
 * @param {Part | null} part @param {"source" | "previous" | "live"} version
 */
export function hear(part, version) {
  if (!part || (version === "previous" && loudnessOf(part.id).peek().previous === null)) return;
  setWhat({ kind: "part", part: part.id, version });
}
