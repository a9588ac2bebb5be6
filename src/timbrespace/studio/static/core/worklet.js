/**
 * In the audio thread: "player" plays blocks that the page hands it, "capture" hands over the microphone.
 *
 * To the player: {block: Float32Array, seconds, stamp, flags}, {stop: true} (fade out, forget what is left, and
 * what comes until the next first block), {end: true} (say so once what is left has been played).
 * From it, every REPORT_SAMPLES: {seconds, buffered, underruns, peak, running}; at once {stamp} when the first
 * sample made from a newer gesture goes out, and {ended: true}. Fades, where sounds meet, are the server's.
 */

const REPORT_SAMPLES = 1024;
const START_SECONDS = 0.02; // of sound before playing begins, or begins again after a gap
const DECAY = 0.94; // of the last sample, each sample, in a gap
const FIRST = 1;

class Player extends AudioWorkletProcessor {
  constructor() {
    super();
    /** @type {{block: Float32Array, seconds: number, stamp: number}[]} */
    this.queue = [];
    this.offset = 0; // in the first block
    this.buffered = 0;
    this.running = false;
    this.deaf = false; // after a stop, until a first block
    this.ending = false;
    this.underruns = 0;
    this.seconds = 0;
    this.stamp = 0;
    this.last = 0;
    this.peak = 0;
    this.sinceReport = 0;
    this.port.onmessage = ({ data }) => this.hear(data);
  }

  /** @param {any} message */
  hear(message) {
    if (message.stop) return this.halt();
    if (message.end) {
      this.ending = true;
      return this.endIfDone();
    }
    if (message.flags & FIRST) this.deaf = this.ending = false;
    if (this.deaf) return;
    this.queue.push(message);
    this.buffered += message.block.length;
  }

  halt() {
    this.queue = [];
    this.offset = 0;
    this.buffered = 0;
    this.running = false;
    this.deaf = true;
    this.ending = false;
  }

  endIfDone() {
    if (!this.ending || this.buffered > 0) return;
    this.ending = false;
    this.running = false;
    this.port.postMessage({ ended: true });
  }

  /** @param {Float32Array[][]} _inputs @param {Float32Array[][]} outputs */
  process(_inputs, outputs) {
    const out = outputs[0][0];
    if (!this.running && this.buffered >= (this.ending ? 1 : START_SECONDS * sampleRate)) this.running = true;
    const filled = this.running ? this.fill(out) : 0;
    if (this.running && filled < out.length) this.gap();
    for (let n = filled; n < out.length; n++) {
      this.last *= DECAY;
      out[n] = this.last;
    }
    for (let n = 0; n < out.length; n++) this.peak = Math.max(this.peak, Math.abs(out[n]));
    for (const channel of outputs[0].slice(1)) channel.set(out);
    this.report(out.length);
    return true;
  }

  /** @param {Float32Array} out @returns {number} samples that were there */
  fill(out) {
    let filled = 0;
    while (filled < out.length && this.queue.length) {
      const { block, seconds, stamp } = this.queue[0];
      if (stamp > this.stamp) this.port.postMessage({ stamp: (this.stamp = stamp) });
      const count = Math.min(out.length - filled, block.length - this.offset);
      out.set(block.subarray(this.offset, this.offset + count), filled);
      filled += count;
      this.offset += count;
      this.seconds = seconds + this.offset / sampleRate;
      if (this.offset < block.length) break;
      this.queue.shift();
      this.offset = 0;
    }
    this.buffered -= filled;
    if (filled) this.last = out[filled - 1];
    return filled;
  }

  gap() {
    this.running = false;
    if (this.ending) this.endIfDone();
    else this.underruns += 1;
  }

  /** @param {number} samples */
  report(samples) {
    this.sinceReport += samples;
    if (this.sinceReport < REPORT_SAMPLES) return;
    this.sinceReport = 0;
    const { seconds, buffered, underruns, peak, running } = this;
    this.port.postMessage({ seconds, buffered, underruns, peak, running });
    this.peak = 0;
  }
}

class Capture extends AudioWorkletProcessor {
  /** @param {Float32Array[][]} inputs */
  process(inputs) {
    const channels = inputs[0];
    if (!channels.length) return true;
    const mono = new Float32Array(channels[0].length);
    for (const channel of channels) for (let n = 0; n < mono.length; n++) mono[n] += channel[n] / channels.length;
    this.port.postMessage(mono, [mono.buffer]);
    return true;
  }
}

registerProcessor("player", Player);
registerProcessor("capture", Capture);
