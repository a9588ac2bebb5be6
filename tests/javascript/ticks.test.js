// Round marks for every unit, never closer than they can be read.

import assert from "node:assert/strict";
import test from "node:test";

import { clock, label, ticks } from "../../src/timbrespace/studio/static/geometry/ticks.js";
import { randomly } from "./help.js";

/** @param {ReturnType<typeof ticks>} found */
const labels = (found) => found.map((tick) => tick.label);

test("seconds by the clock, fractions by tens", () => {
  assert.deepEqual(labels(ticks({ from: 0, to: 10, size: 400 }, "seconds")), ["0", "2", "4", "6", "8", "10"]);
  assert.deepEqual(labels(ticks({ from: 0, to: 200, size: 400 }, "seconds")), [
    "0",
    "30",
    "1:00",
    "1:30",
    "2:00",
    "2:30",
    "3:00",
  ]);
  assert.deepEqual(labels(ticks({ from: 0.1, to: 0.3, size: 400 }, "seconds")), [
    "0.10",
    "0.15",
    "0.20",
    "0.25",
    "0.30",
  ]);
  assert.deepEqual(labels(ticks({ from: 0, to: 7200, size: 300 }, "seconds")), [
    "0",
    "30:00",
    "1:00:00",
    "1:30:00",
    "2:00:00",
  ]);
});

test("levels by doublings, deviations by halves, pitch by decades", () => {
  const level = { from: -60, to: 0, size: 300, upward: true };
  assert.deepEqual(labels(ticks(level, "db", 50)), ["−60", "−48", "−36", "−24", "−12", "0"]);
  assert.deepEqual(labels(ticks({ from: -1, to: 1, size: 300 }, "deviations")), [
    "−1",
    "−0.5",
    "0",
    "0.5",
    "1",
  ]);
  const pitch = { from: 50, to: 8000, size: 600, log: true };
  assert.deepEqual(labels(ticks(pitch, "hz", 50)), ["50", "100", "200", "500", "1k", "2k", "5k"]);
  assert.deepEqual(labels(ticks(pitch, "hz", 100)), ["100", "1k"]);
  const brightness = { from: 700, to: 4500, size: 300, log: true };
  assert.deepEqual(labels(ticks(brightness, "hz", 40)), ["700", "1k", "1.5k", "2k", "3k"]);
  assert.deepEqual(labels(ticks({ from: 0, to: 5000, size: 400 }, "hz", 80)), [
    "0",
    "1k",
    "2k",
    "3k",
    "4k",
    "5k",
  ]);
});

test("marks lie within the axis, at their values, and far enough apart", () => {
  randomly(300, (random) => {
    const from = 100 * random() - 50;
    const axis = { from, to: from + 10 ** (6 * random() - 3), size: 50 + 1000 * random() };
    for (const unit of /** @type {const} */ (["seconds", "db", "hz", "deviations"])) {
      const found = ticks(axis, unit, 40);
      for (const [index, tick] of found.entries()) {
        assert.ok(tick.pixel >= -1e-3 && tick.pixel <= axis.size + 1e-3);
        if (index > 0) assert.ok(tick.pixel - found[index - 1].pixel >= 40 - 1e-3);
        if (index > 0) assert.notEqual(tick.label, found[index - 1].label);
      }
      assert.ok(
        found.length >= Math.floor(axis.size / 40 / 4.1),
        `${found.length} marks on ${axis.size} pixels`,
      );
    }
  });
});

test("an axis without pixels has no marks", () => {
  assert.deepEqual(ticks({ from: 0, to: 1, size: 0 }, "db"), []);
});

test("times are written as clocks write them", () => {
  assert.equal(clock(0), "0");
  assert.equal(clock(59.96, 1), "1:00.0");
  assert.equal(clock(62.5, 1), "1:02.5");
  assert.equal(clock(3600), "1:00:00");
  assert.equal(clock(-0.5, 2), "−0.50");
  assert.equal(label(1500, "hz", 500), "1.5k");
  assert.equal(label(-0.0001, "db", 1), "0");
});
