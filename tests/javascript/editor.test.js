// The latent editor's pure parts: curves as they are drawn, handles, where edits act, what pasting makes.

import assert from "node:assert/strict";
import test from "node:test";

import { clip, copy, pasting } from "../../src/timbrespace/studio/static/editor/clipboard.js";
import {
  columnsOf,
  course,
  extent,
  outline,
  same,
  stepFor,
  taken,
  valueAt,
} from "../../src/timbrespace/studio/static/editor/columns.js";
import { handlesOf } from "../../src/timbrespace/studio/static/editor/handles.js";
import {
  drawing,
  patching,
  placeOf,
  placeOfReset,
  words,
} from "../../src/timbrespace/studio/static/editor/scope.js";
import { allNear, near, randomly } from "./help.js";

const RATE = 50;
/** @param {number} count @param {(n: number) => number} value */
const row = (count, value) => Float32Array.from({ length: count }, (_, n) => value(n));

/** @param {number} latents @returns {any} */
const model = (latents) => ({
  name: "m",
  latents,
  loudness: { low: -60, high: -10, middle: -30 },
  dimensions: Array.from({ length: latents }, () => ({ low: -2, high: 3, p5: -1, p95: 1 })),
});

test("a series becomes one column a dimension, once", () => {
  const series = /** @type {any} */ ({
    z: Float32Array.from([1, 2, 3, 4, 5, 6]),
    loudness_db: Float32Array.from([-10, -20, -30]),
    source_z: new Float32Array(4),
    source_loudness_db: new Float32Array(2),
    dimensions: 2,
    frame_rate_hz: RATE,
  });
  const { now, source } = columnsOf(series);
  assert.deepEqual([...(now.rows.get(0) ?? [])], [1, 3, 5]);
  assert.deepEqual([...(now.rows.get(1) ?? [])], [2, 4, 6]);
  assert.deepEqual([...(now.rows.get("loudness") ?? [])], [-10, -20, -30]);
  assert.deepEqual([now.frames, source.frames, now.rate], [3, 2, RATE]);
  assert.equal(columnsOf(series).now, now);
  assert.equal(taken(series.z, series.loudness_db, 2, RATE).rows.size, 3);
});

test("steps are powers of two that grow with the zoom", () => {
  assert.deepEqual([0.1, 1.5, 2, 3, 50].map(stepFor), [1, 1, 2, 4, 64]);
});

test("an outline keeps every least and most, in the order in which they come", () => {
  const out = new Float32Array(100);
  const values = Float32Array.from([0, 5, -3, 1, 2, 2, 9, 8]);
  assert.equal(outline(values, 0, 8, 4, out), 8);
  assert.deepEqual([...out.slice(0, 8)], [1, 5, 2, -3, 4, 2, 6, 9]);
  assert.equal(outline(values, 2, 5, 1, out), 6);
  assert.deepEqual([...out.slice(0, 6)], [2, -3, 3, 1, 4, 2]);
});

test("no peak is lost however far the view is zoomed out", () => {
  randomly(30, (random) => {
    const values = row(700, () => random() - 0.5);
    const step = 2 ** Math.floor(7 * random());
    const out = new Float32Array(4 * 702);
    const drawn = outline(values, 0, 700, step, out);
    const seen = Array.from({ length: drawn / 2 }, (_, n) => out[2 * n + 1]);
    assert.deepEqual([Math.min(...seen), Math.max(...seen)], extent([values]));
  });
});

test("a calm course is the mean of every step", () => {
  const out = new Float32Array(20);
  assert.equal(course(Float32Array.from([0, 2, 4, 6, 10]), 0, 5, 2, out), 6);
  assert.deepEqual([...out.slice(0, 6)], [0.5, 1, 2.5, 5, 4, 10]);
});

test("values between frames, and beyond the ends", () => {
  const values = Float32Array.from([0, 10, 30]);
  assert.deepEqual(
    [-4, 0.5, 1.25, 9].map((frame) => valueAt(values, frame)),
    [0, 5, 15, 30],
  );
});

test("rows are the same only where every value is", () => {
  const values = row(4, (n) => n);
  assert.ok(
    same(
      values,
      row(4, (n) => n),
    ),
  );
  assert.ok(
    !same(
      values,
      row(4, (n) => n + (n === 3 ? 1 : 0)),
    ),
  );
  assert.ok(
    !same(
      values,
      row(5, (n) => n),
    ),
  );
});

test("handles lie at the ends and where a curve turns", () => {
  const tent = row(101, (n) => (n <= 40 ? n / 40 : (100 - n) / 60));
  const seen = { height: 2, framesPerPixel: 0.1, pins: [] };
  assert.deepEqual(handlesOf(tent, seen), [0, 40, 100]);
  assert.deepEqual(handlesOf(tent, { ...seen, pins: [10, 0, 400] }), [0, 10, 40, 100]);
  assert.deepEqual(handlesOf(new Float32Array(0), seen), []);
  assert.deepEqual(handlesOf(Float32Array.from([3]), seen), [0]);
});

