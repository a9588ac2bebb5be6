/**
 * The microphone, block by block, as it is: without the clean-up that calls want and music does not.
 */

/**
 * @typedef {object} Microphone
 * @property {number} sampleRate
 * @property {string} label
 * @property {number} latencySeconds  as the device reports it
 * @property {() => Promise<void>} close
 */

const WORKLET = new URL("./worklet.js", import.meta.url).href;
const REASONS = /** @type {Record<string, string>} */ ({
  NotAllowedError: "The browser may not use the microphone. Allow it beside the address, and try again.",
  NotFoundError: "There is no microphone. Connect one, and try again.",
  NotReadableError: "The microphone is taken by another program.",
  NotSupportedError: "This browser gives the microphone only at its own rate, not the model's. Use a newer one.",
});

/**
 * Open it; `hear` is given blocks of 128 samples. Throws an Error whose message is for the musician.
 * @param {(samples: Float32Array) => void} hear
 * @param {{sampleRate?: number, deviceId?: string, ended?: () => void}} [options]  sampleRate: the device's own where
 *   not given; ended: called when it is unplugged
 * @returns {Promise<Microphone>}
 */
export async function openMicrophone(hear, { sampleRate, deviceId, ended } = {}) {
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, deviceId };
  const stream = await navigator.mediaDevices?.getUserMedia({ audio }).catch((error) => {
    throw new Error(REASONS[error.name] ?? `The microphone cannot be opened: ${error.message}`);
  });
  if (!stream) throw new Error("This browser gives pages no microphone.");
  const context = new AudioContext({ sampleRate, latencyHint: "interactive" });
  try {
    await context.audioWorklet.addModule(WORKLET);
    const capture = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0 });
    capture.port.onmessage = ({ data }) => hear(data);
    context.createMediaStreamSource(stream).connect(capture);
    if (context.state !== "running") await context.resume();
  } catch (error) {
    stream.getTracks().forEach((each) => each.stop());
    await context.close();
    const { name, message } = /** @type {Error} */ (error);
    throw new Error(REASONS[name] ?? message, { cause: error });
  }
  const track = stream.getAudioTracks()[0];
  track.onended = () => ended?.();
  return {
    sampleRate: context.sampleRate,
    label: track.label,
    latencySeconds: /** @type {{latency?: number}} */ (track.getSettings()).latency ?? 0,
    close: async () => {
      stream.getTracks().forEach((each) => each.stop());
      await context.close();
    },
  };
}
