/**
 * A file on its way into the tray, and why it did not get there.
 */
import { html } from "htm/preact";
import { Button } from "../widgets/button.js";
import { drop } from "./adding.js";

/** @param {{upload: import("../core/state.js").Upload}} props */
export function UploadRow({ upload: { key, name, share, error, again } }) {
  return html`<li class="upload ${error ? "failed" : ""}">
    <div class="row">
      <span class="grow clip">${name}</span>
      ${
        error && again && html`<${Button} look="quiet" onClick=${again}>Send again<//>`
      }
      ${
        error
          ? html`<${Button} icon="close" label="Dismiss" look="quiet" onClick=${() => drop(key)} />`
          : html`<span class="muted">${share < 0.6 ? "sending" : "reading"}</span>`
      }
    </div>
    ${
      error
        ? html`<p class="upload-error">${error}</p>`
        : html`<div class="bar" role="progressbar" aria-label=${name} aria-valuenow=${Math.round(share * 100)}
          aria-valuemin="0" aria-valuemax="100">
          <i style=${`transform:scaleX(${Math.max(0.02, share)})`}></i>
        </div>`
    }
  </li>`;
}
