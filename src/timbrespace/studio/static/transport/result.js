/**
 * What the active part sounds like, to look at: follows every finished rendering.
 */
import { html } from "htm/preact";
import { useMemo, useRef } from "preact/hooks";
import * as api from "../core/api.js";
import { secondsOf, selectionOf } from "../core/lengths.js";
import { renderOf, timeView, transport, viewOf } from "../core/store.js";
import { WaveView } from "../widgets/waveview.js";
import { placeIn, selectIn } from "./placing.js";

/** @import {Part} from "../core/types.js" */

/** @param {{part: Part | null, show: string}} props */
export function Result({ part, show }) {
  if (!part) return html`<div class="result-empty muted">What you make is seen here, and can be saved.</div>`;
  return html`<${PartResult} key=${part.id} part=${part} show=${show} />`;
}

/** @param {{part: Part, show: string}} props */
function PartResult({ part, show }) {
  const seconds = secondsOf(part);
  const { share, fingerprint } = renderOf(part.id).value;
  const rendered = useRef("");
  const view = viewOf(part.id).value;
  if (fingerprint && share >= 1) rendered.current = fingerprint;
  const shown = rendered.current || (view?.fingerprint ?? "");
  const version =
    transport.value.what?.kind === "part" && transport.value.what.version === "previous" ? "previous" : "result";
  const source = useMemo(
    () => ({
      key: `${part.id} ${shown} ${version} ${seconds}`,
      seconds,
      peaks: (/** @type {any} */ window, /** @type {AbortSignal} */ signal) =>
        api.partPeaks(part.id, { ...window, version }, signal),
      spectrogram: (/** @type {any} */ window, /** @type {AbortSignal} */ signal) =>
        api.partSpectrogram(part.id, { ...window, version }, signal),
    }),
    [part.id, shown, version, seconds],
  );
  if (!seconds) return html`<div class="result-empty muted">Listening to the source …</div>`;
  return html`<div class="result">
    <${WaveView} source=${source} view=${timeView} show=${show} picture="Result"
      label=${`Result of ${part.name}: drag selects, click places, the wheel zooms`}
      selection=${selectionOf(part)} select=${(/** @type {[number, number] | null} */ range) => selectIn(part, range)}
      seek=${(/** @type {number} */ at) => placeIn(part, at)}
      playhead=${() => {
        const { what, seconds: at } = transport.value;
        return what?.kind === "part" && what.part === part.id ? at : null;
      }} />
  </div>`;
}
