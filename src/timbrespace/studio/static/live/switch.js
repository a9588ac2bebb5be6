/**
 * A button that holds: on or off. A controller finds it like a dial, by right-click or L.
 */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../widgets/button.js";
import { dialMarks, learns, registerDial } from "../widgets/dials.js";

/**
 * @param {{name: string, label: string, tip: string, on: boolean, change: (on: boolean) => void}} props
 */
export function Switch({ name, label, tip, on, change }) {
  const latest = useRef(/** @type {any} */ (null));
  latest.current = { name, label, value: Number(on), low: 0, high: 1, change };
  useEffect(() => registerDial(latest, (value) => latest.current.change(value > 0), true), [name]);
  const mark = dialMarks.value[name];
  const { onContextMenu, key } = learns(name);
  return html`<${Button} class="switch" pressed=${on} tip=${tip} data-control=${name} onClick=${() => change(!on)}
    onContextMenu=${onContextMenu} onKeyDown=${key}>
    ${label}${mark && html`<b class="dial-mark">${mark}</b>`}
  <//>`;
}
