/**
 * The plane room: sounds, draws and caught states as points with round zones, a puck that plays what lies under it,
 * and a path over them that is recorded, bent and kept as a part.
 */
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { bindKeys } from "../core/keys.js";
import { PointDetail, Switches } from "./detail.js";
import { bindings } from "./keys.js";
import { PathTools, PlaneHead } from "./pathtools.js";
import { PointList, PointsHead } from "./points.js";
import { disarm } from "./recording.js";
import { Start } from "./start.js";
import { choosePoint, plane } from "./state.js";
import { PlaneSurface } from "./surface.js";
import { Timeline } from "./timeline.js";

function View() {
  const part = plane.part.value;
  useEffect(() => bindKeys(bindings), []);
  useEffect(() => {
    choosePoint(-1);
    return disarm;
  }, [part?.id]);
  if (!part) return html`<div class="plane-room"><${Start} /></div>`;
  return html`<div class="plane-room">
    <${PlaneSurface} />
    <section class="plane-panel" aria-label="Points and path">
      <${PlaneHead} />
      <${PointsHead} />
      <${PointList} />
      <${PointDetail} />
      <${Switches} />
      <${Timeline} />
      <${PathTools} />
    </section>
  </div>`;
}

/** @type {import("../core/types.js").Room} */
export const room = { id: "plane", title: "Plane", key: "3", View };
