/**
 * A name while it is typed: Enter or leaving keeps it, Escape does not.
 */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";

/**
 * @param {{value: string, label: string, done: (value: string) => void}} props  done: with "" where it was given up
 */
export function Renamed({ value, label, done }) {
  const ref = useRef(/** @type {HTMLInputElement | null} */ (null));
  const given = useRef(false);
  const give = (/** @type {string} */ name) => {
    if (given.current) return;
    given.current = true;
    done(name.trim());
  };
  useEffect(() => ref.current?.select(), []);
  return html`<input
    ref=${ref}
    class="renamed grow"
    aria-label=${label}
    maxlength="200"
    value=${value}
    onBlur=${() => give(ref.current?.value ?? "")}
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter") give(ref.current?.value ?? "");
      else if (event.key === "Escape") give("");
      event.stopPropagation();
    }}
  />`;
}
