/**
 * The shell: head, tray, room, transport; what the keys do everywhere. Rooms are listed here and nowhere else.
 */
import "@preact/signals";
import { html, render } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { room as codes } from "./codes/room.js";
import { changePart, redo, undo } from "./core/actions.js";
import * as audio from "./core/audio.js";
import { bindKeys } from "./core/keys.js";
import { link } from "./core/link.js";
import { startMidi } from "./core/midi.js";
import { activePart, doc, room } from "./core/store.js";
import { start } from "./core/sync.js";
import { room as editor } from "./editor/room.js";
import { room as live } from "./live/room.js";
import { Learning } from "./midi/learning.js";
import { room as morph } from "./morph/room.js";
import { room as plane } from "./plane/room.js";
import { FirstVisit, isFirstVisit } from "./shell/firstvisit.js";
import { enterRoom, Header } from "./shell/header.js";
import { Help } from "./shell/help.js";
import { isLost, LostBanner } from "./shell/lost.js";
import { DropZone, NoModel, Opening, Unplayable } from "./shell/states.js";
import { TransportBar } from "./transport/transport.js";
import { hear } from "./transport/versions.js";
import { Tray } from "./tray/tray.js";
import { Toasts } from "./widgets/toast.js";
import { startTips } from "./widgets/tooltip.js";

/** @type {import("./core/types.js").Room[]} */
const ROOMS = [editor, morph, plane, codes, live];
const NEED_NO_SOUND = ["codes", "live"]; // rooms that have something to play at once

function App() {
  const [help, setHelp] = useState(false);
  useEffect(() => bindKeys(everywhere(() => setHelp(true))), []);
  useEffect(() => {
    if (doc.value) performance.mark("studio-ready");
  }, [doc.value === null]);
  if (!doc.value) return html`<${Opening} />`;
  const shown = ROOMS.find((each) => each.id === room.value && each.when?.() !== false) ?? ROOMS[0];
  return html`<div class="shell">
    <${Header} rooms=${ROOMS} help=${() => setHelp(true)} />
    <${LostBanner} />
    <${NoModel} />
    <${Unplayable} />
    <div class="middle" inert=${isLost.value}>
      <${Tray} />
      <main>
        <div class="room" id="room" role="tabpanel" aria-labelledby=${`tab-${shown.id}`}>
          ${isFirstVisit() && !NEED_NO_SOUND.includes(shown.id)
            ? html`<${FirstVisit} />`
            : html`<${shown.View} key=${shown.id} />`}
        </div>
      </main>
    </div>
    <${TransportBar} />
    <${Learning} />
    <${Toasts} />
    <${DropZone} />
    ${help && html`<${Help} close=${() => setHelp(false)} />`}
  </div>`;
}

/**
 * Keys that hold in every room.
 * @param {() => void} help
 * @returns {import("./core/keys.js").Binding[]}
 */
function everywhere(help) {
  const part = () => activePart.peek();
  const toggleLoop = () => {
    const held = part();
    if (held) void changePart(held.id, { loop: !held.loop });
  };
  const rooms = ROOMS.map(({ id, title, key }) => ({ keys: key, title, group: "Rooms", run: () => enterRoom(id) }));
  return [
    { keys: "Space", title: "Play, stop", group: "Playing", run: audio.toggle },
    { keys: "A", title: "Hear the source", group: "Playing", run: () => hear(part(), "source") },
    {
      keys: "B",
      title: "Hear the result before the last change",
      group: "Playing",
      run: () => hear(part(), "previous"),
    },
    { keys: "C", title: "Hear it as it is now", group: "Playing", run: () => hear(part(), "live") },
    { keys: "L", title: "Loop", group: "Playing", run: toggleLoop },
    { keys: "Home", title: "To the beginning", group: "Playing", run: () => audio.seek(0) },
    { keys: "Ctrl+Z", title: "Undo", group: "Changing", run: () => void undo() },
    { keys: "Ctrl+Shift+Z, Ctrl+Y", title: "Redo", group: "Changing", run: () => void redo() },
    ...rooms,
    { keys: "?", title: "These keys", group: "Rooms", run: help },
  ];
}

render(html`<${App} />`, document.body);
startTips();
startMidi();
start();

/** What tests and the console read. */
Object.assign(window, { studio: { audio, doc, link } });
