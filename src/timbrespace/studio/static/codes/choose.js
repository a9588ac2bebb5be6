/**
 * A choice of one of many, as the browser has it: opens by keys, is read out, and takes little room.
 */
import { html } from "htm/preact";

/**
 * @param {{label: string, tip?: string, value: string, choose: (value: string) => void,
 *   options: {value: string, text: string}[]}} props
 */
export function Choose({ label, tip, value, options, choose }) {
  return html`<select class="codes-choose" aria-label=${label} data-tip=${tip ?? label} value=${value}
    onChange=${(/** @type {Event} */ event) => {
      const chosen = /** @type {HTMLSelectElement} */ (event.currentTarget);
      choose(chosen.value);
      chosen.blur(); // Space plays again
    }}>
    ${options.map((option) => html`<option key=${option.value} value=${option.value}>${option.text}</option>`)}
  </select>`;
}
