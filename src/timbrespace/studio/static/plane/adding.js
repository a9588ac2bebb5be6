/**
 * New points: a sound or part, a draw by chance that can be drawn again, the state that was heard last.
 */
import { link } from "../core/link.js";
import { notify } from "../core/notices.js";
import { modelOf, nameOf, partOf, transport } from "../core/store.js";
import { MOST_POINTS } from "../geometry/plane.js";
import { changedPoint, withPoint } from "../geometry/points.js";
import { choosePoint, plane, puck } from "./state.js";

/** @import {PlanePoint} from "../core/types.js" */
/** @import {Place} from "../geometry/plane.js" */

const SEEDS = 1_000_000; // numbers that are easily read and told
const LOUDEST_DB = 6;
const QUIETEST_DB = -100;

/**
 * z and loudness_db that were played last, and of which model.
 * @type {{values: number[], model: string | undefined} | null}
 */
let heard = null;

link.onLatents(({ values }) => {
  const { what } = transport.peek();
  const model = what && "part" in what ? partOf(what.part)?.model : what && "model" in what ? what.model : undefined;
  heard = { values: [...values], model };
});

/** @param {Omit<PlanePoint, "x" | "y"> & Partial<Place>} point */
function add(point) {
  const source = plane.source.peek();
  if (!source) return undefined;
  const more = withPoint(source, point, [puck.peek()]);
  if (more === source) return notify(`A plane has ${MOST_POINTS} points at most; take one away first.`);
  choosePoint(more.points.length - 1);
  return plane.keep(more);
}

/** @param {string} ref @param {Place} [place] */
export const addRef = (ref, place) => add({ ref, name: nameOf(ref), ...place });

/** @param {Place} [place] */
export function addRandom(place) {
  const seed = Math.floor(Math.random() * SEEDS);
  return add({ seed, name: `Random ${seed}`, ...place });
}

/** What was heard last, as one state that is held. @param {Place} [place] */
export function addCaught(place) {
  const part = plane.part.peek();
  const model = modelOf(part?.model);
  if (!heard || heard.model !== part?.model || heard.values.length !== (model?.latents ?? -1) + 1) {
    return notify("Nothing of this model has been heard yet. Play something of it, and catch it while it sounds.");
  }
  const z = heard.values.slice(0, -1);
  const loudness = Math.min(Math.max(heard.values[z.length], QUIETEST_DB), LOUDEST_DB);
  return add({ held: { z, loudness_db: loudness }, name: "Caught", ...place });
}

/** Whether a point is a draw by chance. @param {PlanePoint} point */
export const isDrawn = (point) => point.seed !== null && point.seed !== undefined;

/** Another draw in the place of one. @param {number} index */
export function drawAgain(index) {
  const source = plane.source.peek();
  const point = source?.points[index];
  if (!source || !point || !isDrawn(point)) return;
  const seed = Math.floor(Math.random() * SEEDS);
  const name = /^Random \d+$/.test(point.name ?? "") ? `Random ${seed}` : point.name;
  void plane.keep(changedPoint(source, index, { seed, name }));
}

/** Another sound for a point. @param {number} index @param {string} ref */
export function replace(index, ref) {
  const source = plane.source.peek();
  if (source) void plane.keep(changedPoint(source, index, { ref, seed: null, held: null, name: nameOf(ref) }));
}
