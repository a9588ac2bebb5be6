/**
 * The points of the plane as a list: what each is, how much it counts now, its name and colour.
 */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { palette } from "../core/theme.js";
import { changedPoint, freeHue } from "../geometry/points.js";
import { colourOf } from "../geometry/territory.js";
import { Button } from "../widgets/button.js";
import { Menu } from "../widgets/menu.js";
import { choicesFor, RefMenu } from "../widgets/refs.js";
import { Renamed } from "../widgets/renamed.js";
import { addCaught, addRandom, addRef, drawAgain, isDrawn } from "./adding.js";
import { renaming } from "./hands.js";
import { removePoint } from "./keys.js";
import { choosePoint, chosenPoint, hearPlace, hues, plane, shares } from "./state.js";

/** @import {PlanePoint} from "../core/types.js" */

const PERCENT = 100;

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
    <${RefMenu}
      label="Add a sound or part"
      right
      choices=${choicesFor(part)}
      choose=${(/** @type {string} */ ref) => void addRef(ref)}
      button=${{ icon: "add", look: "quiet", tip: "Add a sound or part as a point; or drop one onto the plane" }}
      text="Sound"
    />
    <${Button}
      look="quiet"
      icon="add"
      tip=${"Add a point drawn by chance from what the model knows\nN"}
      onClick=${() => void addRandom()}
      >Random<//
    >
    <${Button}
      look="quiet"
      icon="add"
      tip=${"Catch the state that was heard last as a point\nG"}
      onClick=${() => void addCaught()}
      >Caught<//
    >
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
  const chosen = n === chosenPoint.value;
  const row = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (chosen) row.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return html`<li class="point ${chosen ? "chosen" : ""}" ref=${row} style=${`--point:${colour}`}>
    <button
      type="button"
      class="point-colour"
      aria-label=${`Another colour for ${point.name}`}
      data-tip="Another colour"
      onClick=${() => set(n, { hue: freeHue(hues.peek()) })}
    ></button>
    ${
      renaming.value === n
        ? html`<${Renamed} value=${point.name ?? ""} label="Name of the point" done=${named} />`
        : html`<button
            type="button"
            class="point-name grow"
            aria-pressed=${chosen}
            onKeyDown=${keys}
            data-tip=${"Choose it: arrows move it, + and − change its zone\nDouble-click: its name"}
            onClick=${() => choosePoint(n)}
            onDblClick=${() => (renaming.value = n)}
          >
            <span class="clip">${point.name}</span><small class="muted">${kindOf(point)}</small>
          </button>`
    }
    <span
      class="point-share"
      role="meter"
      aria-label=${`Weight of ${point.name}`}
      aria-valuenow=${Math.round(PERCENT * share)}
      aria-valuemin="0"
      aria-valuemax="100"
      ><i style=${`width:${PERCENT * share}%`}></i
    ></span>
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
    {
      text: "Take away",
      icon: "trash",
      hint: "Del",
      apart: true,
      disabled: (plane.source.value?.points.length ?? 0) < 2,
      run: () => removePoint(n),
    },
  ];
  return html`<${Menu}
    button=${{ icon: "more", look: "quiet", label: `More of ${point.name}`, tip: "More" }}
    items=${items}
    right
  />`;
}
