/**
 * The points of the plane as a list: what each is, how much it counts now, its name and colour; of the chosen one
 * where it is and how far it reaches.
 */
import { html } from "htm/preact";
import { palette } from "../core/theme.js";
import { changedPoint, freeHue, LARGEST_RADIUS, SMALLEST_RADIUS } from "../geometry/points.js";
import { colourOf } from "../geometry/territory.js";
import { Button } from "../widgets/button.js";
import { Dial } from "../widgets/dial.js";
import { Icon } from "../widgets/icons.js";
import { Menu } from "../widgets/menu.js";
import { choicesFor, RefMenu } from "../widgets/refs.js";
import { Renamed } from "../widgets/renamed.js";
import { addCaught, addRandom, addRef, drawAgain, replace } from "./adding.js";
import { renaming } from "./hands.js";
import { removePoint } from "./keys.js";
import { change, choosePoint, chosenPoint, hearPlace, heldPoint, hues, plane, shares } from "./state.js";

/** @import {PlanePoint} from "../core/types.js" */

const PERCENT = 100;

/** Whether a point is a draw by chance. @param {PlanePoint} point */
const isDrawn = (point) => point.seed !== null && point.seed !== undefined;

/** @param {PlanePoint} point */
function kindOf(point) {
  if (point.ref) return point.ref.startsWith("p") ? "part" : "sound";
  return isDrawn(point) ? "random" : "state";
}

/** @param {number} index @param {Partial<PlanePoint>} fields */
function set(index, fields) {
  const source = plane.source.peek();
  if (source) void plane.keep(changedPoint(source, index, fields));
}

/** Adding, at the head of the list. */
export function PointsHead() {
  const part = plane.part.value;
  if (!part) return null;
  return html`<header class="row plane-head">
    <h3 class="caption grow">Points</h3>
    <${RefMenu} label="Add a sound or part" right choices=${choicesFor(part)} choose=${(/** @type {string} */ ref) => void addRef(ref)}
      button=${{ icon: "add", look: "quiet", tip: "Add a sound or part as a point; or drop one onto the plane" }} text="Sound" />
    <${Button} look="quiet" icon="add" tip=${"Add a point drawn by chance from what the model knows\nN"} onClick=${() => void addRandom()}>Random<//>
    <${Button} look="quiet" icon="add" tip=${"Catch the state that was heard last as a point\nG"} onClick=${() => void addCaught()}>Caught<//>
  </header>`;
}

export function PointList() {
  const points = plane.source.value?.points ?? [];
  return html`<ul class="plane-points" aria-label="Points">
    ${points.map((point, n) => html`<${PointRow} key=${n} point=${point} n=${n} />`)}
  </ul>`;
}

/** @param {{point: PlanePoint, n: number}} props */
function PointRow({ point, n }) {
  const colour = colourOf(hues.value[n], palette.value.dark ? "dark" : "light");
  const share = shares.value[n] ?? 0;
  const named = (/** @type {string} */ name) => {
    renaming.value = -1;
    if (name && name !== point.name) set(n, { name });
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "F2") renaming.value = n;
    else if (event.key === "Delete") removePoint(n);
  };
  return html`<li class="point ${n === chosenPoint.value ? "chosen" : ""}" style=${`--point:${colour}`}>
    <button type="button" class="point-colour" aria-label=${`Another colour for ${point.name}`} data-tip="Another colour" onClick=${() => set(n, { hue: freeHue(hues.peek()) })}></button>
    ${renaming.value === n
      ? html`<${Renamed} value=${point.name ?? ""} label="Name of the point" done=${named} />`
      : html`<button type="button" class="point-name grow" aria-pressed=${n === chosenPoint.value} onKeyDown=${keys}
          data-tip=${"Choose it: arrows move it, + and − change its zone\nDouble-click: its name"}
          onClick=${() => choosePoint(n)} onDblClick=${() => (renaming.value = n)}><span class="clip">${point.name}</span><small class="muted">${kindOf(point)}</small></button>`}
    <span class="point-share" role="meter" aria-label=${`Weight of ${point.name}`} aria-valuenow=${Math.round(PERCENT * share)} aria-valuemin="0" aria-valuemax="100"><i style=${`width:${PERCENT * share}%`}></i></span>
    <span class="point-percent">${Math.round(PERCENT * share)} %</span>
    <${PointMenu} point=${point} n=${n} />
  </li>`;
}

