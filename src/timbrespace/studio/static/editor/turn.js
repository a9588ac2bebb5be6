/**
 * A dial that is an operator: heard and drawn while it is turned, kept as one edit when it is let go, and
 * then at rest again. Turned by keys or the wheel it is kept when they rest.
 */
import { signal } from "@preact/signals-core";
import { html } from "htm/preact";
import { useMemo } from "preact/hooks";
import { activePart } from "../core/store.js";
import { Dial } from "../widgets/dial.js";
import * as draft from "./draft.js";
import { placeOf } from "./scope.js";
import { selection } from "./selecting.js";
import { active, scope } from "./state.js";
import { giveUp, keepTried, tryOut } from "./trying.js";

/** @import {Operator, OperatorName, View} from "../core/types.js" */
/** @import {Kept} from "./draft.js" */

/** Where operators act now. */
export const place = () => placeOf(scope.value, active.value, selection.value);

/** Whether values are in dB. */
export const inDb = () => scope.value === "active" && active.value === "loudness";

/** @param {OperatorName} name @param {Partial<Operator>} more @returns {Operator} */
export const operator = (name, more) => ({ op: "operator", name, ...place(), ...more });

/**
 * A cut-off in words; at the top of its range it does nothing.
 * @param {number} value
 * @param {number} fastest
 * @param {string} atTop
 */
export const hertz = (value, fastest, atTop) =>
  value >= fastest * 0.999 ? atTop : `${value.toFixed(value < 10 ? 1 : 0)} Hz`;

/**
 * @typedef {object} TurnProps
 * @property {OperatorName} name
 * @property {number} low
 * @property {number} high
 * @property {number} rest  where it does nothing
 * @property {string} unit
 * @property {string} tip
 * @property {string} [label]
 * @property {"log"} [course]
 * @property {boolean} [everything]  it acts on all dimensions, whatever is chosen
 * @property {(value: number) => string} [words]
 * @property {() => Partial<Operator>} [more]  of the edit
 * @property {(edit: Operator, answer: Promise<View | null>) => void} [kept]
 */

/** A dial that is an operator. @param {TurnProps} props */
export function Turn(props) {
  const { name, rest, label = name, everything, more, kept } = props;
  const value = useMemo(() => signal(rest), [name]);
  const held = useMemo(() => ({ pointer: false, begun: false }), [name]);
  if (!held.begun && value.peek() !== rest) value.value = rest;
  const edit = (/** @type {number} */ to) =>
    operator(name, { value: to, ...more?.(), ...(everything ? { dimensions: null } : {}) });
  const atRest = (/** @type {number} */ to) => Math.abs(to - rest) < 1e-6 * Math.max(1, Math.abs(rest));
  const finish = () => {
    held.begun = held.pointer = false;
    value.value = rest;
  };
  const change = (/** @type {number} */ to) => {
    if (!held.begun) draft.settle();
    held.begun = true;
    value.value = to;
    if (atRest(to)) giveUp();
    else tryOut(edit(to));
  };
  const end = (/** @type {number} */ to) => {
    if (atRest(to)) return finish();
    const wanted = edit(to);
    const soon = !held.pointer;
    keepTried(wanted, {
      soon,
      then: (/** @type {Parameters<Kept>[0]} */ answer) => {
        finish();
        if (answer) kept?.(wanted, answer);
      },
    });
    return undefined;
  };
  return html`<div class="turn" onPointerDownCapture=${() => (held.pointer = true)}>
    <${Dial} name=${`editor/${name}`} label=${label} value=${value.value} low=${props.low}
      high=${props.high} rest=${rest}
      course=${props.course} unit=${props.unit} words=${props.words} tip=${props.tip} size=${36}
      disabled=${!activePart.value} change=${change} end=${end} cancel=${() => {
        giveUp();
        finish();
      }} />
  </div>`;
}
