/**
 * Shows the messages of `core/notices.js`; errors are read out at once, others when there is a pause.
 */
import { html } from "htm/preact";
import { dismiss, notices } from "../core/notices.js";
import { Button } from "./button.js";

export function Toasts() {
  return html`<div class="toasts" role="log" aria-live="polite" aria-label="Messages">
    ${notices.value.map(
      ({ key, kind, text, action }) =>
        html`<div class="toast ${kind}" key=${key} role=${kind === "error" ? "alert" : "status"}>
          <p class="grow">${text}</p>
          ${
            action &&
            html`<${Button}
            look="quiet"
            onClick=${() => {
              action.run();
              dismiss(key);
            }}
            >${action.label}<//
          >`
          }
          <${Button} icon="close" label="Dismiss" look="quiet" onClick=${() => dismiss(key)} />
        </div>`,
    )}
  </div>`;
}
