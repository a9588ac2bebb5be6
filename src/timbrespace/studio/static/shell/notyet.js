/**
 * The place of a room that is not there yet.
 */
import { html } from "htm/preact";

/** @param {{title: string, text: string}} props */
export function NotYet({ title, text }) {
  return html`<div class="empty">
    <h2>${title}</h2>
    <p>${text}</p>
    <p class="muted">This room is not here yet.</p>
  </div>`;
}
