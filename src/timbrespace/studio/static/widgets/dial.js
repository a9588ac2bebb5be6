/**
 * A rotary dial. Drag up and down, wheel, arrows (Shift: ten times, Alt: a tenth), double-click or Delete for
 * where it rests; a bubble says the value in its unit. Every dial has a name under which a controller (Web MIDI)
 * finds it: `dials.value` maps it to its range, its value and how to set it.
 *
 *   html`<${Dial} name="editor/scale" label="scale" value=${v} low=${0} high=${4} rest=${1} unit="×"
 *     change=${(v) => preview(v)} end=${(v) => commit(v)} />`
 */
import { signal } from "@preact/signals-core";
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";

/**
 * @typedef {object} DialProps
 * @property {string} name  stable, such as "z/3/bias"
 * @property {string} label
 * @property {number} value
 * @property {number} low
 * @property {number} high
 * @property {number} [rest]  where a double-click puts it; low where not given
 * @property {number} [step]  of an arrow key; a hundredth of the range where not given
 * @property {string} [unit]
 * @property {string} [tip]
 * @property {"linear" | "log"} [course]  log: equal turns are equal ratios; low > 0
 * @property {number} [size]  pixels across
 * @property {boolean} [second]  in the other voice's colour
 * @property {boolean} [disabled]
 * @property {(value: number) => string} [words]  the value in words
 * @property {(value: number) => void} change  on every move
 * @property {(value: number) => void} [end]  when the hand lets go, and after every key
 * @property {() => void} [cancel]  Escape: `change` has been given the value from before
 */
/** @typedef {{name: string, label: string, low: number, high: number, value: number, unit: string, set: (value: number) => void}} HeldDial */

/** Every dial that is on the page now, by name. @type {import("@preact/signals-core").Signal<Map<string, HeldDial>>} */
export const dials = signal(new Map());

/** The name of the dial that was touched last: what "learn" binds to. @type {import("@preact/signals-core").Signal<string | null>} */
export const touchedDial = signal(null);

/** Small marks beside dials, such as the controller that moves them, by name. @type {import("@preact/signals-core").Signal<Record<string, string>>} */
export const dialMarks = signal({});

const TRAVEL = 160; // pixels of dragging from one end to the other
const FINE = 0.1;
const SWEEP = 270; // degrees
const WHEEL_SHARE = 1 / 2400; // of the range, a pixel of the wheel
const SETTLED_MS = 350; // after the wheel or a controller, until the value counts as let go

/** @param {DialProps} props */
export function Dial(props) {
  const { name, label, value, unit = "", size = 40, second, disabled, tip } = props;
  const [held, setHeld] = useState(false);
  const latest = useRef(props);
  latest.current = props;
  const hands = useRef(/** @type {ReturnType<typeof makeHands> | null} */ (null));
  hands.current ??= makeHands(latest, setHeld);
  useEffect(() => register(latest, hands.current?.settle ?? (() => {})), [name]);
  const shown = words(props);
  const mark = dialMarks.value[name];
  return html`<div class="dial ${second ? "second" : ""} ${held ? "held" : ""} ${disabled ? "disabled" : ""}" data-tip=${held ? undefined : (tip ?? `${label}${unit ? `, ${unit}` : ""}`)}>
    <div
      class="dial-face"
      role="slider"
      tabindex=${disabled ? -1 : 0}
      aria-label=${label}
      aria-valuemin=${props.low}
      aria-valuemax=${props.high}
      aria-valuenow=${value}
      aria-valuetext=${shown}
      aria-disabled=${disabled}
      style=${`width:${size}px;height:${size}px`}
      ...${hands.current.events}
    >
      <${Face} share=${toShare(props, value)} from=${toShare(props, props.rest ?? props.low)} />
    </div>
    <span class="dial-label clip">${label}${mark && html`<b class="dial-mark">${mark}</b>`}</span>
    <output class="dial-value">${shown}</output>
  </div>`;
}

/** @param {{share: number, from: number}} props */
function Face({ share, from }) {
  const [low, high] = [Math.min(share, from), Math.max(share, from)];
  const angle = (share - 0.5) * SWEEP;
  return html`<svg viewBox="-20 -20 40 40" aria-hidden="true">
    <path class="dial-track" d=${arc(0, 1)} />
    ${high - low > 0.002 && html`<path class="dial-arc" d=${arc(low, high)} />`}
    <circle class="dial-cap" r="11.5" />
    <line class="dial-hand" y1="-5" y2="-10" transform=${`rotate(${angle})`} />
  </svg>`;
}

/** @param {number} from @param {number} to  shares of the sweep */
function arc(from, to) {
  const at = (/** @type {number} */ share) => {
    const turn = ((share - 0.5) * SWEEP * Math.PI) / 180;
    return `${(17 * Math.sin(turn)).toFixed(2)} ${(-17 * Math.cos(turn)).toFixed(2)}`;
  };
  return `M${at(from)}A17 17 0 ${(to - from) * SWEEP > 180 ? 1 : 0} 1 ${at(to)}`;
}

