/**
 * A canvas for rooms: it knows its size and the screen's pixel ratio, and is drawn anew, at most once a frame,
 * when it is resized or a signal that its drawing has read changes. Hands come as gestures in its own pixels.
 *
 *   html`<${Surface} label="Latent editor" draw=${(ctx, size) => …} down=${(point) => ({ move, end, cancel })} />`
 *
 * `draw(context, {width, height, ratio})` works in CSS pixels on a cleared canvas and reads what it needs from
 * signals (`palette.value` for colours). `down(point, event)` answers what follows the pointer, or nothing;
 * Escape and a lost pointer cancel it. A canvas with a `picture` name goes into the PNG that can be saved.
 */
import { effect } from "@preact/signals-core";
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";

/** @typedef {{x: number, y: number}} Point  CSS pixels from the upper left */
/** @typedef {{width: number, height: number, ratio: number}} Size */
/**
 * @typedef {object} Gesture
 * @property {(point: Point, event: PointerEvent) => void} [move]
 * @property {(point: Point, event: PointerEvent) => void} [end]
 * @property {() => void} [cancel]
 */
/**
 * @typedef {object} SurfaceProps
 * @property {(context: CanvasRenderingContext2D, size: Size) => void} draw
 * @property {string} label
 * @property {string} [role]
 * @property {string} [class]
 * @property {string} [picture]
 * @property {number} [tabindex]
 * @property {(point: Point, event: PointerEvent) => Gesture | void} [down]
 * @property {(point: Point | null, event: PointerEvent) => void} [hover]  null: it left
 * @property {(point: Point, event: WheelEvent) => void} [wheel]
 * @property {(point: Point, event: MouseEvent) => void} [double]
 * @property {(point: Point, event: MouseEvent) => void} [menu]  the other button
 * @property {(event: KeyboardEvent) => void} [onKeyDown]
 * @property {(size: Size) => void} [onSize]
 */

/** @param {SurfaceProps & Record<string, any>} props */
export function Surface({
  draw,
  label,
  role = "img",
  class: more = "",
  picture,
  tabindex,
  down,
  hover,
  wheel,
  double,
  menu,
  onKeyDown,
  onSize,
  ...rest
}) {
  const ref = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const held = useRef(/** @type {any} */ ({}));
  Object.assign(held.current, { draw, down, hover, wheel, double, menu, onSize });
  useEffect(() => {
    const canvas = /** @type {HTMLCanvasElement} */ (ref.current);
    const painter = paintsWhenNeeded(canvas, held.current);
    held.current.ask = painter.ask;
    const endGestures = followsHands(canvas, held.current);
    return () => {
      painter.end();
      endGestures();
    };
  }, []);
  useEffect(() => held.current.ask?.());
  return html`<div class="surface ${more}" ...${rest}>
    <canvas ref=${ref} role=${role} aria-label=${label || undefined} tabindex=${tabindex} data-picture=${picture}
      onKeyDown=${onKeyDown}></canvas>
  </div>`;
}

/**
 * Draws at the next frame whenever it was asked, resized, or a signal that the drawing read changed.
 * @param {HTMLCanvasElement} canvas
 * @param {{draw: SurfaceProps["draw"], onSize?: SurfaceProps["onSize"]}} held
 */
function paintsWhenNeeded(canvas, held) {
  const host = /** @type {HTMLElement} */ (canvas.parentElement);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  let frame = 0;
  let forget = () => {};
  /** @type {Size} */
  let size = { width: 0, height: 0, ratio: 1 };
  const ask = () => void (frame ||= requestAnimationFrame(paint));
  function paint() {
    frame = 0;
    forget();
    if (!size.width || !size.height) return;
    let drawn = false;
    forget = effect(() => {
      if (drawn) return ask();
      drawn = true;
      context.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
      context.clearRect(0, 0, size.width, size.height);
      held.draw(context, size);
      return undefined;
    });
  }
  const watcher = new ResizeObserver(() => {
    const { width, height } = host.getBoundingClientRect();
    size = { width, height, ratio: Math.max(1, devicePixelRatio) };
    canvas.width = Math.round(width * size.ratio);
    canvas.height = Math.round(height * size.ratio);
    held.onSize?.(size);
    cancelAnimationFrame(frame);
    paint(); // now: a resized canvas is empty
  });
  watcher.observe(host);
  return {
    ask,
    end: () => {
      watcher.disconnect();
      cancelAnimationFrame(frame);
      forget();
    },
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {any} held  the handlers as they are now
 * @returns {() => void}
 */
function followsHands(canvas, held) {
  const pointOf = (/** @type {MouseEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  /** @type {Gesture | null} */
  let gesture = null;
  const finish = () => {
    gesture = null;
    document.removeEventListener("keydown", escape, true);
  };
  const give = (/** @type {"end" | "cancel"} */ how, /** @type {PointerEvent} */ event) => {
    const ended = gesture;
    finish();
    if (how === "end") ended?.end?.(pointOf(event), event);
    else ended?.cancel?.();
  };
  const escape = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    give("cancel", /** @type {any} */ (null));
  };
  const listeners = /** @type {Record<string, (event: any) => void>} */ ({
    pointerdown(event) {
      if (event.button !== 0 || gesture) return;
      gesture = held.down?.(pointOf(event), event) ?? null;
      if (!gesture) return;
      canvas.setPointerCapture(event.pointerId);
      document.addEventListener("keydown", escape, true);
    },
    pointermove: (event) => (gesture ? gesture.move?.(pointOf(event), event) : held.hover?.(pointOf(event), event)),
    pointerup: (event) => give("end", event),
    pointercancel: (event) => give("cancel", event),
    pointerleave: (event) => void (gesture || held.hover?.(null, event)),
    wheel: (event) => {
      if (!held.wheel) return;
      event.preventDefault();
      held.wheel(pointOf(event), event);
    },
    dblclick: (event) => held.double?.(pointOf(event), event),
    contextmenu: (event) => {
      if (!held.menu) return;
      event.preventDefault();
      held.menu(pointOf(event), event);
    },
  });
  for (const [type, listener] of Object.entries(listeners))
    canvas.addEventListener(type, listener, { passive: false });
  return finish; // the listeners go with the canvas
}
