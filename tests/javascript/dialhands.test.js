// A dial under hands and keys: where values lie on its way, and what each touch makes of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DialHands, fromShare, toShare } from "../../src/timbrespace/studio/static/widgets/dialhands.js";
import { near, randomly } from "./help.js";

/** @param {Record<string, any>} given */
function dial(given = {}) {
  /** @type {[string, number][]} */
  const told = [];
  const props = {
    name: "test",
    label: "test",
    value: 1,
    low: 0,
    high: 10,
    rest: 2,
    change: (/** @type {number} */ value) => void told.push(["change", value]),
    end: (/** @type {number} */ value) => void told.push(["end", value]),
    ...given,
  };
  return { told, hands: new DialHands({ current: props }, () => {}) };
}

/** @param {string} key @param {Record<string, any>} held */
const press = (key, held = {}) =>
  /** @type {any} */ ({ key, ...held, preventDefault: () => {}, stopPropagation: () => {} });

test("shares and values are each other's inverse, of both courses", () => {
  randomly(100, (random) => {
    const low = 0.1 + random();
    const range = /** @type {any} */ ({ low, high: low * (2 + 100 * random()) });
    const share = random();
    for (const course of ["linear", "log"]) {
      near(toShare({ ...range, course }, fromShare({ ...range, course }, share)), share, 1e-9);
    }
  });
});

test("half of a logarithmic way is the geometric mean", () => {
  near(fromShare(/** @type {any} */ ({ low: 20, high: 20_000, course: "log" }), 0.5), Math.sqrt(20 * 20_000), 1e-9);
});

test("arrows step, Shift ten times, Alt a tenth, and every step is kept", () => {
  const { told, hands } = dial();
  hands.key(press("ArrowUp"));
  hands.key(press("ArrowUp", { shiftKey: true }));
  hands.key(press("ArrowDown", { altKey: true }));
  assert.deepEqual(
    told.map(([kind, value]) => [kind, Number(value.toFixed(6))]),
    [["change", 1.1], ["end", 1.1], ["change", 2], ["end", 2], ["change", 0.99], ["end", 0.99]],
  ); // prettier-ignore
});

test("Home, End and Delete go to the ends and to where it rests; nothing goes beyond", () => {
  const { told, hands } = dial({ value: 9.99 });
  for (const key of ["Home", "End", "Delete", "PageUp"]) hands.key(press(key));
  assert.deepEqual(told.filter(([kind]) => kind === "end").map(([, value]) => value), [0, 10, 2, 10]);
});

test("a drag that is given up gives back the value from before and keeps nothing", () => {
  const { told, hands } = dial();
  const face = { setPointerCapture() {}, focus() {} };
  hands.take(/** @type {any} */ ({ button: 0, clientY: 100, pointerId: 1, currentTarget: face }));
  hands.move(/** @type {any} */ ({ clientY: 20 }));
  near(told[0][1], 6);
  hands.key(press("Escape"));
  hands.release();
  assert.deepEqual(told.slice(1), [["change", 1]]);
});
