/**
 * Sound in the page: asks the server to play something, puts the blocks that come through an AudioWorklet,
 * and tells how long a hand's move takes until it is heard.
 *
 *   play({kind: "part", part: id, version: "live"}, {from: 1.5, loop: [1, 3]})
 *   preview(id, {edit})  on every move of a hand;  endPreview()  when it gives up (commit does so by itself)
 */
import { batch } from "@preact/signals-core";
import { report } from "./api.js";
import { FIRST } from "./blocks.js";
import { loopOf } from "./lengths.js";
import { link } from "./link.js";
import { gainFor } from "./matching.js";
import { notify } from "./notices.js";
import * as output from "./output.js";
import { viewOf } from "./series.js";
import { splice } from "./splicing.js";
import { activePart, level, modelOf, models, partOf, transport } from "./state.js";
import { rememberStamp, stamps, whenSent } from "./stamps.js";

/** @import {Edit, Part, Source, What} from "./types.js" */

const REPORT_MS = 250;
const OTHERWISE_HZ = 44100;
const PATIENCE_MS = 4000; // with a browser that does not begin to sound
const HELD_BACK =
  "The browser holds the sound back. Click on the page; if that does not help, see whether a loudspeaker is connected.";
const THING = ["kind", "part", "version", "sound", "model", "frame"]; // of a what
const UNSAID = ["end", "stopped", "closed", "refused"]; // a refusal comes with its error
const OVER = ["end", "stopped"]; // said of what played, never of what was asked for since

/** Measured: gaps in the sound, sound in store, the lateness of the loudspeaker, ms from gestures to sound by stamp. */
export const stats = { underruns: 0, bufferMs: 0, outputMs: 0, blocks: 0, stamps };

let buffered = 0;
let gain = 0; // dB, of what plays
let coming = 0; // Hz, of the blocks that come
let waits = 0;
let ending = false; // the player has been told to, and nothing was asked for since
let pending = 0; // the number of the wait for an output, before the server is asked; 0: there is none
/** @type {Set<(seconds: number) => void>} */
const followers = new Set();

/** @param {any} data @param {number} rate */
function heard(data, rate) {
  if ("stamp" in data) return void rememberStamp(data.stamp);
  if (data.ended) return void (ending && finished());
  buffered = data.buffered;
  stats.underruns = data.underruns;
  stats.bufferMs = (data.buffered / rate) * 1000;
  stats.outputMs = output.latenessMs();
  batch(() => {
    level.value = data.peak > 0 ? 20 * Math.log10(data.peak) : -100;
    if (data.running && transport.peek().playing) transport.value = { ...transport.peek(), seconds: data.seconds };
  });
  if (data.running) for (const follower of followers) follower(data.seconds);
}

function finished() {
  pending = 0;
  transport.value = { ...transport.peek(), playing: false, waiting: false };
}

/** The rate at which it will come, as far as the page knows; what does come says its own. @param {What} what */
function rateOf(what) {
  const model = "model" in what ? what.model : "part" in what ? partOf(what.part)?.model : models.peek()[0]?.name;
  return modelOf(model)?.sample_rate ?? OTHERWISE_HZ;
}

/**
 * Play something from a place, in a loop where one is given.
 * @param {What} what
 * @param {{from?: number | null, loop?: [number, number] | null, gain_db?: number}} [options]  seconds
 */
export function play(what, { from = null, loop = null, gain_db = 0 } = {}) {
  if (!link.isOpen()) return notify("Nothing can be played: the studio is not connected.", { kind: "error" });
  transport.value = { playing: true, waiting: true, what, seconds: from ?? loop?.[0] ?? 0, loop };
  gain = gain_db;
  pending = 0;
  const rate = rateOf(what);
  if (output.runs(rate)) ask();
  else void askOnceItRuns(rate);
  return undefined;
}

/** Ask the server for what is to be heard. */
function ask() {
  const { what, seconds, loop } = transport.peek();
  ending = false;
  link.send({ type: "play", what, from: seconds, loop, gain_db: gain });
}

/** As soon as sound can go out, unless something else is wanted by then. @param {number} rate */
async function askOnceItRuns(rate) {
  const mine = (pending = ++waits);
  const isWanted = () => mine === pending && transport.peek().playing; // another session plays nothing
  const warning = setTimeout(() => isWanted() && notify(HELD_BACK, { kind: "error" }), PATIENCE_MS);
  try {
    if (!(await output.open(rate, heard)) || !isWanted()) return;
    pending = 0;
    ask();
  } catch (error) {
    report(error);
    if (isWanted()) finished();
  } finally {
    clearTimeout(warning);
  }
}

/** Whether both are the same to play, wherever in it the hand is. @param {What} one @param {What} other */
const isSame = (one, other) => THING.every((name) => Reflect.get(one, name) === Reflect.get(other, name));

/** What makes it as loud as the part's result, dB. @param {What} what */
const gainOf = (what) => (what.kind === "part" ? gainFor(what.part, what.version) : 0);

