/**
 * The target as it is seen: under the hand, kept in the active part, or, before there is one, what a first
 * stroke will be drawn into. Changes of it, tried and kept.
 */
import { computed, signal } from "@preact/signals";
import { onSemitones, shape, SHAPES } from "../geometry/targets.js";
import { giveUp, keepTarget, LEVEL_DB, tryTarget } from "./making.js";
import { colourBy, draftTarget, followSource, snaps, soundMap } from "./settings.js";

/** @import {Aim, Descriptor, FollowSource, Loudness, TargetPoint} from "../core/types.js" */
/** @import {Shape} from "../geometry/targets.js" */
/** @import {Coverage, SoundMap} from "./data.js" */

/**
 * @typedef {{aims: Aim[], loudness: Loudness, continuity: number, seconds: number}} Whole  a source, nothing
 *   left out
 */

const SECONDS = 8;
const PERIOD_SECONDS = 4;
const WIDER = 1.3; // than what can be reached: what an axis shows, as a ratio

/** Which of the aims hands act on. */
export const aimAt = signal(0);

/** Seconds a period of a sine. */
export const period = signal(PERIOD_SECONDS);

/**
 * From where to where shapes go, by descriptor; else over the middle of what can be reached.
 * @type {import("@preact/signals").Signal<Partial<Record<Descriptor, [number, number]>>>}
 */
const bounds = signal({});

/** Before there is a part. @type {import("@preact/signals").Signal<Partial<Whole> | null>} */
const pending = signal(null);

/** @type {import("@preact/signals").ReadonlySignal<Whole | null>} */
export const target = computed(() => {
  const map = soundMap.value;
  if (!map) return null;
  const source = draftTarget.value ?? followSource.value ?? pending.value ?? {};
  const { loudness = LEVEL_DB, continuity = 1, seconds = SECONDS } = source;
  const aims = source.aims ?? [flatAim(map, firstOf(map, colourBy.value))];
  return { aims, loudness, continuity, seconds };
});

/** The aim that hands act on. @type {import("@preact/signals").ReadonlySignal<Aim | null>} */
export const aim = computed(
  () => target.value?.aims[Math.min(aimAt.value, target.value.aims.length - 1)] ?? null,
);

/**
 * The descriptor where sounds have it, else the first that some have.
 * @param {SoundMap} map
 * @param {Descriptor} wanted
 */
function firstOf(map, wanted) {
  return map.descriptors[wanted].coverage ? wanted : offered(map)[0];
}

/** Descriptors that can be followed. @param {SoundMap} map */
export function offered(map) {
  return /** @type {Descriptor[]} */ (Object.keys(map.columns)).filter(
    (name) => map.descriptors[name].coverage,
  );
}

/** @param {SoundMap} map @param {Descriptor} descriptor */
export function coverageOf(map, descriptor) {
  return /** @type {Coverage} */ (map.descriptors[descriptor].coverage);
}

/** @param {SoundMap} map @param {Descriptor} descriptor @returns {Aim} */
function flatAim(map, descriptor) {
  const { middle_low: low, middle_high: high } = coverageOf(map, descriptor);
  return { descriptor, target: [{ seconds: 0, value: Math.sqrt(low * high) }] };
}

/**
 * What the axis of a descriptor shows: what can be reached and somewhat more, and the curve.
 * @param {Coverage} coverage
 * @param {TargetPoint[]} points
 */
export function rangeOf({ low, high }, points) {
  const values = points.map(({ value }) => Math.max(value, 1e-7));
  return { from: Math.min(low / WIDER, ...values), to: Math.max(high * WIDER, ...values), log: true };
}

/**
 * From where to where shapes go.
 * @param {SoundMap} map
 * @param {Descriptor} descriptor
 * @returns {[number, number]}
 */
export function boundsOf(map, descriptor) {
  const { middle_low: low, middle_high: high } = coverageOf(map, descriptor);
  return bounds.value[descriptor] ?? [low, high];
}

/** @param {Descriptor} descriptor @param {[number, number]} ends */
export function setBounds(descriptor, ends) {
  bounds.value = { ...bounds.peek(), [descriptor]: ends };
}

/** @param {Partial<Whole>} change @returns {FollowSource | null} */
function changed(change) {
  const now = target.peek();
  return now && { kind: "follow", ...now, ...change };
}

/** While a hand moves. @param {Partial<Whole>} change */
export function tryChange(change) {
  const source = changed(change);
  if (source) tryTarget(source);
}

