/**
 * The ground of the plane as a picture, made anew only when points, colours or theme change: coarse while a hand
 * moves a point, fine when it rests.
 */
import { palette } from "../core/theme.js";
import { territory } from "../geometry/territory.js";
import { hues, plane, zones } from "./state.js";

const COARSE = 56; // pixels to a side
const FINE = 168;

let made = "";
const canvas = document.createElement("canvas");

/** @returns {HTMLCanvasElement} */
export function backdrop() {
  const size = plane.isTried.value ? COARSE : FINE;
  const theme = palette.value.dark ? "dark" : "light";
  const wanted = JSON.stringify([zones.value, hues.value, size, theme]);
  if (wanted === made) return canvas;
  made = wanted;
  canvas.width = canvas.height = size;
  const pixels = territory(zones.value, hues.value, size, theme);
  canvas.getContext("2d")?.putImageData(new ImageData(pixels, size, size), 0, 0);
  return canvas;
}
