"""An exported model in real Pure Data, through the stand-in for nn~, sounds as it does offline; how late."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import make_tone
from nn_standin.host import Host
from nn_standin.pd import play_through, run_patch
from numpy.typing import NDArray

from timbrespace import engine
from timbrespace.engine import Engine
from timbrespace.export.building import build
from timbrespace.export.description import MEMBER, Description, read_description
from timbrespace.patches.layout import lay_out

Samples = NDArray[np.float32]
BLOCK = 64  # of Pure Data


@dataclass(frozen=True)
class Exported:
    """A tiny model, and the file that hosts load."""

    engine: Engine
    path: Path

    @property
    def description(self) -> Description:
        return read_description(self.path)


@pytest.fixture(scope="module", params=["continuous", "discrete"])
def exported(
    request: pytest.FixtureRequest, tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Exported:
    loaded = engine.load(tiny_models[request.param])
    module, description = build(loaded, "tiny")
    path = tmp_path_factory.mktemp("exported") / "tiny.ts"
    torch.jit.save(module, str(path), _extra_files={MEMBER: description.to_json()})
    return Exported(loaded, path)


def encoder_and_decoder(exported: Exported) -> list[str]:
    """Boxes from 3: encode and decode as objects of their own, every series cable between them."""
    count = exported.description.latents + 1
    return [
        f"#X obj 9 9 nn~ {exported.path} encode 0;",
        f"#X obj 9 9 nn~ {exported.path} decode 0;",
        "#X connect 0 0 3 0;",
        *(f"#X connect 3 {number} 4 {number};" for number in range(count)),
        "#X connect 4 0 1 0;",
    ]


def forward(exported: Exported, *messages: str) -> list[str]:
    """Boxes from 3: forward, with a ring of one hop; messages are sent when the patch is opened."""
    told = r" \, ".join([f"bufsize {exported.description.hop}", *messages])
    return [
        f"#X obj 9 9 nn~ {exported.path} forward 0;",
        "#X obj 9 9 loadbang;",
        f"#X msg 9 9 {told};",
        "#X connect 4 0 5 0;",
        "#X connect 5 0 3 0;",
        "#X connect 0 0 3 0;",
        "#X connect 3 0 1 0;",
    ]


def test_encoder_and_decoder_in_pure_data_sound_as_offline(exported: Exported, tmp_path: Path) -> None:
    """The model's own latency and, with rings of one hop, a hop less Pure Data's block: no more, no less."""
    rate, description = exported.engine.sample_rate, exported.description
    sound = make_tone(0.8, rate)
    heard, console = play_through(tmp_path, sound, *encoder_and_decoder(exported), rate=rate)
    assert "nn~" not in console
    offline = exported.engine.decode(exported.engine.encode(sound, rate))
    delay = description.latency_samples + description.hop - BLOCK
    assert np.abs(offline).max() > 0.1
    np.testing.assert_allclose(heard[delay:], offline[: len(sound) - delay], atol=1e-3)
    assert not heard[: description.hop - BLOCK].any()


def test_forward_in_pure_data_sounds_as_offline_and_dry_as_what_came_in(
    exported: Exported, tmp_path: Path
) -> None:
    """Wet equals offline; dry, clicks come out as they went in, as late as the description and ring say."""
    rate, description = exported.engine.sample_rate, exported.description
    sound = make_tone(0.8, rate)
    delay = description.latency_samples + description.hop - BLOCK
    heard, _ = play_through(tmp_path, sound, *forward(exported), rate=rate)
    offline = exported.engine.decode(exported.engine.encode(sound, rate))
    np.testing.assert_allclose(heard[delay:], offline[: len(sound) - delay], atol=1e-3)
    clicks = np.zeros(8000, np.float32)
    clicks[[3001, 5050]] = 0.5, -0.25
    heard, _ = play_through(tmp_path, clicks, *forward(exported, "set dry_wet 0"), rate=rate)
    np.testing.assert_allclose(heard[delay:], clicks[:-delay], atol=1e-6)


@pytest.fixture(scope="module")
def laid_out(exported: Exported, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("laid-out") / "patches"
    lay_out(folder, exported.path)
    return folder


def test_abstractions_in_pure_data_do_what_the_series_does(exported: Exported, laid_out: Path) -> None:
    """Sound through ts.encoder~, ts.bias~ and ts.decoder~, a message moving z0: as offline with z0 moved."""
    rate, description = exported.engine.sample_rate, exported.description
    count = description.latents + 1
    sound = make_tone(0.8, rate)
    boxes = ("ts.encoder~", "ts.bias~", "ts.decoder~", "loadbang")
    heard, console = play_through(
        laid_out,
        sound,
        *(f"#X obj 9 9 {box};" for box in boxes),
        "#X msg 9 9 z0 0.5;",
        "#X connect 0 0 3 0;",
        *(f"#X connect {box} {number} {box + 1} {number};" for box in (3, 4) for number in range(count)),
        "#X connect 5 0 1 0;",
        "#X connect 6 0 7 0;",
        "#X connect 7 0 4 0;",
        rate=rate,
    )
    assert complaints(console) == []
    series = exported.engine.encode(sound, rate)
    moved = series.z.copy()
    moved[:, 0] += 0.5
    offline = exported.engine.decode(replace(series, z=moved, codes=None))
    delay = description.latency_samples + description.hop - BLOCK
    assert np.abs(offline - exported.engine.decode(series)).max() > 0.01
    np.testing.assert_allclose(heard[delay:], offline[: len(sound) - delay], atol=1e-3)


def test_conversion_in_pure_data_is_as_late_as_encoder_and_decoder(
    exported: Exported, laid_out: Path
) -> None:
    """Of itself nn~ collects 4096 samples for a method like this; ts.convert~ tells it not to."""
    rate, description = exported.engine.sample_rate, exported.description
    sound = make_tone(0.6, rate)
    cables = ("#X connect 0 0 3 0;", "#X connect 3 0 1 0;")
    heard, console = play_through(laid_out, sound, "#X obj 9 9 ts.convert~;", *cables, rate=rate)
    assert complaints(console) == []
    offline = exported.engine.decode(exported.engine.encode(sound, rate))
    delay = description.latency_samples + description.hop - BLOCK
    np.testing.assert_allclose(heard[delay:], offline[: len(sound) - delay], atol=1e-3)


def test_every_example_and_help_patch_plays_in_pure_data(laid_out: Path) -> None:
    """All opened in one Pd with the sound on; nothing is missing, and nothing complains."""
    shown = sorted(
        path.name for path in laid_out.glob("*.pd") if "-" in path.name or path.name == "README.pd"
    )
    assert len(shown) > 20
    opened = " ".join(rf"\; pd open {name} {laid_out}" for name in shown)
    lines = [
        "#N canvas 0 0 400 300 12;",
        "#X obj 9 9 loadbang;",
        "#X obj 9 9 t b b b;",
        rf"#X msg 9 9 {opened};",
        r"#X msg 9 9 \; pd dsp 1;",
        "#X obj 9 9 del 200;",
        r"#X msg 9 9 \; pd quit;",
        "#X connect 0 0 1 0;",
        "#X connect 1 2 2 0;",
        "#X connect 1 1 3 0;",
        "#X connect 1 0 4 0;",
        "#X connect 4 0 5 0;",
    ]
    (laid_out / "open-all.pd").write_text("\n".join(lines) + "\n")
    assert complaints(run_patch(laid_out / "open-all.pd", rate=16_000, messages=())) == []


def complaints(console: str) -> list[str]:
    """What Pd says is wrong."""
    words = ("error", "couldn't", "nn~", "no method", "no such", "failed", "does-not-know")
    return [line for line in console.splitlines() if any(word in line for word in words)]


@pytest.mark.parametrize(
    ("methods", "threaded", "rings"),
    [(("encode", "decode"), False, 1), (("encode", "decode"), True, 3), (("forward",), True, 2)],
    ids=["encoder and decoder", "encoder and decoder, threaded", "forward, threaded"],
)
def test_a_click_is_as_late_as_the_description_and_the_rings_say(
    exported: Exported, methods: tuple[str, ...], threaded: bool, rings: int
) -> None:
    """The middle of its energy; the median over clicks at eight places within a hop."""
    hop, window, count = exported.description.hop, 2048, 8
    hosts = [Host(exported.path, method, hop if threaded else 0) for method in methods]
    places = np.array([window * (number + 1) + number * hop // count for number in range(count)])
    clicks = np.zeros((count + 2) * window, np.float32)
    clicks[places] = 0.9
    heard = [through(hosts, block) for block in clicks.reshape(-1, 1, BLOCK)]
    energy = np.concatenate(heard, axis=1)[0].astype(np.float64) ** 2
    late = [_middle(energy[place : place + window]) for place in places]
    expected = exported.description.latency_samples + rings * hop - BLOCK
    assert np.median(late) == pytest.approx(expected, abs=hop / 8)


def through(hosts: list[Host], block: Samples) -> Samples:
    """A block through objects in a row."""
    for host in hosts:
        block = host.process(block)
    return block


def _middle(energy: NDArray[np.float64]) -> float:
    return float((energy * np.arange(len(energy))).sum() / energy.sum())
