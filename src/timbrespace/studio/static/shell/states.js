/**
 * What is shown while the page is filled, where it cannot be, where there is no model, while files hover.
 */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { chooseModel } from "../core/actions.js";
import { activePart, failure, hasModel, models, refresh, viewOf } from "../core/store.js";
import { addFiles } from "../tray/adding.js";
import { Button } from "../widgets/button.js";

const HOVER_MS = 250; // after the last sign of files over the page, until they count as gone

/** In the place of everything, until there is a session. */
export function Opening() {
  const trouble = failure.value;
  return html`<main class="opening" role="status">
    <span class="mark large" aria-hidden="true"></span>
    ${
      trouble
        ? html`<h1>The studio does not answer</h1>
          <p>${trouble}</p>
          <p class="muted">
            If it was stopped, start it again with <code>timbrespace studio</code> and open the address that it prints.
          </p>
          <${Button} look="primary" onClick=${() => void refresh()}>Try again<//>`
        : html`<p class="muted">Opening the session …</p>`
    }
  </main>`;
}

/** A line where there is no model to play. */
export function NoModel() {
  if (models.value.length) return null;
  return html`<div class="banner">
    <span>No model is open. Start the studio with one to play: <code>timbrespace studio MODEL.timbre</code></span>
  </div>`;
}

/** A line where the part at work cannot be played: what it needs, and other models to play it with. */
export function Unplayable() {
  const part = activePart.value;
  const problem = part && viewOf(part.id).value?.problem;
  if (!part || !problem) return null;
  const choices = hasModel(part) ? [] : models.value;
  return html`<div class="banner" role="alert">
    <span>${problem}. Nothing of it is lost.</span>
    ${choices.map(
      ({ name }) =>
        html`<${Button} key=${name} look="quiet" onClick=${() => void chooseModel(name)}>Play it with ${name}<//>`,
    )}
  </div>`;
}

/** Takes files that are dropped anywhere. */
export function DropZone() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let waiting = 0;
    const holdsFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
    const listeners = /** @type {Record<string, (event: any) => void>} */ ({
      dragover: (event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setOver(true);
        clearTimeout(waiting);
        waiting = window.setTimeout(() => setOver(false), HOVER_MS);
      },
      drop: (event) => {
        setOver(false);
        if (!holdsFiles(event)) return;
        event.preventDefault();
        addFiles(event.dataTransfer.files);
      },
    });
    for (const [type, listener] of Object.entries(listeners)) addEventListener(type, listener);
    return () => {
      for (const [type, listener] of Object.entries(listeners)) removeEventListener(type, listener);
    };
  }, []);
  return over ? html`<div class="dropping"><p>Let go: they come into the tray</p></div>` : null;
}