/** Stop at once. */
export function stop() {
  link.send({ type: "stop" });
  output.tell({ stop: true });
  finished();
}

/** Stop, or play on from where it was; where another part, or none, is active by now, that one. */
export function toggle() {
  const { playing, what, seconds, loop } = transport.peek();
  if (playing) return stop();
  const part = activePart.peek();
  if (part && (what?.kind !== "part" || what.part !== part.id)) return playPart(part);
  if (what) return play(what, { from: seconds, loop: part ? loopOf(part) : loop, gain_db: gainOf(what) });
  return undefined;
}

/**
 * Play a part, in the loop that it has.
 * @param {Part} part
 * @param {{from?: number | null, version?: "live" | "result" | "previous" | "source"}} [options]
 */
export function playPart(part, { from = null, version = "live" } = {}) {
  const loop = loopOf(part);
  play(
    { kind: "part", part: part.id, version },
    { from: from ?? loop?.[0] ?? 0, loop, gain_db: gainFor(part.id, version) },
  );
}

/** @param {number} seconds */
export function seek(seconds) {
  transport.value = { ...transport.peek(), seconds };
  if (transport.peek().playing) link.send({ type: "seek", seconds });
}

/** @param {[number, number] | null} loop  seconds */
export function setLoop(loop) {
  transport.value = { ...transport.peek(), loop };
  link.send({ type: "loop", loop });
}

/**
 * Something else at the same place, without stopping; where nothing plays, it is what will.
 * @param {What} what
 */
export function setWhat(what) {
  const { playing, seconds, loop } = transport.peek();
  if (!playing) return play(what, { from: seconds, loop, gain_db: gainOf(what) });
  transport.value = { ...transport.peek(), what };
  gain = gainOf(what);
  link.send({ type: "what", what, gain_db: gain });
}

/**
 * What a hand is doing now, heard and not kept; where the source or the result before was heard, this is from now on.
 * @param {string} part
 * @param {{edit?: Edit | null, source?: Source | null}} gesture
 */
export function preview(part, { edit = null, source = null }) {
  hearNow(part);
  const kept = source && (viewOf(part).peek()?.part ?? partOf(part));
  const changed = kept && splice(kept.source, source);
  const said = changed ? { splice: { ...changed, edits: kept.edits, cursor: kept.cursor } } : { source };
  whenSent("preview", { type: "preview", part, edit, ...said });
}

/** Of a part hear what a hand makes of it, not what it is compared with. @param {string} part */
function hearNow(part) {
  const { playing, what } = transport.peek();
  if (what?.kind !== "part" || what.part !== part || what.version === "live") return;
  const live = { ...what, version: /** @type {const} */ ("live") };
  if (playing) setWhat(live);
  else transport.value = { ...transport.peek(), what: live };
}

/** Nothing is being done any more: hear what is kept. */
export function endPreview() {
  const part = activePart.peek();
  if (part) whenSent("preview", { type: "preview", part: part.id, edit: null, source: null });
}

/** Where the hand is on the plane. @param {number} x @param {number} y */
export const place = (x, y) => whenSent("place", { type: "place", x, y });

/** Another row of the model's table in the place of the one that is held. @param {number} row */
export const holdRow = (row) => whenSent("row", { type: "row", row });

/**
 * A dial of what is played, by its name: "z/3/bias", "loudness/offset" …
 * @param {string} name
 * @param {number} value
 */
export const dial = (name, value) => whenSent(`dial ${name}`, { type: "dial", name, value });

/**
 * Be told where the sound is, some forty times a second while it plays.
 * @param {(seconds: number) => void} follower
 * @returns {() => void}
 */
export function onPosition(follower) {
  followers.add(follower);
  return () => void followers.delete(follower);
}

link.onAudio((block) => {
  if (!output.runs(coming) || !(transport.peek().playing || block.flags & FIRST)) return;
  stats.blocks += 1;
  output.hand(block);
});
link.on("playing", ({ what, sample_rate: rate }) => {
  coming = rate;
  if (pending) return; // something else is wanted by now
  const wanted = transport.peek().what; // where it was refused, what played before goes on
  transport.value = { ...transport.peek(), what: wanted && isSame(wanted, what) ? wanted : what, waiting: false };
  if (!output.runs(rate)) output.open(rate, heard).catch(report);
});
link.on("error", ({ error }) => notify(error, { kind: "error" }));
link.on("stopped", ({ why }) => {
  if (!UNSAID.includes(why)) notify(`Stopped: ${why}.`);
  const { playing, waiting } = transport.peek();
  if (pending || (waiting && OVER.includes(why))) return; // something else is wanted by now
  if (!playing || !output.runs(coming)) return finished();
  ending = true;
  output.tell({ end: true });
});
link.on("open", () => {
  if (transport.peek().playing && !pending) ask();
});
setInterval(() => {
  if (transport.peek().playing) link.send({ type: "buffer", samples: buffered, underruns: stats.underruns });
}, REPORT_MS);
