/**
 * What can be taken into the tray without a file of one's own: the bundled examples, and the data set.
 */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import * as api from "../core/api.js";
import { clock } from "../geometry/ticks.js";
import { Button } from "../widgets/button.js";
import { Dialog } from "../widgets/dialog.js";
import { addFromLibrary } from "./adding.js";

const MOST = 300; // rows at once; the search finds the others

/** @typedef {{name: string, items: {id: string, name: string, seconds: number}[]}} Group */

/** @param {{close: () => void}} props */
export function Library({ close }) {
  const [groups, setGroups] = useState(/** @type {Group[] | null} */ (null));
  const [failure, setFailure] = useState("");
  const [wanted, setWanted] = useState("");
  const [taken, setTaken] = useState(/** @type {Set<string>} */ (new Set()));
  useEffect(() => {
    api.library().then(
      (answer) => setGroups(answer.groups),
      (error) => setFailure(error.message),
    );
  }, []);
  const take = async (/** @type {string} */ id) => {
    await addFromLibrary(id);
    setTaken((before) => new Set(before).add(id));
  };
  return html`<${Dialog} title="Pick sounds" close=${close} class="library">
    <input class="field" type="search" placeholder="Search by name" aria-label="Search by name" value=${wanted}
      onInput=${(/** @type {any} */ event) => setWanted(event.target.value)} />
    <div class="library-list">
      ${failure && html`<p class="trouble">${failure}</p>`}
      ${!groups && !failure && html`<p class="muted waiting">Looking what there is …</p>`}
      ${groups?.map(
        (group) =>
          html`<${GroupList} key=${group.name} group=${group} wanted=${wanted} taken=${taken} take=${take} />`,
      )}
    </div>
  <//>`;
}

/** @param {{group: Group, wanted: string, taken: Set<string>, take: (id: string) => void}} props */
function GroupList({ group, wanted, taken, take }) {
  const words = wanted.toLowerCase().split(/\s+/);
  const found = group.items.filter((item) => words.every((word) => item.name.toLowerCase().includes(word)));
  const left = found.length - MOST;
  return html`<section>
    <h3 class="caption">${group.name}</h3>
    ${!found.length && html`<p class="muted">Nothing of that name.</p>`}
    <ul>
      ${found.slice(0, MOST).map(
        (item) =>
          html`<li class="row library-item" key=${item.id}>
            <span class="grow clip">${item.name}</span>
            <span class="muted">${clock(item.seconds, 1)}</span>
            <${Button} icon=${taken.has(item.id) ? "check" : "add"} label=${`Add ${item.name}`} look="quiet"
              onClick=${() => take(item.id)} />
          </li>`,
      )}
    </ul>
    ${left > 0 && html`<p class="muted">and ${left} more: search to find them</p>`}
  </section>`;
}
