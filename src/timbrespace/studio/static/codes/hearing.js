/**
 * Single sounds of the model, heard as the hand goes over them; each glides into the next.
 */
import * as audio from "../core/audio.js";
import { activeModel, transport } from "../core/store.js";

const LINGER_MS = 140; // after the hand has left a sound, until it is silent

let ending = 0;

/** Whether a held sound plays now, or nothing at all. */
export function isFree() {
  const { playing, what } = transport.peek();
  return !playing || what?.kind === "row";
}

/**
 * Hold this row from now on.
 * @param {number} row
 * @param {number} level_db
 */
export function hear(row, level_db = -20) {
  clearTimeout(ending);
  const model = activeModel.peek();
  if (!model || !navigator.userActivation.hasBeenActive) return; // no sound before the first click, says the browser
  const { playing, what } = transport.peek();
  if (playing && what?.kind === "row" && what.model === model.name) {
    if (what.row !== row) audio.holdRow(row);
    transport.value = { ...transport.peek(), what: { ...what, row } };
  } else audio.play({ kind: "row", model: model.name, row, loudness_db: level_db });
}

/** Be silent soon, unless another row is heard before. */
export function hush(after = LINGER_MS) {
  clearTimeout(ending);
  const stop = () => {
    const { playing, what } = transport.peek();
    if (playing && what?.kind === "row") audio.stop();
  };
  if (after > 0) ending = window.setTimeout(stop, after);
  else stop();
}
