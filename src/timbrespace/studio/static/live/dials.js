/**
 * The dials of what is played, as the server describes them and as they stand, by whomever they were moved: this
 * page, another, OSC. They act in every room, so controllers find them in every room.
 */
import { computed, effect, signal } from "@preact/signals-core";
import * as api from "../core/api.js";
import * as audio from "../core/audio.js";
import { link } from "../core/link.js";
import { activeModel, doc, modelOf, remembered } from "../core/store.js";
import { standing } from "../widgets/dials.js";

/** @import {Control} from "../core/types.js" */

export const OWN_MS = 400; // after this page's hand, its own moves come back from the server
const PLACE = "plane";

/** The model that plays the microphone. */
export const liveModel = computed(() => modelOf(remembered("live/model", "")) ?? activeModel.value);

/** @type {import("@preact/signals-core").Signal<Control[]>} */
export const controls = signal([]);

/** Where each dial stands, by name. @type {import("@preact/signals-core").Signal<Record<string, number>>} */
export const values = signal({});

/**
 * Where the place on the plane was put from outside (OSC, a controller); null: it was not.
 * @type {import("@preact/signals-core").Signal<{x: number, y: number} | null>}
 */
export const outerPlace = signal(null);

/** Dials that do not stand where they rest. */
export const turned = computed(() => controls.value.filter(({ name, rest }) => (values.value[name] ?? rest) !== rest));

/** @type {Map<string, number>} */
const moved = new Map(); // when this page moved a dial
/** @type {Map<string, number>} */
const late = new Map(); // timers of what was told of dials that this page was moving

/** Move a dial. @param {string} name @param {number} value */
export function turn(name, value) {
  moved.set(name, performance.now());
  values.value = { ...values.peek(), [name]: value };
  audio.dial(name, value);
}

/** What a dial is called in a list: "z3 bias". @param {Control} control */
export function titleOf({ name }) {
  return name === "drywet" ? "dry or wet" : name.replace(/^z\/(\d+)\//, "z$1 ").replaceAll("/", " ");
}

/** Every dial back to where it rests. */
export async function reset() {
  moved.clear();
  await api.resetControls().catch(api.report);
}

/** @param {string} name  of a model */
async function load(name) {
  const told = await api.controls(name).catch(api.report);
  if (!told || liveModel.peek()?.name !== name) return;
  controls.value = told.filter((control) => control.name !== PLACE);
  values.value = Object.fromEntries(controls.value.map((control) => [control.name, control.values[0]]));
  stand();
}

/** Let controllers find them. */
function stand() {
  const entries = controls.peek().map((control) => [control.name, entryOf(control)]);
  const { x, y } = { x: placeEntry("x"), y: placeEntry("y") };
  standing.value = new Map([.../** @type {any} */ (entries), [x.name, x], [y.name, y]]);
}

/** @param {Control} control @returns {import("../widgets/dials.js").HeldDial} */
function entryOf(control) {
  const { name, low, high, unit, whole, rest } = control;
  return {
    name, low, high, unit, course: "linear", whole: whole && high === 1, label: titleOf(control),
    get value() { return values.value[name] ?? rest; },
    set: (value) => turn(name, value),
  }; // prettier-ignore
}

/**
 * A side of the place on the plane that plays.
 * @param {"x" | "y"} side
 * @returns {import("../widgets/dials.js").HeldDial}
 */
function placeEntry(side) {
  const place = () => outerPlace.value ?? { x: 0.5, y: 0.5 };
  return {
    name: `${PLACE}/${side}`, low: 0, high: 1, unit: "", course: "linear", whole: false, label: `plane ${side}`,
    get value() { return place()[side]; },
    set: (value) => {
      outerPlace.value = { ...place(), [side]: value };
      audio.place(outerPlace.value.x, outerPlace.value.y);
    },
  }; // prettier-ignore
}

/** @param {{values: Record<string, number[]>}} told */
function follow({ values: told }) {
  const now = performance.now();
  const next = { ...values.peek() };
  for (const [name, [value, second]] of Object.entries(told)) {
    clearTimeout(late.get(name));
    const own = (moved.get(name) ?? -OWN_MS) + OWN_MS - now;
    if (name === PLACE) outerPlace.value = { x: value, y: second };
    else if (own > 0) late.set(name, setTimeout(() => follow({ values: { [name]: [value] } }), own));
    else next[name] = value;
  }
  values.value = next;
}

link.on("dials", follow);
link.on("open", () => liveModel.peek() && void load(/** @type {any} */ (liveModel.peek()).name));
effect(() => {
  const name = doc.value && liveModel.value?.name;
  if (name) void load(name);
});
