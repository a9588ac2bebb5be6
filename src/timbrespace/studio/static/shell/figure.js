/**
 * The figure of the first visit: curves of a made-up sound that follow the pointer, as real ones will.
 */
import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useMemo } from "preact/hooks";
import { palette } from "../core/theme.js";
import { Surface } from "../widgets/surface.js";

const CURVES = 9;
const STEP = 4; // pixels
const REACH = 0.16; // of the width, around the pointer

/** @param {number} curve @param {number} share  of the width @returns {number} −1 to 1 */
function height(curve, share) {
  const slow = Math.sin(share * (3 + curve * 0.7) + curve * 1.9);
  const quick = 0.35 * Math.sin(share * (11 + curve * 1.3) + curve * 0.6);
  return (slow + quick) * Math.sin(Math.PI * share) ** 0.7 * (0.75 - curve * 0.05);
}

export function Figure() {
  const pointer = useMemo(() => signal({ x: 0.62, y: 0.28 }), []);
  /** @param {CanvasRenderingContext2D} context @param {import("../widgets/surface.js").Size} size */
  const draw = (context, { width, height: tall }) => {
    const colours = palette.value;
    const at = pointer.value;
    context.lineJoin = "round";
    for (let curve = CURVES - 1; curve >= 0; curve--) {
      const active = curve === 0;
      context.beginPath();
      for (let x = 0; x <= width; x += STEP) {
        const share = x / width;
        const pull = Math.exp(-(((share - at.x) / REACH) ** 2)) * (active ? 1 : 0.22);
        const own = height(curve, share);
        const wanted = 1 - 2 * at.y;
        context.lineTo(x, tall / 2 - (own + (wanted - own) * pull) * tall * 0.42);
      }
      context.strokeStyle = active ? colours.accent : curve === 3 ? colours.second : colours.faint;
      context.globalAlpha = active ? 1 : curve === 3 ? 0.8 : 0.45;
      context.lineWidth = active ? 3 : 1.25;
      context.stroke();
    }
    context.globalAlpha = 1;
    context.fillStyle = colours.accent;
    context.beginPath();
    context.arc(at.x * width, at.y * tall * 0.84 + tall * 0.08, 5.5, 0, 7);
    context.fill();
  };
  const size = { width: 1, height: 1 };
  return html`<div class="figure">
    <${Surface} label="Curves that follow the pointer" draw=${draw}
      onSize=${(/** @type {any} */ now) => Object.assign(size, now)}
      hover=${(/** @type {any} */ point) => {
        if (point) pointer.value = { x: point.x / size.width, y: point.y / size.height };
      }} />
  </div>`;
}
