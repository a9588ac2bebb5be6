/**
 * Buttons. Each says in `tip` what it does and with which key; a button of one sign only needs a `label`.
 */
import { html } from "htm/preact";
import { Icon } from "./icons.js";

/**
 * @typedef {object} ButtonProps
 * @property {string} [icon]
 * @property {any} [children]
 * @property {string} [label]  for screen readers, where there is no text
 * @property {string} [tip]
 * @property {"plain" | "primary" | "quiet" | "danger"} [look]
 * @property {boolean} [pressed]  makes it a switch
 * @property {boolean} [disabled]
 * @property {string} [class]
 * @property {(event: MouseEvent) => void} [onClick]
 */

/** @param {ButtonProps & Record<string, any>} props */
export function Button({
  icon,
  children,
  label,
  tip,
  look = "plain",
  pressed,
  disabled,
  class: more = "",
  onClick,
  ...rest
}) {
  const bare = children === undefined || children === null || children === false;
  return html`<button
    type="button"
    class="button ${look} ${bare ? "bare" : ""} ${more}"
    aria-label=${label ?? (bare ? tip : undefined)}
    aria-pressed=${pressed}
    data-tip=${tip ?? label}
    disabled=${disabled}
    onClick=${onClick}
    ...${rest}
  >
    ${icon && html`<${Icon} name=${icon} />`}${children}
  </button>`;
}

/**
 * One of a few. Arrows move between them.
 * @param {{label: string, value: any, choose: (value: any) => void,
 *   options: {value: any, text: any, tip?: string, disabled?: boolean}[]}} props
 */
export function Segmented({ label, value, options, choose }) {
  const move = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const open = options.filter((option) => !option.disabled);
    const at = open.findIndex((option) => option.value === value);
    choose(open[(at + step + open.length) % open.length].value);
    event.preventDefault();
    event.stopPropagation();
    const group = /** @type {HTMLElement} */ (event.currentTarget);
    requestAnimationFrame(() =>
      /** @type {HTMLElement | null} */ (group.querySelector("[aria-checked=true]"))?.focus(),
    );
  };
  return html`<div class="segmented" role="radiogroup" aria-label=${label} onKeyDown=${move}>
    ${options.map(
      (option) =>
        html`<button
          type="button"
          role="radio"
          aria-checked=${option.value === value}
          tabindex=${option.value === value ? 0 : -1}
          disabled=${option.disabled}
          data-tip=${option.tip}
          onClick=${() => choose(option.value)}
        >
          ${option.text}
        </button>`,
    )}
  </div>`;
}
