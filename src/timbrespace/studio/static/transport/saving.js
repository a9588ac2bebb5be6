/**
 * What can be taken away of a part: its sound, its latents, a picture of what is on the screen.
 */
import { html } from "htm/preact";
import * as api from "../core/api.js";
import { Menu } from "../widgets/menu.js";
import { pictureOfPage } from "./picture.js";

/** @import {Part} from "../core/types.js" */

/** @param {{part: Part | null}} props */
export function SaveMenu({ part }) {
  const get = (/** @type {string} */ address, /** @type {string} */ ending) => () =>
    part && download(address, `${part.name}.${ending}`);
  const id = part?.id ?? "";
  const items = [
    { text: "Sound, WAV", hint: "full quality", run: get(api.addresses.result(id, "wav"), "wav") },
    { text: "Sound, FLAC", hint: "smaller, lossless", run: get(api.addresses.result(id, "flac"), "flac") },
    {
      text: "Latents, NPZ",
      hint: "timbrespace, NumPy",
      apart: true,
      run: get(api.addresses.latents(id, "npz"), "npz"),
    },
    { text: "Latents, CSV", hint: "tables, by hand", run: get(api.addresses.latents(id, "csv"), "csv") },
    {
      text: "Picture, PNG",
      hint: "room and result",
      apart: true,
      run: () => part && void pictureOfPage(part.name).catch(api.report),
    },
  ];
  return html`<${Menu} button=${{ icon: "save", tip: "Save the result", disabled: !part }}
    items=${items} up right>Save<//>`;
}

/**
 * Save a file of the server's under a name.
 * @param {string} address @param {string} name
 */
export function download(address, name) {
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
}
