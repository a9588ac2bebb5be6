// The curve of a morph: what it reads, what hands make of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as morphing from "../../src/timbrespace/studio/static/geometry/morphing.js";

const LINE = morphing.preset("line");

test("a curve is read between its points and held beyond them", () => {
  const curve = [
    { share: 0.2, place: 0.5 },
    { share: 0.6, place: 1.5 },
  ];
  assert.equal(morphing.placeAt(curve, 0.4), 1);
  assert.equal(morphing.placeAt(curve, 0), 0.5);
  assert.equal(morphing.placeAt(curve, 1), 1.5);
});

test("every preset begins at 0, ends at 1 and goes forward in time", () => {
  for (const name of morphing.PRESETS) {
    const curve = morphing.preset(name);
    assert.equal(curve[0].share, 0, name);
    assert.equal(curve[curve.length - 1].share, 1, name);
    assert.ok(
      curve.every((point, n) => n === 0 || point.share >= curve[n - 1].share),
      name,
    );
    assert.ok(
      curve.every(({ place }) => place >= 0 && place <= 1),
      name,
    );
  }
});

test("the sigmoid is the server's: 0 and 1 at its ends, half way in the middle, 2.5 times as steep there", () => {
  const curve = morphing.preset("sigmoid");
  assert.ok(Math.abs(morphing.placeAt(curve, 0.5) - 0.5) < 1e-3);
  const rise = morphing.placeAt(curve, 0.51) - morphing.placeAt(curve, 0.49);
  assert.ok(Math.abs(rise / 0.02 - 2.5) < 0.1, `${rise / 0.02}`);
  assert.ok(curve.length < 30);
});

test("steps stand still at five places", () => {
  const curve = morphing.preset("steps");
  const places = [0.1, 0.3, 0.5, 0.7, 0.9].map((share) => morphing.placeAt(curve, share));
  assert.deepEqual(places, [0, 0.25, 0.5, 0.75, 1]);
  assert.equal(morphing.placeAt(curve, 0.199), 0);
});

test("a stroke takes the place of what was under it and leaves the rest", () => {
  const stroke = [0.4, 0.5, 0.6].map((share) => ({ share, place: 1.5 }));
  const curve = morphing.overdrawn(LINE, stroke, 0.001);
  assert.equal(morphing.placeAt(curve, 0.5), 1.5);
  assert.ok(Math.abs(morphing.placeAt(curve, 0.3) - 0.3) < 1e-6);
  assert.ok(Math.abs(morphing.placeAt(curve, 0.8) - 0.8) < 1e-6);
});

test("a stroke that goes back overwrites what it drew itself", () => {
  const there = [0.2, 0.4, 0.6, 0.8].map((share) => ({ share, place: 0 }));
  const back = [0.7, 0.6, 0.5].map((share) => ({ share, place: 1 }));
  const curve = morphing.overdrawn(LINE, [...there, ...back], 0.001);
  assert.equal(morphing.placeAt(curve, 0.3), 0);
  assert.equal(morphing.placeAt(curve, 0.6), 1);
  assert.ok(curve.every((point, n) => n === 0 || point.share >= curve[n - 1].share));
});

test("a stroke over everything, and past the edges, is the whole curve, kept within what is allowed", () => {
  const far = [
    { share: -0.2, place: -9 },
    { share: 1.3, place: 9 },
  ];
  const curve = morphing.overdrawn(LINE, far, 0.001);
  assert.deepEqual(curve, [
    { share: 0, place: -1 },
    { share: 1, place: 2 },
  ]);
});

test("a click without a move is a stroke of one point", () => {
  const curve = morphing.overdrawn(LINE, [{ share: 0.5, place: 0.9 }], 0.001);
  assert.ok(Math.abs(morphing.placeAt(curve, 0.25) - 0.25) < 1e-6);
  assert.ok(curve.some(({ share, place }) => share === 0.5 && place === 0.9));
});

test("points are put in, moved between their neighbours, and taken out", () => {
  const { curve, index } = morphing.inserted(LINE, { share: 0.5, place: 0.8 });
  assert.equal(index, 1);
  const far = morphing.moved(curve, 1, { share: 3, place: 0.2 });
  assert.deepEqual(far[1], { share: 1, place: 0.2 });
  assert.deepEqual(morphing.moved(curve, 0, { share: 0.3, place: 0.1 })[0], { share: 0, place: 0.1 });
  assert.deepEqual(morphing.without(curve, 1), LINE);
  const one = [{ share: 0.5, place: 0.5 }];
  assert.equal(morphing.without(one, 0), one);
});

test("flipped is from B to A, and flipped twice is as it was", () => {
  const curve = morphing.preset("sigmoid");
  const twice = morphing.flipped(morphing.flipped(curve));
  assert.ok(curve.every((point, n) => Math.abs(point.place - twice[n].place) < 2e-4));
  assert.equal(morphing.placeAt(morphing.flipped(LINE), 0.25), 0.75);
});

test("the nearest point is found within reach only", () => {
  const reach = { share: 0.05, place: 0.1 };
  assert.equal(morphing.nearest(LINE, { share: 0.97, place: 0.95 }, reach), 1);
  assert.equal(morphing.nearest(LINE, { share: 0.5, place: 0.5 }, reach), -1);
});

test("thinning leaves a line that is told apart nowhere by more than the tolerance", () => {
  const dense = Array.from({ length: 500 }, (_, n) => ({ share: n / 499, place: Math.sin(n / 60) }));
  const thin = morphing.thinned(dense, 0.01);
  assert.ok(thin.length < 60);
  assert.ok(dense.every(({ share, place }) => Math.abs(morphing.placeAt(thin, share) - place) <= 0.0101));
});

test("a shorter sound is stretched over all, goes round, or both are cut", () => {
  assert.deepEqual(morphing.tiles("stretch", 2, 5), [{ from: 0, to: 1, end: 2 }]);
  assert.deepEqual(morphing.tiles("trim", 5, 2), [{ from: 0, to: 1, end: 2 }]);
  assert.deepEqual(morphing.tiles("loop", 2, 5), [
    { from: 0, to: 0.4, end: 2 },
    { from: 0.4, to: 0.8, end: 2 },
    { from: 0.8, to: 1, end: 1 },
  ]);
});
