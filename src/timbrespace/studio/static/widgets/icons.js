/**
 * Drawn signs on a grid of 16: lines of 1.5, in the colour of the text around them.
 */
import { html } from "htm/preact";

const PATHS = /** @type {Record<string, string>} */ ({
  add: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5l3.2 3.2L13 5",
  down: "M4 6l4 4 4-4",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  folder: "M2 5V12.5h12V5.5H8L6.5 3.5H2z",
  microphone: "M8 2a2 2 0 0 1 2 2v4a2 2 0 0 1-4 0V4a2 2 0 0 1 2-2zM4 8a4 4 0 0 0 8 0M8 12v2.5",
  library: "M3 3v10M6 3v10M9.2 3.3l3.2 9.4",
  loop: "M4.5 5H11a2.5 2.5 0 0 1 0 6H5a2.5 2.5 0 0 1-2.5-2.5M6.5 3l-2 2 2 2",
  save: "M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13h10",
  undo: "M6 4L3 7l3 3M3.4 7H10a3 3 0 0 1 0 6H7.5",
  redo: "M10 4l3 3-3 3M12.6 7H6a3 3 0 0 0 0 6h2.5",
  sun:
    "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3" +
    "M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  moon: "M13 9.6A5.6 5.6 0 0 1 6.4 3 5.6 5.6 0 1 0 13 9.6z",
  help: "M5.6 6A2.4 2.4 0 1 1 8.9 8.2c-.6.3-.9.7-.9 1.3M8 12.2h.01",
  trash: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5",
  copy: "M6 6h7v7H6zM3.2 10V3H10",
  pencil: "M3 13l.6-2.8L10.8 3l2.2 2.2-7.2 7.2z",
  wave: "M2 8h1.5l1.3-4 2.2 8L9.3 5l1.5 5 1-2H14",
  arrow: "M3 8h10M9 4l4 4-4 4",
  sound: "M2 8h1.5l1.3-4 2.2 8L9.3 5l1.5 5 1-2H14",
  morph: "M2.5 12C7 12 9 4 13.5 4M2.5 12h.01M13.5 4h.01",
  plane: "M3 3h10v10H3zM3 13L13 3",
  codes: "M4 4h.01M8 4h.01M12 4h.01M4 8h.01M8 8h.01M12 8h.01M4 12h.01M8 12h.01M12 12h.01",
  follow: "M2 11c2.5 0 3-6 6-6s3 4 6 1",
  series: "M2 5h12M2 8h12M2 11h12",
  sine: "M2 8c2-7 4-7 6 0s4 7 6 0",
  ramp: "M2.5 12.5l11-9",
  exp: "M2 12.5c6.5 0 9.5-3 11.5-9.5",
  steps: "M2 12.5h4v-4.5h4v-4.5h4",
  wide: "M3 8h10M6 5L3 8l3 3M10 5l3 3-3 3",
});
const SOLID = /** @type {Record<string, string>} */ ({
  play: "M5 3.2v9.6L13 8z",
  stop: "M4 4h8v8H4z",
  record: "M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z",
});

/**
 * @param {{name: string, size?: number}} props
 */
export function Icon({ name, size = 16 }) {
  const solid = SOLID[name];
  return html`<svg class="icon" width=${size} height=${size} viewBox="0 0 16 16" aria-hidden="true">
    <path
      d=${solid ?? PATHS[name]}
      fill=${solid ? "currentColor" : "none"}
      stroke=${solid ? "none" : "currentColor"}
      stroke-width=${name === "codes" || name === "more" ? 2 : 1.5}
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>`;
}
