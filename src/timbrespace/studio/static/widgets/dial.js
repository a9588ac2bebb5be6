/**
 * A rotary dial. Drag up and down, wheel, arrows (Shift: ten times, Alt: a tenth), double-click or Delete for
 * where it rests; a bubble says the value in its unit. Its name is how a controller finds it (dials.js).
 *
 *   html`<${Dial} name="editor/scale" label="scale" value=${v} low=${0} high=${4} rest=${1} unit="×"
 *     change=${(v) => preview(v)} end=${(v) => commit(v)} />`
 */
import { html } from "htm/preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { DialHands, toShare } from "./dialhands.js";
import { dialMarks, registerDial } from "./dials.js";

/**
 * @typedef {object} DialProps
 * @property {string} name  stable, such as "z/3/bias"
 * @property {string} label
 * @property {string} [full]  what a list calls it, where the label says too little by itself
 * @property {number} value
 * @property {number} low
 * @property {number} high
 * @property {number} [rest]  where a double-click puts it; low where not given
 * @property {number} [step]  of an arrow key; a hundredth of the range where not given
 * @property {string} [unit]
 * @property {string} [tip]
 * @property {"linear" | "log"} [course]  log: equal turns are equal ratios; low > 0
 * @property {number} [size]  pixels across
 * @property {boolean} [beside]  the value stands beside the dial, in the place of its label
 * @property {boolean} [second]  in the other voice's colour
 * @property {boolean} [disabled]
 * @property {(value: number) => string} [words]  the value in words
 * @property {(value: number) => void} change  on every move
 * @property {(value: number) => void} [end]  when the hand lets go, and after every key
 * @property {() => void} [cancel]  Escape: `change` has been given the value from before
 */

const SWEEP = 270; // degrees
const ROUND = 17; // radius of the track, of 20

/** @param {DialProps} props */
export function Dial(props) {
  const { name, label, second, disabled, beside } = props;
  const [held, setHeld] = useState(false);
  const latest = useRef(props);
  latest.current = props;
  const hands = useMemo(() => new DialHands(latest, setHeld), []);
  useEffect(() => registerDial(latest, (value) => hands.settle(value)), [name]);
  const mark = dialMarks.value[name];
  const classes = ["dial", second && "second", beside && "beside", held && "held", disabled && "disabled"]
    .filter(Boolean)
    .join(" ");
  return html`<div class=${classes} data-tip=${held ? undefined : tipOf(props)}>
    <${Face} props=${props} events=${hands.events} />
    <span class="dial-label clip">${beside ? null : label}${mark && html`<b class="dial-mark">${mark}</b>`}</span>
    <output class="dial-value">${wordsOf(props)}</output>
  </div>`;
}

/** @param {{props: DialProps, events: Record<string, any>}} all */
function Face({ props, events }) {
  const { label, full, value, low, high, size = 40, disabled } = props;
  const share = toShare(props, value);
  const from = toShare(props, props.rest ?? low);
  const [start, end] = [Math.min(share, from), Math.max(share, from)];
  return html`<div class="dial-face" role="slider" tabindex=${disabled ? -1 : 0} aria-label=${full ?? label}
    aria-valuemin=${low}
    aria-valuemax=${high} aria-valuenow=${value} aria-valuetext=${wordsOf(props)} aria-disabled=${disabled}
    style=${`width:${size}px;height:${size}px`} ...${events}>
    <svg viewBox="-20 -20 40 40" aria-hidden="true">
      <path class="dial-track" d=${arc(0, 1)} />
      ${end - start > 0.002 && html`<path class="dial-arc" d=${arc(start, end)} />`}
      <circle class="dial-cap" r="11.5" />
      <line class="dial-hand" y1="-4.5" y2="-10" transform=${`rotate(${(share - 0.5) * SWEEP})`} />
    </svg>
  </div>`;
}

/** @param {number} from @param {number} to  shares of the sweep */
function arc(from, to) {
  const at = (/** @type {number} */ share) => {
    const turn = ((share - 0.5) * SWEEP * Math.PI) / 180;
    return `${(ROUND * Math.sin(turn)).toFixed(2)} ${(-ROUND * Math.cos(turn)).toFixed(2)}`;
  };
  return `M${at(from)}A${ROUND} ${ROUND} 0 ${(to - from) * SWEEP > 180 ? 1 : 0} 1 ${at(to)}`;
}

/** @param {DialProps} props */
function tipOf({ tip, label, unit }) {
  return tip ?? (unit ? `${label}, ${unit}` : label);
}

/** The value with its unit, as many digits as the range needs. @param {DialProps} props */
function wordsOf({ value, unit = "", low, high, words }) {
  if (words) return words(value);
  const digits = high - low >= 100 ? 0 : high - low >= 20 ? 1 : 2;
  const number = Number(value.toFixed(digits)) + 0; // no negative zero
  const text = number.toFixed(digits).replace("-", "−");
  return unit ? `${text} ${unit}` : text;
}
