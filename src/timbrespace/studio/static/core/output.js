/**
 * The way out of the page: one AudioContext with the player in it, at the rate of what is played.
 *
 * A browser may take a second to begin, or let nothing sound until the page is clicked or a loudspeaker is there.
 * Whoever plays waits for `open`, so that no sound piles up meanwhile and comes late ever after.
 */

/** @import {Block} from "./blocks.js" */

/**
 * @typedef {object} Output
 * @property {number} rate
 * @property {AudioContext} context
 * @property {Promise<AudioWorkletNode>} player
 * @property {AudioWorkletNode | null} node  the player, once it is there
 */

const WORKLET = new URL("./worklet.js", import.meta.url).href;

/** @type {Output | null} */
let output = null;

/** Whether sound at this rate goes out now. @param {number} rate */
export const runs = (rate) => output?.rate === rate && output.node !== null && output.context.state === "running";

/** How late the loudspeaker is, ms, as far as the browser tells. */
export const latenessMs = () => (output?.context.outputLatency || output?.context.baseLatency || 0) * 1000;

/**
 * Have sound at this rate go out. Fulfilled once it does; with false where another rate was wanted since.
 * @param {number} rate
 * @param {(report: any, rate: number) => void} hear  is given what the player says
 */
export async function open(rate, hear) {
  if (output?.rate !== rate) output = made(rate, hear, output?.context);
  const mine = output;
  try {
    // both now: some browsers let sound begin in the midst of a click only, not when the player is there
    [mine.node] = await Promise.all([mine.player, begin(mine.context)]);
  } catch (error) {
    if (output !== mine) return false; // it was closed under way
    output = null; // the next attempt begins anew
    void mine.context.close();
    throw error;
  }
  return output === mine;
}

/**
 * @param {number} rate @param {(report: any, rate: number) => void} hear @param {AudioContext} [before]
 * @returns {Output}
 */
function made(rate, hear, before) {
  const context = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
  void before?.close();
  return { rate, context, player: playerIn(context, hear), node: null };
}

/** @param {AudioContext} context @param {(report: any, rate: number) => void} hear */
async function playerIn(context, hear) {
  await context.audioWorklet.addModule(WORKLET);
  const node = new AudioWorkletNode(context, "player", { numberOfInputs: 0, outputChannelCount: [2] });
  node.port.onmessage = ({ data }) => output?.context === context && hear(data, context.sampleRate);
  node.connect(context.destination);
  return node;
}

/** Fulfilled once it runs, whoever makes it. @param {AudioContext} context */
const begin = (context) => (context.state === "running" ? Promise.resolve() : context.resume());

/** To the player: a block. @param {Block} block */
export function hand({ values, seconds, stamp, flags }) {
  const samples = values.slice(); // the message's own buffer holds the header as well
  output?.node?.port.postMessage({ block: samples, seconds, stamp, flags }, [samples.buffer]);
}

/** To the player: what it is to do. @param {{stop: true} | {end: true}} order */
export const tell = (order) => output?.node?.port.postMessage(order);

// what the browser held back may begin with the next click or key
const knock = () => output && void begin(output.context);
for (const type of ["click", "keydown"]) document.addEventListener(type, knock, true);
