/**
 * The keys that are bound now, by what they are for.
 */
import { html } from "htm/preact";
import { bindings } from "../core/keys.js";
import { version } from "../core/state.js";
import { Dialog } from "../widgets/dialog.js";

const GESTURES = [
  ["Wheel", "Zoom about the pointer; with Shift, move along"],
  ["Drag", "Select, draw, turn a dial up or down"],
  ["Double-click", "A dial to where it rests; let a selection go; rename"],
  ["← → I O", "In a waveform: to the side; select from there on, up to there"],
  ["Shift + arrow", "Ten steps at once; while dragging a dial, finely"],
];
const SYMBOLS = /** @type {Record<string, string>} */ ({
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
});

/** @param {{close: () => void}} props */
export function Help({ close }) {
  /** @type {Map<string, import("../core/keys.js").Binding[]>} */
  const groups = new Map();
  for (const binding of bindings.value.filter(({ title }) => title)) {
    const group = binding.group ?? "Everywhere";
    groups.set(group, [...(groups.get(group) ?? []), binding]);
  }
  return html`<${Dialog} title="Keys" close=${close} class="help">
    <div class="help-columns">
      ${[...groups].map(
        ([group, bound]) =>
          html`<section>
            <h3 class="caption">${group}</h3>
            <dl>${bound.map((binding) => html`<${Bound} ...${binding} />`)}</dl>
          </section>`,
      )}
      <section>
        <h3 class="caption">Hands</h3>
        <dl>${GESTURES.map(([keys, title]) => html`<div><dt><kbd>${keys}</kbd></dt><dd>${title}</dd></div>`)}</dl>
      </section>
    </div>
    <p class="muted">timbrespace ${version.value}. Everything runs on this machine; nothing leaves it.</p>
  <//>`;
}

/** @param {{keys: string, title: string}} props */
function Bound({ keys, title }) {
  return html`<div>
    <dt>${keys.split(", ").map((each) => html`<${Keys} keys=${each} />`)}</dt>
    <dd>${title}</dd>
  </div>`;
}

/** @param {{keys: string}} props */
function Keys({ keys }) {
  const names = keys === "+" ? ["+"] : keys.split("+");
  return html`<span>${names.map((name) => html`<kbd>${SYMBOLS[name] ?? name}</kbd>`)}</span>`;
}
