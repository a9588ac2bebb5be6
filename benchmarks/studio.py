"""The studio in a real browser on this machine: readiness, weight, latency of a hand, drop-outs, renders.

    python benchmarks/studio.py [MODEL] [--seconds 60] [--json]

Starts `timbrespace studio` with a ten-second sound, opens its page in Chromium, plays the sound in a loop
and draws on a curve of the latent editor at 60 moves a second. Latency is from the pointer's event in the
page to the moment when the first sample made from it leaves the page's audio buffer; a drop-out is a moment
at which that buffer was empty. Renders are timed from the edit's request to the finished file. Take it on an
idle machine.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser import open_browser  # noqa: E402
from studio_server import SOUND_FLAGS, StudioServer, running  # noqa: E402

SECONDS = 10.0  # of the sound
MOVES_HZ = 60.0
CURVES = ".pane.latents canvas"
READY = f"() => performance.getEntriesByName('studio-ready').length > 0 && document.querySelector('{CURVES}')"
LOADED = """() => performance.getEntriesByType('resource')
    .map((entry) => [new URL(entry.name).pathname, entry.decodedBodySize])"""
STATS = """async () => {
    const { stats } = await import('/static/core/audio.js');
    return { underruns: stats.underruns, ms: [...stats.stamps.values()], buffer: stats.bufferMs };
}"""
VISITS, RENDERS = 7, 15


def ten_seconds() -> bytes:
    """Notes that ship with the package, one after the other, as a WAV file of ten seconds."""
    folder = ROOT / "src" / "timbrespace" / "demo_audio" / "alto_sax"
    notes, rate = [], 44100
    for path in sorted(folder.glob("*_f.flac"))[:5]:
        samples, rate = soundfile.read(path)
        notes.append(samples[: round(SECONDS / 5 * rate)])
    whole = np.concatenate(notes)
    buffer = io.BytesIO()
    soundfile.write(buffer, np.resize(whole, round(SECONDS * rate)), rate, format="WAV")
    return buffer.getvalue()


def part_of(server: StudioServer) -> str:
    """A part of the ten seconds, ready."""
    sound = server.api.post("/api/sounds", params={"name": "ten seconds.wav"}, content=ten_seconds()).json()
    model = server.api.get("/api/state").json()["models"][0]["name"]
    body = {"model": model, "source": {"kind": "sound", "sound": sound["id"]}}
    part: str = server.api.post("/api/parts", json=body).json()["part"]["id"]
    server.api.get(f"/api/parts/{part}/result.wav").raise_for_status()
    return part


def visit(browser: Browser, server: StudioServer) -> tuple[float, int]:
    """Seconds until the page is ready, and bytes of all that it loads of its own."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    started = time.perf_counter()
    page.goto(server.address, wait_until="commit")
    page.wait_for_function(READY, timeout=30_000)
    took = time.perf_counter() - started
    page.wait_for_timeout(500)
    loaded = page.evaluate(LOADED)
    page.close()
    return took, sum(size for path, size in loaded if path.startswith("/static/"))


def drag(page: Page, address: str, seconds: float) -> dict[str, Any]:
    """Play in a loop, and draw a curve of the editor round and round."""
    page.goto(address)
    page.wait_for_function(READY, timeout=30_000)
    page.keyboard.press("Space")
    page.wait_for_timeout(2000)
    box = page.locator(CURVES).last.bounding_box()
    assert box is not None
    x, y, reach = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["height"] / 4
    page.get_by_text("Draw", exact=True).click()
    before = page.evaluate(STATS)
    page.mouse.move(x, y)
    page.mouse.down()
    began, moves = time.perf_counter(), 0
    while (now := time.perf_counter() - began) < seconds:
        page.mouse.move(x + reach * float(np.cos(3 * now)), y + reach * float(np.sin(3 * now)))
        moves += 1
        time.sleep(max(0.0, moves / MOVES_HZ - (time.perf_counter() - began)))
    after = page.evaluate(STATS)
    page.mouse.up()
    return {
        "moves": moves,
        "ms": after["ms"][len(before["ms"]) :],
        "dropouts": after["underruns"] - before["underruns"],
        "buffer_ms": after["buffer"],
    }


def renders(server: StudioServer, part: str) -> list[float]:
    """Seconds from an edit's request to the whole of its result, sent as a file."""
    times = []
    for number in range(RENDERS):
        edit = {"op": "operator", "name": "bias", "value": 0.1 + 0.01 * number, "dimensions": [0]}
        started = time.perf_counter()
        server.api.post(f"/api/parts/{part}/edits", json={"edit": edit}).raise_for_status()
        server.api.get(f"/api/parts/{part}/result.wav").raise_for_status()
        times.append(time.perf_counter() - started)
    return times


def measure(model: Path | None, seconds: float) -> dict[str, Any]:
    """Every figure."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(*([model] if model else []), "--sessions", folder) as server,
        open_browser(SOUND_FLAGS) as browser,
    ):
        part = part_of(server)
        time.sleep(15)  # what the studio finds out of a model in the background
        visits = [visit(browser, server) for _ in range(VISITS)]
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        dragged = drag(page, server.address, seconds)
        page.close()
        took = renders(server, part)
    delays = np.array(dragged["ms"])
    return {
        "ready_s": float(np.median([each[0] for each in visits])),
        "ready_worst_s": max(each[0] for each in visits),
        "weight_mb": visits[0][1] / 1e6,
        "moves": dragged["moves"],
        "heard": len(delays),
        "latency_median_ms": float(np.median(delays)),
        "latency_p99_ms": float(np.percentile(delays, 99)),
        "latency_worst_ms": float(delays.max()),
        "dropouts": dragged["dropouts"],
        "buffer_ms": dragged["buffer_ms"],
        "render_median_s": float(np.median(took)),
        "render_worst_s": max(took),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, nargs="?")
    parser.add_argument("--seconds", type=float, default=60.0)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.model, arguments.seconds), indent=2))


if __name__ == "__main__":
    main()
