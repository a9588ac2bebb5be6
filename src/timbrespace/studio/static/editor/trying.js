/**
 * Operators while a dial is turned: heard through the preview, and drawn from what the server makes of
 * them, one question at a time, the newest first. No arithmetic of operators is done in the page.
 */
import * as audio from "../core/audio.js";
import { report, tryEdit } from "../core/api.js";
import { activeModel, activePart } from "../core/store.js";
import { taken } from "./columns.js";
import * as draft from "./draft.js";

/** @import {Edit} from "../core/types.js" */
/** @import {Kept} from "./draft.js" */

/** What is wanted and not asked yet. @type {{part: string, edit: Edit} | null} */
let next = null;
let asking = false;
/**
 * What the hand does now, so that late answers of another are not shown.
 * @type {{part: string, edit: Edit} | null}
 */
let current = null;

/**
 * Hear and see the active part with one more edit.
 * @param {Edit} edit
 */
export function tryOut(edit) {
  const part = activePart.peek();
  if (!part) return;
  current = next = { part: part.id, edit };
  audio.preview(part.id, { edit });
  if (!asking) void ask();
}

/** Back to how it was. */
export function giveUp() {
  current = next = null;
  draft.drop();
  audio.endPreview();
}

/**
 * Keep an edit that was tried, at once or when the keys rest.
 * @param {Edit} edit
 * @param {{soon?: boolean, then?: Kept}} [options]  then: told what the server makes of it
 */
export function keepTried(edit, { soon = false, then = () => {} } = {}) {
  const part = activePart.peek();
  if (!part) return;
  const over = (/** @type {Parameters<Kept>[0]} */ answer) => {
    current = next = null;
    then(answer);
  };
  if (soon) draft.keepSoon(part.id, edit, over);
  else over(draft.keep(part.id, edit));
}

async function ask() {
  asking = true;
  while (next) {
    const wanted = next;
    next = null;
    try {
      const { z, loudness_db: level } = (await tryEdit(wanted.part, wanted.edit)).arrays;
      if (current?.part !== wanted.part) continue;
      const [values, db] = /** @type {Float32Array[]} */ ([z.values, level.values]);
      const { frames, rows } = taken(values, db, z.shape[1], activeModel.peek()?.frame_rate_hz ?? 1);
      draft.show({ part: wanted.part, frames, rows }, null);
    } catch (error) {
      if (current === wanted) report(error);
    }
  }
  asking = false;
}
