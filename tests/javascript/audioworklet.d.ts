// What an AudioWorklet's script sees besides the language; the DOM's own types leave it out.

declare class AudioWorkletProcessor {
  constructor(options?: AudioWorkletNodeOptions);
  readonly port: MessagePort;
}

interface AudioWorkletProcessorImpl extends AudioWorkletProcessor {
  /** One block of 128 samples a channel; false ends the processor. */
  process(
    inputs: Float32Array[][],
    outputs: Float32Array[][],
    parameters: Record<string, Float32Array>,
  ): boolean;
}

declare function registerProcessor(
  name: string,
  processor: new (options: AudioWorkletNodeOptions) => AudioWorkletProcessorImpl,
): void;

declare const currentFrame: number;
declare const currentTime: number;
declare const sampleRate: number;
