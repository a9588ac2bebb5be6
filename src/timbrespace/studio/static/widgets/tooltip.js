/**
 * One tip for the page: whatever has `data-tip` shows it when pointed at for a moment, or focused by key.
 * A second line after a newline is set smaller.
 */
const WAIT_MS = 450;
const GAP = 8; // pixels between the thing and its tip

const tip = document.createElement("div");
tip.className = "tip";
tip.setAttribute("role", "tooltip");
let waiting = 0;
/** @type {Element | null} */
let shown = null;

/** @param {Element} target */
function show(target) {
  const text = target.getAttribute("data-tip");
  if (!text || !target.isConnected) return;
  const [first, ...rest] = text.split("\n");
  tip.replaceChildren(first);
  if (rest.length) tip.append(Object.assign(document.createElement("small"), { textContent: rest.join("\n") }));
  const host = target.closest("dialog[open]") ?? document.body;
  host.append(tip);
  const box = target.getBoundingClientRect();
  const { width, height } = tip.getBoundingClientRect();
  const left = Math.min(Math.max(GAP, box.left + box.width / 2 - width / 2), innerWidth - width - GAP);
  const below = box.bottom + GAP + height < innerHeight;
  const top = below ? box.bottom + GAP : box.top - GAP - height;
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

function hide() {
  clearTimeout(waiting);
  tip.remove();
  shown = null;
}

/** Begin: listen on the whole page. */
export function startTips() {
  const over = (/** @type {Event} */ event) => {
    const target = /** @type {Element} */ (event.target).closest?.("[data-tip]") ?? null;
    if (target === shown) return;
    hide();
    shown = target;
    if (target) waiting = window.setTimeout(() => show(target), WAIT_MS);
  };
  document.addEventListener("pointerover", over);
  document.addEventListener("focusin", (event) => {
    if (/** @type {Element} */ (event.target).matches(":focus-visible")) over(event);
  });
  for (const type of ["pointerdown", "keydown", "focusout", "scroll", "wheel"]) {
    document.addEventListener(type, hide, { capture: true, passive: true });
  }
}