/** @param {DialProps} props @param {number} value */
function toShare({ low, high, course }, value) {
  const share = course === "log" ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.min(1, Math.max(0, share));
}

/** @param {DialProps} props @param {number} share */
function fromShare({ low, high, course }, share) {
  const held = Math.min(1, Math.max(0, share));
  return course === "log" ? low * (high / low) ** held : low + held * (high - low);
}

/** @param {DialProps} props */
function words({ value, unit = "", low, high, words: own }) {
  if (own) return own(value);
  const digits = high - low >= 100 ? 0 : high - low >= 20 ? 1 : 2;
  const text = value.toFixed(digits).replace(/^-(?=0(\.0*)?$)/, "").replace("-", "−");
  return unit ? `${text} ${unit}` : text;
}

/** @param {{current: DialProps}} latest @param {(value: number) => void} settle */
function register(latest, settle) {
  const { name } = latest.current;
  const entry = /** @type {HeldDial} */ ({
    name,
    get label() { return latest.current.label; },
    get low() { return latest.current.low; },
    get high() { return latest.current.high; },
    get value() { return latest.current.value; },
    get unit() { return latest.current.unit ?? ""; },
    set: settle,
  }); // prettier-ignore
  dials.value = new Map(dials.peek()).set(name, entry);
  return () => {
    const left = new Map(dials.peek());
    left.delete(name);
    dials.value = left;
  };
}

/**
 * What hands, wheels, keys and controllers do.
 * @param {{current: DialProps}} latest
 * @param {(held: boolean) => void} setHeld
 */
function makeHands(latest, setHeld) {
  let settling = 0;
  /** @type {{y: number, share: number, before: number} | null} */
  let drag = null;
  const set = (/** @type {number} */ value) => {
    const { low, high, change } = latest.current;
    const held = Math.min(high, Math.max(low, value));
    touchedDial.value = latest.current.name;
    change(held);
    return held;
  };
  const finish = (/** @type {number} */ value) => latest.current.end?.(value);
  const settle = (/** @type {number} */ value) => {
    const held = set(value);
    clearTimeout(settling);
    settling = window.setTimeout(() => finish(held), SETTLED_MS);
  };
  const events = {
    onPointerDown(/** @type {PointerEvent} */ event) {
      const { disabled, value } = latest.current;
      if (event.button !== 0 || disabled) return;
      drag = { y: event.clientY, share: toShare(latest.current, value), before: value };
      const face = /** @type {HTMLElement} */ (event.currentTarget);
      face.setPointerCapture(event.pointerId);
      face.focus({ preventScroll: true });
      touchedDial.value = latest.current.name;
      setHeld(true);
    },
    onPointerMove(/** @type {PointerEvent} */ event) {
      if (!drag) return;
      drag.share += ((drag.y - event.clientY) / TRAVEL) * (event.shiftKey || event.altKey ? FINE : 1);
      drag.share = Math.min(1, Math.max(0, drag.share));
      drag.y = event.clientY;
      set(fromShare(latest.current, drag.share));
    },
    onPointerUp() {
      if (!drag) return;
      const { before, share } = drag;
      drag = null;
      setHeld(false);
      const value = fromShare(latest.current, share);
      if (Math.abs(value - before) > 1e-9) finish(value);
    },
    onPointerCancel() {
      events.cancel();
    },
    onDblClick() {
      if (!latest.current.disabled) finish(set(latest.current.rest ?? latest.current.low));
    },
    onWheel(/** @type {WheelEvent} */ event) {
      const { disabled, value } = latest.current;
      if (disabled || event.ctrlKey) return;
      event.preventDefault();
      const turn = -event.deltaY * WHEEL_SHARE * (event.shiftKey || event.altKey ? FINE : 1);
      settle(fromShare(latest.current, toShare(latest.current, value) + turn));
    },
    onKeyDown(/** @type {KeyboardEvent} */ event) {
      if (event.key === "Escape" && drag) events.cancel();
      else if (!keyed(event)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    cancel() {
      if (!drag) return;
      const { before } = drag;
      drag = null;
      setHeld(false);
      set(before);
      latest.current.cancel?.();
    },
  };
  /** @param {KeyboardEvent} event */
  function keyed(event) {
    const { low, high, rest, value, step = (high - low) / 100, course } = latest.current;
    const turns = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
    const to = { Home: low, End: high, Delete: rest ?? low, Backspace: rest ?? low }[event.key];
    if (to !== undefined) finish(set(to));
    else if (turns === undefined) return false;
    else {
      const by = turns * (event.shiftKey ? 10 : 1) * (event.altKey ? FINE : 1);
      const next = course === "log" ? fromShare(latest.current, toShare(latest.current, value) + by / 100) : value + by * step;
      finish(set(next));
    }
    return true;
  }
  const { cancel: _, ...listeners } = events;
  return { events: listeners, settle };
}
