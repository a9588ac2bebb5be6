/**
 * The dial for a loudness that is one level, and the switch to a drawn one.
 */
import { html } from "htm/preact";
import { Button } from "../widgets/button.js";
import { Dial } from "../widgets/dial.js";
import { isDrawn, otherwise } from "./loudness.js";

/** @import {Loudness} from "../core/types.js" */

/**
 * @param {{loudness: Loudness, seconds: number, change: (loudness: Loudness) => void,
 *   keep: (loudness: Loudness) => void, cancel: () => void}} props
 */
export function LevelDial({ loudness, seconds, change, keep, cancel }) {
  const drawn = isDrawn(loudness);
  return html`<${Dial} name="codes/loudness" label="level" unit="dBFS" value=${drawn ? -20 : loudness}
      rest=${-20} low=${-60} high=${0} size=${30} disabled=${drawn}
      tip=${drawn ? "The level is drawn below" : "Level, dBFS"} change=${change} end=${keep} cancel=${cancel} />
    <${Button} icon="pencil" look="quiet" pressed=${drawn} label="Draw the loudness"
      tip=${drawn ? "One level instead of a drawn loudness" : "Draw the loudness over time"}
      onClick=${() => keep(otherwise(loudness, seconds))} />`;
}
