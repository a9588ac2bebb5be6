"""The studio's live room in a real browser: how late the loudspeaker is after the microphone, and drop-outs.

    python benchmarks/studio_live.py [MODEL] [--seconds 30]

A file with a click a second stands in for the microphone. Clicks are taken down where they enter the page and
where they leave it, in the page's own audio threads; what a sound card adds is not in it. Take it on an idle
machine.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser import open_browser  # noqa: E402
from studio_server import SOUND_FLAGS, running  # noqa: E402

RATE = 48_000
WARM_UP_MS = 4000
TAP = """(() => {
  const worklet = `registerProcessor("tap", class extends AudioWorkletProcessor {
    process([[samples]]) {
      this.rest = Math.max(0, (this.rest ?? 0) - (samples?.length ?? 0));
      const at = this.rest > 0 || !samples ? -1 : samples.findIndex((sample) => Math.abs(sample) > 0.02);
      if (at >= 0) {
        this.rest = 0.4 * sampleRate;
        this.port.postMessage(currentTime + at / sampleRate);
      }
      return true;
    }
  });`;
  const address = URL.createObjectURL(new Blob([worklet], { type: "text/javascript" }));
  const clicks = (globalThis.clicks = { heard: [], played: [] });
  const tap = async (node, list) => {
    await node.context.audioWorklet.addModule(address);
    const ear = new AudioWorkletNode(node.context, "tap", { numberOfOutputs: 0 });
    ear.port.onmessage = ({ data }) => {
      const { contextTime, performanceTime } = node.context.getOutputTimestamp();
      list.push(performanceTime + (data - contextTime) * 1000);
    };
    connect.call(node, ear);
  };
  const source = AudioContext.prototype.createMediaStreamSource;
  AudioContext.prototype.createMediaStreamSource = function (stream) {
    const node = source.call(this, stream);
    void tap(node, clicks.heard);
    return node;
  };
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...more) {
    if (to instanceof AudioDestinationNode) void tap(this, clicks.played);
    return connect.call(this, to, ...more);
  };
})()"""


def clicks_file(folder: Path) -> Path:
    """A second with a click of 2 ms, which the browser plays round and round."""
    samples = np.zeros(RATE)
    samples[RATE // 2 : RATE // 2 + 96] = 0.8 * np.hanning(96)
    path = folder / "clicks.wav"
    soundfile.write(path, samples, RATE, subtype="PCM_16")
    return path


def measure(model: Path | None, seconds: float) -> dict[str, Any]:
    """Milliseconds from each click in to the next one out, and gaps in the sound."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        microphone = f"--use-file-for-fake-audio-capture={clicks_file(folder)}"
        arguments = [*([model] if model else []), "--sessions", folder / "sessions"]
        with running(*arguments) as server, open_browser((*SOUND_FLAGS, microphone)) as browser:
            page = browser.new_context(bypass_csp=True).new_page()
            page.add_init_script(TAP)
            page.goto(server.address)
            page.get_by_role("tab", name="Live").click()
            page.get_by_role("button", name="Start").click()
            page.wait_for_function("() => clicks.played.length > 1", timeout=60_000)
            page.wait_for_timeout(WARM_UP_MS)
            gaps = page.evaluate("studio.audio.stats.underruns")
            page.wait_for_timeout(1000 * seconds)
            gaps = page.evaluate("studio.audio.stats.underruns") - gaps
            found = page.evaluate("clicks")
    heard, played = (np.array(found[name][-round(seconds) :]) for name in ("heard", "played"))
    late = [float((played[played > click] - click).min()) for click in heard if (played > click).any()]
    return {
        "clicks": len(late),
        "latency_median_ms": float(np.median(late)),
        "latency_worst_ms": max(late),
        "dropouts": gaps,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, nargs="?")
    parser.add_argument("--seconds", type=float, default=30.0)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.model, arguments.seconds), indent=2))


if __name__ == "__main__":
    main()
