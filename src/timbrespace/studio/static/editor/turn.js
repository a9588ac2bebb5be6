/**
 * A dial that is an operator: heard and drawn while it is turned, kept as one edit when it is let go, and then at
 * rest again. Turned by keys or the wheel it is kept when they rest.
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

/** @import {Operator, OperatorName} from "../core/types.js" */
/** @import {Kept} from "./draft.js" */

/** Where operators act now. */
export const place = () => placeOf(scope.value, active.value, selection.value);

/** Whether values are in dB. */
export const inDb = () => scope.value === "active" && active.value === "loudness";

/** @param {OperatorName} name @param {Partial<Operator>} more @returns {Operator} */
export const operator = (name, more) => ({ op: "operator", name, ...place(), ...more });

/**
 * A dial that is an operator.
 * @param {{name: OperatorName, low: number, high: number, rest: number, unit: string, tip: string, label?: string,
 *   course?: "log", everything?: boolean, words?: (value: number) => string, more?: () => Partial<Operator>, wide?: boolean,
 *   kept?: (edit: Operator, view: Promise<import("../core/types.js").View | null>) => void, disabled?: boolean}} props
 */
export function Turn(props) {
  const { name, rest, label = name, everything, more, kept } = props;
  const value = useMemo(() => signal(rest), [name]);
  const held = useMemo(() => ({ pointer: false, begun: false }), [name]);
  if (!held.begun && value.peek() !== rest) value.value = rest;
  const edit = (/** @type {number} */ to) => operator(name, { value: to, ...more?.(), ...(everything ? { dimensions: null } : {}) });
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
    keepTried(wanted, { soon, then: (/** @type {Parameters<Kept>[0]} */ answer) => {
      finish();
      if (answer) kept?.(wanted, answer);
    } });
    return undefined;
  };
  return html`<div class="turn" onPointerDownCapture=${() => (held.pointer = true)}>
    <${Dial} name=${`editor/${name}`} label=${label} value=${value.value} low=${props.low} high=${props.high} rest=${rest}
      course=${props.course} unit=${props.unit} words=${props.words} tip=${props.tip} size=${36}
      disabled=${props.disabled || !activePart.value} change=${change} end=${end} cancel=${() => { giveUp(); finish(); }} />
  </div>`;
}
