/**
 * One PNG of every surface on the page that has a `picture` name, one under the other, each with its caption;
 * those of one name lie over each other, as they do on the page.
 */
import { palette } from "../core/theme.js";

const MARGIN = 32;
const CAPTION = 34;
const TITLE = 46;

/**
 * Save the picture under this name.
 * @param {string} name
 */
export async function pictureOfPage(name) {
  const found = /** @type {HTMLCanvasElement[]} */ ([...document.querySelectorAll("canvas[data-picture]")]).filter(
    (canvas) => canvas.width && canvas.height,
  );
  if (!found.length) throw new Error("There is nothing to picture yet.");
  /** @type {Map<string, HTMLCanvasElement[]>} */
  const layered = new Map();
  for (const canvas of found) {
    const caption = canvas.dataset.picture ?? "";
    layered.set(caption, [...(layered.get(caption) ?? []), canvas]);
  }
  const width = Math.max(...found.map((canvas) => canvas.width));
  const height = [...layered.values()].reduce((sum, [canvas]) => sum + CAPTION + canvas.height, TITLE);
  const sheet = Object.assign(document.createElement("canvas"), {
    width: width + 2 * MARGIN,
    height: height + 2 * MARGIN,
  });
  paint(/** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d")), layered, name);
  const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ done) =>
    sheet.toBlob(done, "image/png"),
  );
  if (!blob) throw new Error("The browser could not make the picture; make its window smaller and try again.");
  const link = Object.assign(document.createElement("a"), {
    href: URL.createObjectURL(blob),
    download: `${name}.png`,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Map<string, HTMLCanvasElement[]>} layered  by caption, the lowest first
 * @param {string} name
 */
function paint(context, layered, name) {
  const colours = palette.peek();
  const family = getComputedStyle(document.body).fontFamily;
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.fillStyle = colours.text;
  context.font = `500 24px ${family}`;
  context.fillText(name, MARGIN, MARGIN + 20);
  let top = MARGIN + TITLE;
  for (const [caption, canvases] of layered) {
    const [{ width, height }] = canvases;
    context.fillStyle = colours.muted;
    context.font = `14px ${family}`;
    context.fillText(caption, MARGIN, top + CAPTION - 12);
    context.fillStyle = colours.well;
    context.fillRect(MARGIN, top + CAPTION, width, height);
    for (const canvas of canvases) context.drawImage(canvas, MARGIN, top + CAPTION);
    top += CAPTION + height;
  }
}
