/**
 * The WebSocket: one for the page, opened again whenever it is lost.
 *
 *   const off = link.on("render", (message) => …)   // text messages by their type; "open" and "lost" too
 *   link.onAudio((block) => …); link.onLatents((block) => …)
 *   link.send({type: "stop"})                       // dropped while there is no connection
 */
import { AUDIO, LATENTS, microphonePacket, readBlock } from "./blocks.js";
import { answering } from "./http.js";
import { connection } from "./state.js";

/** @import {Block} from "./blocks.js" */

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;

/** @type {WebSocket | null} */
let socket = null;
let pause = FIRST_PAUSE_MS;
let waiting = 0;
/** @type {Map<string, Set<(message: any) => void>>} */
const listeners = new Map();

/**
 * @param {string} type
 * @param {(message: any) => void} listener
 * @returns {() => void} what ends it
 */
function on(type, listener) {
  const set = listeners.get(type) ?? new Set();
  listeners.set(type, set.add(listener));
  return () => void set.delete(listener);
}

/** @param {string} type @param {any} message */
function tell(type, message) {
  for (const listener of [...(listeners.get(type) ?? [])]) listener(message);
}

/** Connect, at once. */
function open() {
  clearTimeout(waiting);
  if (socket && socket.readyState <= WebSocket.OPEN) return;
  const opened = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
  opened.binaryType = "arraybuffer";
  opened.onopen = () => {
    pause = FIRST_PAUSE_MS;
    connection.value = "open";
    tell("open", null);
  };
  opened.onmessage = ({ data }) => {
    if (typeof data !== "string") return void binary(data);
    const message = JSON.parse(data);
    tell(message.type, message);
  };
  opened.onclose = lost;
  socket = opened;
}

function lost() {
  const before = connection.value;
  connection.value = "lost";
  if (before === "open") tell("lost", null);
  wait();
}

function wait() {
  clearTimeout(waiting);
  waiting = window.setTimeout(tryAgain, pause);
  pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
}

/** Connect where the studio answers: after sockets that failed, a browser may hold the next one back for a minute. */
async function tryAgain() {
  if ((await answering("/api/session")) === "studio") open();
  else wait();
}

/** @param {ArrayBuffer} data */
function binary(data) {
  const block = readBlock(data);
  if (block.kind === AUDIO) tell("audio", block);
  else if (block.kind === LATENTS) tell("latents", block);
}

/**
 * How many letters went out: 0 where nothing did.
 * @param {object} message
 */
function send(message) {
  if (socket?.readyState !== WebSocket.OPEN) return 0;
  const text = JSON.stringify(message);
  socket.send(text);
  return text.length;
}

/** @param {Float32Array} samples  of the microphone, at the model's rate */
function sendMicrophone(samples) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(microphonePacket(samples));
}

export const link = {
  open,
  isOpen: () => socket?.readyState === WebSocket.OPEN,
  on,
  send,
  sendMicrophone,
  /** @param {(block: Block) => void} listener */
  onAudio: (listener) => on("audio", listener),
  /** z and after it loudness_db of the frame that plays. @param {(block: Block) => void} listener */
  onLatents: (listener) => on("latents", listener),
};
