/**
 * What hands, wheels, keys and controllers do to a dial.
 */
import { learns, touchedDial } from "./dials.js";

/** @import {DialProps} from "./dial.js" */

const TRAVEL = 160; // pixels of dragging from one end to the other
const FINE = 0.1;
const WHEEL_SHARE = 1 / 2400; // of the range, a pixel of the wheel
const SETTLED_MS = 350; // after the wheel or a controller, until the value counts as let go
const KEY_SHARE = 0.01; // of a logarithmic range, an arrow

/** @typedef {{low: number, high: number, course?: "linear" | "log"}} Shape */

/** Where a value lies between the ends, 0 to 1. @param {Shape} shape @param {number} value */
export function toShare({ low, high, course }, value) {
  const share = course === "log" ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.min(1, Math.max(0, share));
}

/** The inverse of `toShare`. @param {Shape} shape @param {number} share */
export function fromShare({ low, high, course }, share) {
  const held = Math.min(1, Math.max(0, share));
  return course === "log" ? low * (high / low) ** held : low + held * (high - low);
}

/** Slower with Shift or Alt. @param {MouseEvent} event */
const fineness = (event) => (event.shiftKey || event.altKey ? FINE : 1);

/** The hands of one dial; `latest` holds its properties as they are now. */
export class DialHands {
  /**
   * @param {{current: DialProps}} latest
   * @param {(held: boolean) => void} setHeld
   */
  constructor(latest, setHeld) {
    this.latest = latest;
    this.setHeld = setHeld;
    this.settling = 0;
    /** @type {{y: number, share: number, before: number} | null} */
    this.drag = null;
  }

  get props() {
    return this.latest.current;
  }

  /** The listeners of the dial's face. */
  get events() {
    return {
      onPointerDown: (/** @type {PointerEvent} */ event) => this.take(event),
      onPointerMove: (/** @type {PointerEvent} */ event) => this.move(event),
      onPointerUp: () => this.release(),
      onPointerCancel: () => this.cancel(),
      onDblClick: () => !this.props.disabled && this.finish(this.set(this.rest)),
      onWheel: (/** @type {WheelEvent} */ event) => this.wheel(event),
      onContextMenu: learns(this.props.name).onContextMenu,
      onKeyDown: (/** @type {KeyboardEvent} */ event) => this.key(event),
    };
  }

  get rest() {
    return this.props.rest ?? this.props.low;
  }

  /** @param {number} value @returns {number} within the range */
  set(value) {
    const { low, high, name, change } = this.props;
    const held = Math.min(high, Math.max(low, value));
    touchedDial.value = name;
    change(held);
    return held;
  }

  /** @param {number} value */
  finish(value) {
    clearTimeout(this.settling);
    this.props.end?.(value);
  }

  /** Set it, and count it as let go when nothing follows for a moment. @param {number} value */
  settle(value) {
    const held = this.set(value);
    clearTimeout(this.settling);
    this.settling = window.setTimeout(() => this.finish(held), SETTLED_MS);
  }

  /** @param {PointerEvent} event */
  take(event) {
    const { disabled, value, name } = this.props;
    if (event.button !== 0 || disabled) return;
    this.drag = { y: event.clientY, share: toShare(this.props, value), before: value };
    const face = /** @type {HTMLElement} */ (event.currentTarget);
    face.setPointerCapture(event.pointerId);
    face.focus({ preventScroll: true });
    touchedDial.value = name;
    this.setHeld(true);
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (!this.drag) return;
    const share = this.drag.share + ((this.drag.y - event.clientY) / TRAVEL) * fineness(event);
    this.drag.share = Math.min(1, Math.max(0, share));
    this.drag.y = event.clientY;
    this.set(fromShare(this.props, this.drag.share));
  }

  release() {
    const { drag } = this;
    if (!drag) return;
    this.drag = null;
    this.setHeld(false);
    const value = fromShare(this.props, drag.share);
    if (Math.abs(value - drag.before) > 1e-9) this.finish(value);
  }

  cancel() {
    const { drag } = this;
    if (!drag) return;
    this.drag = null;
    this.setHeld(false);
    this.set(drag.before);
    this.props.cancel?.();
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    if (this.props.disabled || event.ctrlKey) return;
    event.preventDefault();
    const turn = -(event.deltaY || event.deltaX) * WHEEL_SHARE * fineness(event);
    this.settle(fromShare(this.props, toShare(this.props, this.props.value) + turn));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (learns(this.props.name).key(event)) return;
    if (event.key === "Escape" && this.drag) this.cancel();
    else {
      const to = event.ctrlKey || event.metaKey ? undefined : this.keyed(event);
      if (to === undefined || this.props.disabled) return;
      this.finish(this.set(to));
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Where a key moves it to, or undefined. @param {KeyboardEvent} event @returns {number | undefined} */
  keyed(event) {
    const { low, high, value, step = (high - low) / 100, course } = this.props;
    const places = /** @type {Record<string, number>} */ ({
      Home: low,
      End: high,
      Delete: this.rest,
      Backspace: this.rest,
    });
    const turns = /** @type {Record<string, number>} */ ({
      ArrowUp: 1,
      ArrowRight: 1,
      ArrowDown: -1,
      ArrowLeft: -1,
      PageUp: 10,
      PageDown: -10,
    });
    const turn = turns[event.key];
    if (turn === undefined) return places[event.key];
    const by = turn * (event.shiftKey ? 10 : 1) * (event.altKey ? FINE : 1);
    return course === "log" ? fromShare(this.props, toShare(this.props, value) + by * KEY_SHARE) : value + by * step;
  }
}
