/**
 * The chosen point: where it is and how far it reaches, exactly; and what all of the plane takes from one point alone.
 */
import { html } from "htm/preact";
import { changedPoint, LARGEST_RADIUS, SMALLEST_RADIUS } from "../geometry/points.js";
import { Button } from "../widgets/button.js";
import { Dial } from "../widgets/dial.js";
import { Icon } from "../widgets/icons.js";
import { Menu } from "../widgets/menu.js";
import { choicesFor, RefMenu } from "../widgets/refs.js";
import { drawAgain, isDrawn, replace } from "./adding.js";
import { removePoint } from "./keys.js";
import { change, chosenPoint, heldPoint, plane } from "./state.js";

/** @import {Part, PlanePoint} from "../core/types.js" */

const FROM = "from the place on the plane, or from one point alone";

export function PointDetail() {
  const point = heldPoint();
  const part = plane.part.value;
  if (!point || !part)
    return html`<p class="plane-hint muted">
      Drag the puck to hear. Drag points to move them; choose one to draw its zone.
    </p>`;
  const n = chosenPoint.value;
  return html`<div class="row plane-detail">
    <${Place} point=${point} n=${n} />
    <span class="grow"></span>
    <${Content} point=${point} n=${n} part=${part} />
    <${Button}
      icon="trash"
      look="quiet"
      label="Take the point away"
      tip=${"Take the point away\nDelete"}
      disabled=${(plane.source.value?.points.length ?? 0) < 2}
      onClick=${() => removePoint(n)}
    />
  </div>`;
}

/** @param {{point: PlanePoint, n: number}} props */
function Place({ point, n }) {
  const made = (/** @type {Partial<PlanePoint>} */ fields) => {
    const source = plane.source.peek();
    return source && changedPoint(source, n, fields);
  };
  const dial = (/** @type {"x" | "y" | "radius"} */ name) => ({
    size: 30,
    name: `plane/${name}`,
    change(/** @type {number} */ value) {
      const source = made({ [name]: value });
      if (source) plane.tryOut(source);
    },
    end: (/** @type {number} */ value) => void plane.keep(made({ [name]: value }) ?? undefined),
    cancel: plane.giveUp,
  });
  const far = "How far it reaches, widths of the plane\nDouble-click: to the farthest corner";
  const zone = { low: SMALLEST_RADIUS, high: LARGEST_RADIUS, rest: Math.SQRT2, course: "log", tip: far };
  return html`<${Dial} label="across" low=${0} high=${1} value=${point.x} tip="Across, 0 to 1" ...${dial("x")} />
    <${Dial} label="up" low=${0} high=${1} value=${point.y} tip="Up, 0 to 1 of the plane" ...${dial("y")} />
    <${Dial} label="zone" value=${point.radius ?? Math.SQRT2} ...${zone} ...${dial("radius")} />`;
}

/** What stands for the point, to be exchanged. @param {{point: PlanePoint, n: number, part: Part}} props */
function Content({ point, n, part }) {
  if (isDrawn(point)) {
    const again = () => drawAgain(n);
    return html`<${Button} icon="loop" tip="Draw another state by chance" onClick=${again}>Draw again<//>`;
  }
  return html`<${RefMenu}
    label="Another sound for this point"
    up
    right
    value=${point.ref ?? null}
    choices=${choicesFor(part)}
    choose=${(/** @type {string} */ ref) => replace(n, ref)}
    text="Replace"
  />`;
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
      ...source.points.map((point, n) => ({
        text: point.name,
        apart: n === 0,
        checked: alone === n,
        run: () => change({ [what]: n }),
      })),
    ];
    return html`<span class="row plane-switch"
      ><span class="caption">${title}</span>
      <${Menu}
        right
        up
        button=${{ look: "quiet", pressed: alone !== null, label: `${title} from: ${text}`, tip: `${title}: ${FROM}` }}
        items=${items}
      >
        <span class="clip">${text}</span><${Icon} name="down" size=${12} /><//
    ></span>`;
  };
  return html`<div class="row plane-switches">${menu("latents", "Timbre")}${menu("loudness", "Loudness")}</div>`;
}
