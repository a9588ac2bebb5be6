/**
 * All sessions, the last changed first: opened, renamed, copied, put away.
 */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import * as api from "../core/api.js";
import { doc } from "../core/state.js";
import { Button } from "../widgets/button.js";
import { Dialog } from "../widgets/dialog.js";
import { Renamed } from "../widgets/renamed.js";
import { begin, duplicate, open, putAway, rename } from "./actions.js";
import { counted, when } from "./words.js";

/** @import {Listed} from "../core/types.js" */

const SEARCHED = 8; // sessions, from which on there is a search

/** @param {{close: () => void}} props */
export function SessionList({ close }) {
  const [all, setAll] = useState(/** @type {Listed[] | null} */ (null));
  const [failure, setFailure] = useState("");
  const ask = () =>
    api.listSessions().then(
      (found) => {
        setFailure("");
        setAll(found);
      },
      (error) => setFailure(error.message),
    );
  useEffect(() => void ask(), [doc.value?.revision, doc.value?.id]);
  const start = () => {
    close();
    void begin();
  };
  return html`<${Dialog} title="Sessions" close=${close} class="session-dialog">
    ${failure && html`<p class="trouble" role="alert">${failure} <${Button} onClick=${ask}>Try again<//></p>`}
    ${!all && !failure && html`<p class="muted" role="status">Looking what there is …</p>`}
    ${all && html`<${Found} all=${all} again=${ask} close=${close} />`}
    <footer class="row">
      <${Button} icon="add" onClick=${start}>New session<//>
      <span class="grow"></span>
      <span class="muted">What is put away stays in the sessions’ folder, under “removed”.</span>
    </footer>
  <//>`;
}

/** @param {{all: Listed[], again: () => void, close: () => void}} props */
function Found({ all, again, close }) {
  const [wanted, setWanted] = useState("");
  const words = wanted.toLowerCase().split(/\s+/);
  const found = all.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  return html`${
    all.length >= SEARCHED &&
    html`<input class="field" type="search" placeholder="Search by name" aria-label="Search by name"
      value=${wanted} onInput=${(/** @type {any} */ event) => setWanted(event.target.value)} />`
  }
    ${!found.length && html`<p class="muted">No session of that name.</p>`}
    <ul class="session-list">
      ${found.map((each) => html`<${Row} key=${each.id} session=${each} again=${again} close=${close} />`)}
    </ul>`;
}

/** @param {{session: Listed, again: () => void, close: () => void}} props */
function Row({ session, again, close }) {
  const [renaming, setRenaming] = useState(false);
  const { id, name, changed, sounds, parts, problem } = session;
  const isOpen = id === doc.value?.id;
  const contents = `${counted(sounds, "sound")}, ${counted(parts, "part")}`;
  const enter = () => {
    close();
    void open(id);
  };
  const named = async (/** @type {string} */ given) => {
    setRenaming(false);
    if (given && given !== name) await rename(id, given);
    again();
  };
  const then = (/** @type {Promise<void>} */ doing) => void doing.then(again);
  return html`<li class="row session-row ${isOpen ? "active" : ""}">
    ${
      renaming
        ? html`<${Renamed} value=${name} label="Name of the session" done=${named} />`
        : html`<button type="button" class="name grow" disabled=${Boolean(problem)} data-tip=${name}
            aria-current=${isOpen ? "true" : undefined} onClick=${enter} onDblClick=${() => setRenaming(true)}>
            <span class="clip">${name}</span>
            <small class="clip ${problem ? "trouble" : "muted"}">
              ${problem ?? `${isOpen ? "open, " : ""}${when(changed)} · ${contents}`}
            </small>
          </button>`
    }
    <${Button} icon="pencil" look="quiet" label=${`Rename ${name}`} tip="Rename" disabled=${Boolean(problem)}
      onClick=${() => setRenaming(true)} />
    <${Button} icon="copy" look="quiet" label=${`Duplicate ${name}`} tip="Duplicate" disabled=${Boolean(problem)}
      onClick=${() => then(duplicate(id))} />
    <${Button} icon="trash" look="quiet" label=${`Put ${name} away`} tip="Put away"
      onClick=${() => then(putAway(id, name))} />
  </li>`;
}