/**
 * When it has let go. Before there is a part, only what is drawn makes one.
 * @param {Partial<Whole>} change
 */
export function keepChange(change) {
  const source = changed(change);
  if (!source) return;
  if (followSource.peek() || change.aims) void keepTarget(source);
  else {
    pending.value = source;
    giveUp();
  }
}

/** All aims, with another in the place of the active one. @param {Aim} next */
function aimsWith(next) {
  const now = target.peek();
  const at = Math.min(aimAt.peek(), (now?.aims.length ?? 1) - 1);
  return now ? now.aims.with(at, next) : [next];
}

/** The active aim with other points. @param {TargetPoint[]} points */
export function withPoints(points) {
  const now = aim.peek();
  return now ? aimsWith({ ...now, target: points }) : [];
}

/** The shape that the active curve is, between its bounds, or none: then its dials act on the curve. */
export const shapeNow = computed(() => {
  const points = aim.value?.target ?? [];
  return SHAPES.find((name) => {
    const wanted = shapePoints(name);
    return wanted.length === points.length && wanted.every((point, n) => isSame(point, points[n]));
  });
});

/** @param {TargetPoint} one @param {TargetPoint} other */
function isSame(one, other) {
  const close = (/** @type {number} */ a, /** @type {number} */ b) => Math.abs(a - b) <= 1e-9 * Math.abs(a);
  return close(one.seconds, other.seconds) && close(one.value, other.value);
}

/**
 * @param {Shape} name
 * @param {number} [seconds]  as long as all is now
 */
function shapePoints(name, seconds) {
  const [map, now, whole] = [soundMap.value, aim.value, target.value];
  if (!map || !now || !whole) return [];
  const [low, high] = boundsOf(map, now.descriptor);
  const request = { low, high, seconds: seconds ?? whole.seconds, period: period.value };
  const points = shape(name, request);
  return now.descriptor === "f0" && snaps.value ? onSemitones(points) : points;
}

/**
 * All aims, the active one with a shape in the place of its curve.
 * @param {Shape} name
 */
export const shaped = (name) => withPoints(shapePoints(name));

/**
 * The active aim about another descriptor: the same curve, from the middle of one range to that of the other.
 * @param {Descriptor} descriptor
 */
export function turnTo(descriptor) {
  const [map, now] = [soundMap.peek(), aim.peek()];
  if (!map || !now || now.descriptor === descriptor) return;
  const to = coverageOf(map, descriptor);
  const from = map.descriptors[now.descriptor].coverage ?? to;
  const spread = Math.log(from.middle_high / from.middle_low) || 1;
  const points = now.target.map(({ seconds, value }) => {
    const share = Math.log(value / from.middle_low) / spread;
    return { seconds, value: to.middle_low * (to.middle_high / to.middle_low) ** share };
  });
  keepAims(aimsWith({ descriptor, target: points }));
}

/** A second aim, or none. */
export function toggleSecond() {
  const [map, now] = [soundMap.peek(), target.peek()];
  if (!map || !now) return;
  const free = offered(map).find((name) => name !== now.aims[0].descriptor);
  if (now.aims.length > 1) {
    aimAt.value = 0;
    keepAims(now.aims.slice(0, 1));
  } else if (free) {
    aimAt.value = 1;
    keepAims([...now.aims, flatAim(map, free)]);
  }
}

/** Aims that were chosen, not drawn. @param {Aim[]} aims */
function keepAims(aims) {
  if (followSource.peek()) keepChange({ aims });
  else pending.value = { ...pending.peek(), aims };
}

/**
 * All of it over another time; a shape keeps its period.
 * @param {number} seconds
 * @returns {Partial<Whole>}
 */
export function lasting(seconds) {
  const source = followSource.peek() ?? target.peek();
  if (!source) return {};
  const factor = seconds / (source.seconds ?? SECONDS);
  const moved = (/** @type {any[]} */ points) =>
    points.map((point) => ({ ...point, seconds: point.seconds * factor }));
  const loudness = Array.isArray(source.loudness) ? moved(source.loudness) : (source.loudness ?? LEVEL_DB);
  const name = shapeNow.peek();
  const stretched = source.aims.map((each) => ({ ...each, target: moved(each.target) }));
  const at = Math.min(aimAt.peek(), stretched.length - 1);
  const aims = name ? stretched.with(at, { ...stretched[at], target: shapePoints(name, seconds) }) : stretched;
  return { seconds, loudness, ...(followSource.peek() ? { aims } : {}) };
}
