// Which key presses a name means.

import assert from "node:assert/strict";
import { test } from "node:test";
import { matches } from "../../src/timbrespace/studio/static/core/keynames.js";

/** @param {string} key @param {Record<string, boolean>} held */
const press = (key, held = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

test("Space is the space bar, without Ctrl", () => {
  assert.ok(matches(press(" "), "Space"));
  assert.ok(!matches(press(" ", { ctrlKey: true }), "Space"));
});

test("Ctrl is also Cmd, and Shift counts", () => {
  assert.ok(matches(press("z", { ctrlKey: true }), "Ctrl+Z"));
  assert.ok(matches(press("z", { metaKey: true }), "Ctrl+Z"));
  assert.ok(!matches(press("Z", { ctrlKey: true, shiftKey: true }), "Ctrl+Z"));
  assert.ok(matches(press("Z", { ctrlKey: true, shiftKey: true }), "Ctrl+Shift+Z"));
});

test("a sign is itself wherever it lies on the keyboard", () => {
  assert.ok(matches(press("?", { shiftKey: true }), "?"));
  assert.ok(matches(press("?"), "?"));
  assert.ok(matches(press("+", { shiftKey: true }), "+"));
});

test("one of several is enough", () => {
  assert.ok(matches(press("Backspace"), "Delete, Backspace"));
  assert.ok(!matches(press("Enter"), "Delete, Backspace"));
});
