// Targets that a descriptor follows: shapes, drawing, semitones; and the histogram.

import assert from "node:assert/strict";
import { test } from "node:test";

import { histogram } from "../../src/timbrespace/studio/static/geometry/histogram.js";
import {
  drawnOver,
  note,
  onSemitones,
  shape,
  simplified,
  strokeOn,
  targetAt,
} from "../../src/timbrespace/studio/static/geometry/targets.js";

/** @typedef {import("../../src/timbrespace/studio/static/geometry/targets.js").TargetPoint} TargetPoint */

const REQUEST = { low: 100, high: 1600, seconds: 8, period: 4 };

/** @param {[number, number][]} pairs @returns {TargetPoint[]} */
const curve = (...pairs) => pairs.map(([seconds, value]) => ({ seconds, value }));

/** @param {number} value @param {number} wanted @param {number} tolerance */
const near = (value, wanted, tolerance) =>
  assert.ok(Math.abs(value - wanted) <= tolerance, `${value} is not ${wanted}`);

test("shapes are those of the command line", () => {
  const sine = shape("sine", REQUEST);
  for (const [seconds, value] of [
    [0, 850],
    [1, 1600],
    [3, 100],
    [5, 1600],
    [8, 850],
  ]) {
    near(targetAt(sine, seconds), value, 1e-6);
  }
  near(targetAt(shape("ramp", REQUEST), 2), 475, 1e-9);
  near(targetAt(shape("exp", REQUEST), 2), 200, 1e-6);
  const steps = shape("steps", REQUEST);
  assert.deepEqual(
    [0.5, 7.5].map((time) => Math.round(targetAt(steps, time))),
    [100, 1600],
  );
  near(targetAt(steps, 1.5), 100 * 16 ** (1 / 7), 1e-6);
});

test("a sine of many periods stays within what a target may have", () => {
  const sine = shape("sine", { ...REQUEST, seconds: 600, period: 0.01 });
  assert.ok(sine.length > 8000 && sine.length <= 20_000);
  assert.ok(sine.every(({ seconds }, n) => n === 0 || seconds > sine[n - 1].seconds));
});

test("a target is held beyond its ends and jumps where two points share a time", () => {
  const jump = curve([1, 10], [2, 20], [2, 40], [3, 40]);
  assert.deepEqual(
    [0, 1.5, 2, 9].map((time) => targetAt(jump, time)),
    [10, 15, 40, 40],
  );
});

test("drawing replaces what was there over its time and nothing else", () => {
  const after = drawnOver(curve([0, 100], [8, 900]), curve([2, 50], [4, 60]));
  assert.equal(targetAt(after, 1), 200);
  assert.equal(targetAt(after, 3), 55);
  assert.equal(targetAt(after, 6), 700);
  assert.deepEqual(drawnOver([], curve([2, 50])), curve([2, 50]));
  const rising = after.every(({ seconds }, n) => n === 0 || seconds >= after[n - 1].seconds);
  assert.ok(rising);
});

test("a hand that turns back overwrites what it drew", () => {
  let stroke = strokeOn([], { seconds: 1, value: 10 });
  stroke = strokeOn(stroke, { seconds: 2, value: 10 });
  stroke = strokeOn(stroke, { seconds: 3, value: 10 });
  assert.deepEqual(stroke, curve([1, 10], [2, 10], [3, 10]));
});

test("simplifying keeps corners and drops what lies on the lines between them", () => {
  const line = Array.from({ length: 101 }, (_, n) => ({ seconds: n, value: n < 50 ? n : 100 - n }));
  const fewer = simplified(line, ({ seconds, value }) => [seconds, value], 0.5);
  assert.deepEqual(fewer, curve([0, 0], [50, 50], [100, 0]));
});

test("a pitch is called by its note and what it is off by", () => {
  assert.deepEqual([440, 261.6256, 415.3047, 27.5, 450].map(note), ["A4", "C4", "G♯4", "A0", "A4 +39 cents"]);
});

test("a glide on semitones becomes held notes, each until the middle to the next", () => {
  const glide = onSemitones(curve([0, 440], [1, 440 * 2 ** (2 / 12)]));
  assert.deepEqual(
    glide.map((point) => note(point.value)),
    ["A4", "A4", "A♯4", "A♯4", "B4", "B4"],
  );
  const crossed = (2 ** (0.5 / 12) - 1) / (2 ** (2 / 12) - 1);
  near(glide[2].seconds, crossed, 1e-9);
  near(glide[1].seconds, crossed - 0.001, 1e-9);
  assert.equal(glide[5].seconds, 1);
});

test("on semitones a curve never goes back in time, and one that is on them already stays", () => {
  const wild = curve([0, 200], [0.001, 800], [0.002, 100], [3, 100], [3, 900]);
  const held = onSemitones(wild);
  assert.ok(held.every(({ seconds }, n) => n === 0 || seconds >= held[n - 1].seconds));
  near(held[held.length - 1].value, 880, 1e-9);
  assert.deepEqual(onSemitones(curve([1, 440], [2, 440])), curve([1, 440], [2, 440]));
  assert.deepEqual(onSemitones(curve([1, 445])), curve([1, 440]));
});

test("a histogram counts every sound that has the descriptor once", () => {
  const values = Float32Array.of(100, 250, 500, NaN, 1600);
  const bins = histogram(values, Int32Array.of(1, 2, 3, 50, 4), 4);
  assert.deepEqual(
    bins.map((bin) => bin.sounds),
    [1, 1, 1, 1],
  );
  assert.deepEqual(
    bins.map((bin) => bin.frames),
    [1, 2, 3, 4],
  );
  near(bins[3].to, 1600, 1e-3);
  assert.deepEqual(histogram(Float32Array.of(NaN), Int32Array.of(1), 4), []);
  assert.equal(histogram(Float32Array.of(5, 5), Int32Array.of(1, 1), 4)[0].sounds, 2);
});
