/**
 * A modal dialogue: the browser's own, so that focus stays within, Escape closes, and what lies behind is inert.
 */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "./button.js";

/**
 * @param {{title: string, close: () => void, children?: any, class?: string}} props
 */
export function Dialog({ title, close, children, class: more = "" }) {
  const ref = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    const dialog = ref.current;
    dialog?.showModal();
    return () => {
      dialog?.close(); // as long as it is open, nothing behind it can take the focus
      before?.focus?.();
    };
  }, []);
  return html`<dialog
    ref=${ref}
    class="dialog ${more}"
    aria-label=${title}
    onCancel=${close}
    onClick=${(/** @type {MouseEvent} */ event) => event.target === ref.current && close()}
  >
    <div class="dialog-body">
      <header class="row">
        <h2 class="grow">${title}</h2>
        <${Button} icon="close" label="Close" look="quiet" onClick=${close} />
      </header>
      ${children}
    </div>
  </dialog>`;
}