test("handles can be taken hold of: they keep apart, in frames as they are zoomed", () => {
  randomly(20, (random) => {
    const noise = row(2000, () => random());
    const framesPerPixel = 4 * random();
    const found = handlesOf(noise, { height: 1, framesPerPixel, pins: [] });
    const gaps = found.slice(1).map((frame, n) => frame - found[n]);
    assert.ok(Math.min(...gaps) >= Math.min(22 * framesPerPixel, 1999), `${gaps}`);
  });
});

test("edits act on the active dimension or on z, in the selection or everywhere", () => {
  assert.deepEqual(placeOf("active", 3, null), { dimensions: [3] });
  assert.deepEqual(placeOf("all", 3, [5, 9]), { dimensions: null, start: 5, end: 9 });
  assert.deepEqual(placeOf("active", "loudness", [5, 9]), { dimensions: ["loudness"], start: 5, end: 9 });
});

test("a reset of all frames of all is of loudness, too, and so is one of a stretch", () => {
  assert.deepEqual(placeOfReset({ dimensions: null }, 2), { dimensions: null });
  const stretch = { dimensions: null, start: 5, end: 9 };
  assert.deepEqual(placeOfReset(stretch, 2), { dimensions: [0, 1, "loudness"], start: 5, end: 9 });
  assert.deepEqual(placeOfReset({ dimensions: [1], start: 5, end: 9 }, 2), {
    dimensions: [1],
    start: 5,
    end: 9,
  });
});

test("places in words", () => {
  assert.equal(words({ dimensions: null }, RATE), "all of z");
  assert.equal(
    words({ dimensions: [2, "loudness"], start: 50, end: 75 }, RATE),
    "z2, loudness, 1.00 to 1.50 s",
  );
});

test("drawn values are rounded and within what the server takes", () => {
  const edit = drawing(
    [
      [0, [0.123456, 5000]],
      ["loudness", [-300, 60]],
    ],
    7,
  );
  assert.deepEqual(edit, {
    op: "draw",
    dimensions: [0, "loudness"],
    start: 7,
    values: [
      [0.1235, 1000],
      [-100, 6],
    ],
  });
  assert.deepEqual(patching(4, { start: 2, values: [1] }).dimensions, [4]);
});

/** @param {number} latents @param {number} rate @param {number} frames */
function columns(latents, rate, frames) {
  const z = row(frames * latents, (n) => Math.floor(n / latents) + 100 * (n % latents));
  return taken(
    z,
    row(frames, (n) => -n),
    latents,
    rate,
  );
}

test("a curve is pasted where it is wanted, at the frames of a selection", () => {
  copy(columns(2, RATE, 20), [1], { start: 4, end: 8 }, { model: model(2), name: "sax" });
  assert.equal(clip.value?.from, "z1 of sax");
  const to = { active: 0, target: { start: 10, end: 20 }, fit: false, rate: RATE, model: model(2) };
  const held = /** @type {import("../../src/timbrespace/studio/static/editor/clipboard.js").Clip} */ (
    clip.value
  );
  const edit = pasting(held, to);
  assert.deepEqual(edit, { op: "draw", dimensions: [0], start: 10, values: [[104, 105, 106, 107]] });
  const short = pasting(held, { ...to, target: { start: 10, end: 12 } });
  assert.deepEqual(short?.values, [[104, 105]]);
  const fitted = pasting(held, { ...to, fit: true, target: { start: 0, end: 7 } });
  assert.deepEqual(fitted?.values, [[104, 104.5, 105, 105.5, 106, 106.5, 107]]);
  assert.equal(pasting(held, { ...to, target: { start: 3, end: 3 } }), null);
});

test("all curves go to their own names, as many as the other model has, at its rate", () => {
  copy(columns(3, RATE, 10), [0, 1, 2, "loudness"], { start: 0, end: 10 }, { model: model(3), name: "sax" });
  const held = /** @type {import("../../src/timbrespace/studio/static/editor/clipboard.js").Clip} */ (
    clip.value
  );
  const edit = pasting(held, {
    active: 0, target: { start: 0, end: 100 }, fit: false, rate: 2 * RATE, model: model(2),
  }); // prettier-ignore
  assert.deepEqual(edit?.dimensions, [0, 1, "loudness"]);
  assert.equal(edit?.values[0].length, 20);
  allNear(edit?.values[0].slice(0, 4) ?? [], [0, 0.5, 1, 1.5]);
  near(edit?.values[2][19] ?? 0, -9);
});

test("between deviations and dB the one range is laid over the other", () => {
  const one = taken(
    Float32Array.from([-2, 0.5, 3]),
    row(3, () => -20),
    1,
    RATE,
  );
  copy(one, [0], { start: 0, end: 3 }, { model: model(1), name: "sax" });
  const held = /** @type {import("../../src/timbrespace/studio/static/editor/clipboard.js").Clip} */ (
    clip.value
  );
  const to = {
    active: /** @type {const} */ ("loudness"),
    target: { start: 0, end: 3 },
    fit: false,
    rate: RATE,
  };
  assert.deepEqual(pasting(held, { ...to, model: model(1) })?.values, [[-60, -35, -10]]);
});
