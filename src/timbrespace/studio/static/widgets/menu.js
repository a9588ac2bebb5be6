/**
 * A button with a menu: arrows move, letters jump, Escape closes and gives the focus back. The list stands over the
 * page and is placed by hand, because a box that scrolls would cut it off.
 *
 *   html`<${Menu} button=${{ icon: "save", tip: "Save" }} items=${[{ text: "WAV", hint: "32 bit", run }]} />`
 */
import { html } from "htm/preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "./button.js";
import { Icon } from "./icons.js";

const GAP = 6; // pixels between the button and its list
const EDGE = 8; // that are left between the list and the window's border

/**
 * @typedef {object} Item
 * @property {any} text
 * @property {string} [hint]
 * @property {string} [icon]
 * @property {boolean} [checked]  makes it one of a choice
 * @property {boolean} [disabled]
 * @property {boolean} [apart]  a line before it
 * @property {"danger"} [look]
 * @property {() => void} run
 */

/**
 * @param {{button: Record<string, any>, items: Item[], children?: any, up?: boolean, right?: boolean,
 *   label?: string}} props
 */
export function Menu({ button, items, children, up, right, label }) {
  const [open, setOpen] = useState(false);
  const root = useRef(/** @type {HTMLElement | null} */ (null));
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    if (open && root.current && list.current) place(list.current, root.current.getBoundingClientRect(), up, right);
  }, [open, items.length]);
  const close = (byKey = true) => {
    setOpen(false);
    const back = /** @type {HTMLElement | null} */ (root.current?.querySelector(".button"));
    if (byKey) back?.focus({ preventScroll: true }); // after a click Space plays again, it does not open the menu
  };
  useEffect(() => {
    if (!open) return undefined;
    const first = ["[aria-checked=true]", "[role^=menuitem]"].map((each) => list.current?.querySelector(each));
    /** @type {HTMLElement | null | undefined} */ (first.find(Boolean))?.focus();
    const outside = (/** @type {Event} */ event) => {
      if (!root.current?.contains(/** @type {Node} */ (event.target))) setOpen(false);
    };
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("wheel", outside, true);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      document.removeEventListener("wheel", outside, true);
    };
  }, [open]);
  return html`<div class="menu" ref=${root}>
    <${Button} ...${button} aria-haspopup="menu" aria-expanded=${open} onClick=${() => setOpen(!open)}>${children}<//>
    ${
      open &&
      html`<div class="menu-list" role="menu" aria-label=${label ?? button.tip} ref=${list}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => moveFocus(event, close)}>
      ${items.map((item, n) => html`<${Entry} key=${n} item=${item} close=${close} />`)}
    </div>`
    }
  </div>`;
}

/**
 * Put a list below its button, or above where that is wished or there is no room; always within the window.
 * @param {HTMLElement} list @param {DOMRect} button @param {boolean} [up] @param {boolean} [right]  ends where it ends
 */
function place(list, button, up, right) {
  const { offsetWidth: width, offsetHeight: height } = list;
  const above = button.top - GAP - height;
  const below = button.bottom + GAP;
  const lowest = window.innerHeight - EDGE - height;
  const top = above >= EDGE && (up || below > lowest) ? above : Math.min(below, lowest);
  const left = right ? button.right - width : button.left;
  list.style.top = `${Math.max(EDGE, top)}px`;
  list.style.left = `${Math.max(EDGE, Math.min(left, window.innerWidth - EDGE - width))}px`;
}

/** @param {{item: Item, close: (byKey: boolean) => void}} props */
function Entry({ item, close }) {
  const choice = item.checked !== undefined;
  const sign = item.icon ?? (item.checked ? "check" : null);
  return html`<button
    type="button"
    role=${choice ? "menuitemradio" : "menuitem"}
    aria-checked=${choice ? item.checked : undefined}
    class="menu-item ${item.apart ? "apart" : ""} ${item.look ?? ""}"
    disabled=${item.disabled}
    tabindex="-1"
    onClick=${(/** @type {MouseEvent} */ event) => {
      close(event.detail === 0);
      item.run();
    }}
  >
    ${(item.icon || choice) && html`<span class="menu-sign">${sign && html`<${Icon} name=${sign} />`}</span>`}
    <span class="grow clip">${item.text}</span>
    ${item.hint && html`<span class="menu-hint">${item.hint}</span>`}
  </button>`;
}

/** @param {KeyboardEvent} event @param {() => void} close */
function moveFocus(event, close) {
  const list = /** @type {HTMLElement} */ (event.currentTarget);
  const entries = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("button:not([disabled])")]);
  const at = entries.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") close();
  else if (to !== undefined) entries[(to + entries.length) % entries.length]?.focus();
  else if (/^\w$/.test(event.key)) {
    const letter = event.key.toLowerCase();
    const later = [...entries.slice(at + 1), ...entries.slice(0, at + 1)];
    later.find((entry) => entry.textContent?.trim().toLowerCase().startsWith(letter))?.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
