/**
 * The menu of sessions, beside the session's name in the head of the page.
 */
import { html } from "htm/preact";
import { useRef, useState } from "preact/hooks";
import { doc } from "../core/state.js";
import { Menu } from "../widgets/menu.js";
import { begin, bring, bringing, carry, duplicate, putAway } from "./actions.js";
import { SessionList } from "./list.js";

/** @param {{rename: () => void}} props */
export function SessionMenu({ rename }) {
  const [listed, setListed] = useState(false);
  const chooser = useRef(/** @type {HTMLInputElement | null} */ (null));
  const held = doc.value;
  if (!held) return null;
  const { id, name } = held;
  const items = [
    { text: "New session", icon: "add", run: () => void begin() },
    { text: "Open …", icon: "folder", run: () => setListed(true) },
    { text: "Rename", icon: "pencil", apart: true, run: rename },
    { text: "Duplicate", icon: "copy", run: () => void duplicate(id) },
    { text: "Put away", icon: "trash", run: () => void putAway(id, name) },
    { text: "Save a copy to a file", icon: "save", hint: "zip", apart: true, run: () => void carry() },
    { text: "Open a file …", icon: "folder", hint: "zip", run: () => chooser.current?.click() },
  ];
  return html`<${Menu} button=${{ icon: "down", look: "quiet", tip: "Sessions" }} items=${items} />
    <${Arriving} />
    <input ref=${chooser} type="file" hidden accept=".zip,application/zip" aria-label="A session file"
      onChange=${(/** @type {any} */ event) => {
        const [file] = event.target.files;
        if (file) void bring(file);
        event.target.value = "";
      }} />
    ${listed && html`<${SessionList} close=${() => setListed(false)} />`}`;
}

/** How far a session file is. */
function Arriving() {
  const coming = bringing.value;
  if (!coming) return null;
  const percent = Math.round(coming.share * 100);
  return html`<span class="arriving muted" role="status" data-tip=${coming.name}>
    ${percent < 100 ? `Bringing it in, ${percent} %` : "Looking through it …"}
  </span>`;
}
