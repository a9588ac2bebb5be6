/**
 * The microphone, block by block, as it is: without the clean-up that calls want and music does not.
 */

const WORKLET = new URL("./worklet.js", import.meta.url).href;
const REASONS = /** @type {Record<string, string>} */ ({
  NotAllowedError: "The browser may not use the microphone. Allow it beside the address, and try again.",
  NotFoundError: "There is no microphone. Connect one, and try again.",
  NotReadableError: "The microphone is taken by another program.",
});

/**
 * Open it; `hear` is given blocks of 128 samples. Throws an Error whose message is for the musician.
 * @param {(samples: Float32Array) => void} hear
 * @param {{sampleRate?: number, deviceId?: string}} [options]  sampleRate: the device's own where not given
 * @returns {Promise<{sampleRate: number, label: string, close: () => Promise<void>}>}
 */
export async function openMicrophone(hear, { sampleRate, deviceId } = {}) {
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
  } catch (error) {
    stream.getTracks().forEach((track) => track.stop());
    await context.close();
    throw error;
  }
  return {
    sampleRate: context.sampleRate,
    label: stream.getAudioTracks()[0]?.label ?? "",
    close: async () => {
      stream.getTracks().forEach((track) => track.stop());
      await context.close();
    },
  };
}
