/**
 * The microphone on its way to the model: which device, how loud, when it begins and ends, how late it is heard.
 */
import { computed, effect, signal } from "@preact/signals-core";
import * as audio from "../core/audio.js";
import { link } from "../core/link.js";
import { openMicrophone } from "../core/microphone.js";
import { notify } from "../core/notices.js";
import { remember, remembered, transport } from "../core/store.js";
import { liveModel } from "./dials.js";

const PACKET_SAMPLES = 256; // two of the browser's blocks: half as many messages
const METER_MS = 60;
const LATENESS_SHARE = 0.03; // of the newest measurement in what is shown
const SILENT_DB = -100;

/** Peak of what goes to the model, dBFS, over the last few milliseconds. */
export const inputLevel = signal(SILENT_DB);

/**
 * From the microphone to the loudspeaker, milliseconds; null: not known.
 * @type {import("@preact/signals-core").Signal<number | null>}
 */
export const lateMs = signal(null);

/**
 * Microphones that there are, by what they are called; empty until the browser may tell.
 * @type {import("@preact/signals-core").Signal<string[]>}
 */
export const devices = signal([]);

/** @type {import("@preact/signals-core").Signal<"closed" | "opening" | "open">} */
export const microphone = signal("closed");

/** Why there is no microphone, or "". */
export const failure = signal("");

/** Whether the microphone is what plays. */
export const isLive = computed(() => transport.value.playing && transport.value.what?.kind === "live");

/** dB, of the input. */
export const gainDb = () => remembered("live/gain", 0);

/** What the chosen microphone is called; "" is the browser's own choice. */
export const chosenDevice = () => remembered("live/input", "");

/** @type {import("../core/microphone.js").Microphone | null} */
let opened = null;
const packet = new Float32Array(PACKET_SAMPLES);
let filled = 0;
let sent = 0; // samples, since the server began to play them
let isHeard = false; // by the server
let closing = Promise.resolve();
let peak = 0;
let told = 0;

/** Play the microphone. */
async function start() {
  await closing;
  const model = liveModel.peek();
  if (!model || microphone.peek() !== "closed") return;
  if (await open(model.sample_rate)) audio.play({ kind: "live", model: model.name });
}

/** Play it, or stop. */
export const toggleLive = () => (isLive.peek() ? audio.stop() : start());

/** @param {number} sampleRate */
async function open(sampleRate) {
  failure.value = "";
  microphone.value = "opening";
  try {
    opened = await openMicrophone(hear, { sampleRate, deviceId: await idOf(chosenDevice()), ended: unplugged });
  } catch (error) {
    failure.value = error instanceof Error ? error.message : String(error);
    microphone.value = "closed";
    return false;
  }
  microphone.value = "open";
  await listDevices();
  return true;
}

async function close() {
  const before = opened;
  opened = null;
  isHeard = false;
  inputLevel.value = SILENT_DB;
  lateMs.value = null;
  await before?.close();
  if (!opened) microphone.value = "closed";
}

/** Another microphone, without stopping what plays. @param {string} label */
export async function chooseDevice(label) {
  remember("live/input", label || null);
  if (microphone.peek() !== "open" || !opened) return;
  const rate = opened.sampleRate;
  await opened.close();
  if (!(await open(rate))) audio.stop();
}

/** Another model: it goes on from here. @param {string} name */
export function chooseLiveModel(name) {
  remember("live/model", name);
  const model = liveModel.peek();
  if (!isLive.peek() || !model) return;
  if (opened?.sampleRate === model.sample_rate) audio.setWhat({ kind: "live", model: name });
  else {
    closing = close();
    void start();
  }
}

function unplugged() {
  notify("The microphone is gone. Connect it, or choose another, and start again.", { kind: "error" });
  audio.stop();
}

export async function listDevices() {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  devices.value = all.filter(({ kind, label }) => kind === "audioinput" && label).map(({ label }) => label);
}

/** A browser gives a device another id at every address, so it is remembered by its label. @param {string} label */
async function idOf(label) {
  const all = label ? await navigator.mediaDevices?.enumerateDevices() : [];
  return all?.find((device) => device.kind === "audioinput" && device.label === label)?.deviceId;
}

/** @param {Float32Array} samples  a block of the microphone */
function hear(samples) {
  if (!opened) return; // the last blocks of one that is being closed
  const gain = 10 ** (gainDb() / 20);
  for (const sample of samples) {
    packet[filled] = gain * sample;
    peak = Math.max(peak, Math.abs(packet[filled]));
    filled += 1;
    if (filled === PACKET_SAMPLES) send();
  }
  const now = performance.now();
  if (now - told < METER_MS) return;
  told = now;
  inputLevel.value = peak > 0 ? 20 * Math.log10(peak) : SILENT_DB;
  peak = 0;
}

function send() {
  filled = 0;
  if (!isHeard) return;
  link.sendMicrophone(packet);
  sent += PACKET_SAMPLES;
}

link.on("playing", ({ what }) => {
  isHeard = what.kind === "live";
  sent = 0;
});
link.on("lost", () => (isHeard = false));
audio.onPosition((seconds) => {
  if (!isHeard || !opened || seconds <= 0) return;
  const devicesMs = audio.stats.outputMs + opened.latencySeconds * 1000;
  const now = ((sent + filled) / opened.sampleRate - seconds) * 1000 + devicesMs;
  const before = lateMs.peek();
  lateMs.value = before === null ? now : before + LATENESS_SHARE * (now - before);
});
effect(() => {
  if (!isLive.value && microphone.peek() === "open") closing = close();
});
navigator.mediaDevices?.addEventListener("devicechange", listDevices);
link.on("model", ({ model }) => {
  if (isLive.peek()) chooseLiveModel(model);
});