/** @param {{point: PlanePoint, n: number}} props */
function PointMenu({ point, n }) {
  const items = [
    { text: "Hear it alone", icon: "play", run: () => hearPlace(point) },
    ...(isDrawn(point) ? [{ text: "Draw again", icon: "loop", run: () => drawAgain(n) }] : []),
    { text: "Rename", icon: "pencil", hint: "F2", run: () => void (renaming.value = n) },
    { text: "Take away", icon: "trash", hint: "Del", apart: true, disabled: (plane.source.value?.points.length ?? 0) < 2, run: () => removePoint(n) },
  ];
  return html`<${Menu} button=${{ icon: "more", look: "quiet", label: `More of ${point.name}`, tip: "More" }} items=${items} right />`;
}

/** Where the chosen point is, exactly. */
export function PointDetail() {
  const point = heldPoint();
  const part = plane.part.value;
  if (!point || !part) return html`<p class="plane-hint muted">Drag the puck to hear. Drag points to move them; choose one to draw its zone.</p>`;
  const n = chosenPoint.value;
  const fields = (/** @type {"x" | "y" | "radius"} */ name) => {
    const make = (/** @type {number} */ value) => {
      const source = plane.source.peek();
      return source && changedPoint(source, n, { [name]: value });
    };
    return {
      change: (/** @type {number} */ value) => void plane.tryOut(/** @type {any} */ (make(value))),
      end: (/** @type {number} */ value) => void plane.keep(/** @type {any} */ (make(value))),
      cancel: plane.giveUp,
    };
  };
  return html`<div class="row plane-detail">
    <${Dial} name="plane/x" label="across" size=${30} low=${0} high=${1} value=${point.x} tip="Across, 0 to 1 of the plane" ...${fields("x")} />
    <${Dial} name="plane/y" label="up" size=${30} low=${0} high=${1} value=${point.y} tip="Up, 0 to 1 of the plane" ...${fields("y")} />
    <${Dial} name="plane/radius" label="zone" size=${30} low=${SMALLEST_RADIUS} high=${LARGEST_RADIUS} rest=${Math.SQRT2} course="log" value=${point.radius ?? Math.SQRT2}
      tip=${"How far it reaches, widths of the plane\nDouble-click: to the farthest corner"} ...${fields("radius")} />
    <span class="grow"></span>
    ${isDrawn(point) && html`<${Button} icon="loop" tip="Draw another state by chance" onClick=${() => drawAgain(n)}>Draw again<//>`}
    ${point.ref && html`<${RefMenu} label="Another sound for this point" up right value=${point.ref} choices=${choicesFor(part)} choose=${(/** @type {string} */ ref) => replace(n, ref)} text="Replace" />`}
    <${Button} icon="trash" look="quiet" label="Take the point away" tip=${"Take the point away\nDelete"} disabled=${(plane.source.value?.points.length ?? 0) < 2} onClick=${() => removePoint(n)} />
  </div>`;
}

/** Whether z, and loudness, come from the place or from one point alone. */
export function Switches() {
  const source = plane.source.value;
  if (!source) return null;
  const menu = (/** @type {"latents" | "loudness"} */ what, /** @type {string} */ title) => {
    const alone = source[what] ?? null;
    const text = alone === null ? "the place" : (source.points[alone]?.name ?? "");
    const items = [
      { text: "The place on the plane", checked: alone === null, run: () => change({ [what]: null }) },
      ...source.points.map((point, n) => ({ text: point.name, apart: n === 0, checked: alone === n, run: () => change({ [what]: n }) })),
    ];
    return html`<span class="row plane-switch"><span class="caption">${title}</span>
      <${Menu} right up button=${{ look: "quiet", pressed: alone !== null, label: `${title} from: ${text}`, tip: `${title} comes from the place, or from one point alone` }} items=${items}>
        <span class="clip">${text}</span><${Icon} name="down" size=${12} /><//></span>`;
  };
  return html`<div class="row plane-switches">${menu("latents", "Timbre")}${menu("loudness", "Loudness")}</div>`;
}
