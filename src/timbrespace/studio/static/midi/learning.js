/**
 * What is said while a dial waits for its controller, in every room.
 */
import { html } from "htm/preact";
import { useLayoutEffect } from "preact/hooks";
import { bindKeys } from "../core/keys.js";
import { bindings, midi, unbind, wordsOf } from "../core/midi.js";
import { Button } from "../widgets/button.js";
import { findDial, learning } from "../widgets/dials.js";

const TROUBLES = /** @type {Record<string, string>} */ ({
  none: "This browser has no Web MIDI. Chromium, Chrome, Edge and Firefox have it.",
  refused: "The browser may not use MIDI devices. Allow it beside the address, load the page again, and try again.",
  opening: "The browser asks whether this page may use MIDI devices.",
});

/** Why no controller will come, or "". */
export function trouble() {
  const { state, devices } = midi.value;
  return TROUBLES[state] ?? (devices.length ? "" : "No controller is connected; it may be plugged in now.");
}

export function Learning() {
  const name = learning.value;
  const stop = () => (learning.value = null);
  useLayoutEffect(() => {
    if (name === null) return undefined;
    return bindKeys([{ keys: "Escape", title: "Learn no controller", group: "Controllers", typing: true, run: stop }]);
  }, [name]);
  if (name === null) return null;
  const bound = bindings.value[name];
  const forget = () => {
    unbind(name);
    stop();
  };
  return html`<div class="learning row" role="status">
    <span class="grow">Move a controller for <b>${findDial(name)?.label ?? name}</b>. <span
      class="muted">${trouble()}</span></span>
    ${bound && html`<${Button} look="quiet" onClick=${forget}>Forget ${wordsOf(bound)}<//>`}
    <${Button} look="quiet" tip="Learn none\nEscape" onClick=${stop}>Cancel<//>
  </div>`;
}
