/**
 * Copy, paste, erase, set and reset, as buttons and keys ask for them: on the active dimension or all, in the
 * selected frames or all.
 */
import { notify } from "../core/notices.js";
import { activeModel, activePart } from "../core/store.js";
import { clip, copy, pasting } from "./clipboard.js";
import * as draft from "./draft.js";
import { nameOf, placeOfReset } from "./scope.js";
import { selection } from "./selecting.js";
import { active, scope, shown } from "./state.js";
import { place } from "./turn.js";

/** @import {Edit} from "../core/types.js" */

/** @param {Edit} edit */
function keep(edit) {
  draft.settle();
  const part = activePart.peek();
  if (part) void draft.keep(part.id, edit);
}

/** The frames that are meant. */
function frames() {
  const [start, end] = selection.peek() ?? [0, shown.peek()?.frames ?? 0];
  return { start, end };
}

/** @param {"active" | "all"} [what]  what operators act on, where not given; all is loudness, too */
export function copyHere(what = scope.peek()) {
  const [columns, part, model] = [shown.peek(), activePart.peek(), activeModel.peek()];
  if (!columns || !part || !model) return;
  const dimensions = what === "all" ? [...columns.rows.keys()] : [active.peek()];
  copy(columns, dimensions, frames(), { model, name: part.name });
  notify(`Copied ${clip.peek()?.from}.`);
}

/** @param {{fit?: boolean}} [options]  fit: stretched to fill what is selected, or all */
export function pasteHere({ fit = false } = {}) {
  const [held, columns, model] = [clip.peek(), shown.peek(), activeModel.peek()];
  if (!held) return notify("Nothing was copied yet: Ctrl+C copies the active curve.");
  if (!columns || !model) return undefined;
  const to = { active: active.peek(), target: frames(), fit, rate: columns.rate, model };
  const edit = pasting(held, to);
  if (!edit) return notify(`There is no room for ${held.from} here.`, { kind: "error" });
  return keep(edit);
}

/** z at 0, loudness at the middle of the data. */
export const eraseHere = () => keep({ op: "erase", ...place() });

/** As the source gave it. */
export const resetHere = () => keep({ op: "reset", ...placeOfReset(place(), shown.peek()?.dimensions ?? 0) });

/** @param {number} value */
export const setHere = (value) => keep({ op: "set", value, ...place() });

/** What the buttons act on, in a word or two. */
export const target = () => (scope.value === "all" ? "all of z" : nameOf(active.value));
