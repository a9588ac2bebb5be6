"""The examples play: with something in the place of nn~ that hands on what it gets, sound goes its way."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pd_rig
import pytest
from pd_rig import HOP, LATENTS, RATE

from timbrespace.patches import examples, layout
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.pd_writer import pd_text
from timbrespace.plane import CORNERS, weights

INSTRUMENT = Instrument(pd_rig.describe(), "toy.ts")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("examples")
    layout.lay_out(place / "pd", pd_rig.write_model(place / "toy.ts", pd_rig.describe()))
    return place / "pd"


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return [pd_rig.stand_in(tmp_path_factory.mktemp("nn"), LATENTS + 1)]


def place_of(patch: Patch, wanted: Callable[[str, str, str], bool]) -> int:
    """The one box whose kind, text and label are meant."""
    found = [n for n, box in enumerate(patch.boxes) if wanted(box.kind, box.text, box.label)]
    assert len(found) == 1
    return found[0]


def objects(patch: Patch, text: str) -> int:
    return place_of(patch, lambda kind, words, _: kind in ("object", "message") and words == text)


def test_feedback_comes_back_after_the_delay(folder: Path, paths: list[Path]) -> None:
    """A strike, then echoes a quarter of a second apart, each band-passed and half as loud."""
    patch = examples.feedback(INSTRUMENT)
    strike = place_of(patch, lambda kind, _, label: kind == "button" and label == "strike")
    at, samples = 64 * 25, RATE
    moves = [(float(at), "bang", strike, 0)]
    limiter = objects(patch, "clip~ -1 1")
    done = pd_rig.play(folder, patch, limiter, samples, moves, outlets=1, paths=paths)
    assert [line for line in done.console if not line.startswith("nn: ")] == []
    sound = done.signals[:, 0]
    step = RATE // 4
    level = [np.square(sound[at + n * step : at + (n + 1) * step]).mean() for n in range(3)]
    assert not sound[:at].any()
    assert level[0] > 1e-5
    for before, after in pairwise(level):
        assert 0.01 * before < after < 0.6 * before


def test_what_is_drawn_is_played(folder: Path, paths: list[Path]) -> None:
    patch = examples.drawn(INSTRUMENT)
    curve = next(box.values for box in patch.boxes if box.text == "drawn-z0")
    moves = [(HOP // 2, "bang", objects(patch, "play"), 0)]
    frames = 40
    decoder = objects(patch, "ts.decoder~")
    done = pd_rig.play(folder, patch, decoder, frames * HOP, moves, outlets=1, paths=paths)
    assert done.console == []
    np.testing.assert_allclose(done.frames(frames)[1:, 0], curve[: frames - 1], atol=1e-5)


def test_the_plane_is_played_by_a_controller(folder: Path, paths: list[Path]) -> None:
    """Two sounds stored at A and B; controller 16 goes from one to the other, along the lower edge."""
    patch = examples.plane_from_midi(INSTRUMENT)
    source = patch.object("sig~ 0.25", 0, 0)
    encoder, midi = objects(patch, "ts.encoder~"), objects(patch, "ts.midi")
    patch.connect(source, encoder)
    moves = [
        (HOP, "bang", objects(patch, "store A"), 0),
        (2 * HOP, "0.75", source, 0),
        (4 * HOP, "bang", objects(patch, "store B"), 0),
        (5 * HOP, "ctl 0 17", midi, 0),
        (5 * HOP, "ctl 0 16", midi, 0),
        (7 * HOP, "ctl 127 16", midi, 0),
        (9 * HOP, "ctl 63.5 16", midi, 0),
        (10 * HOP, "ctl 127 20", midi, 0),
    ]
    decoder = objects(patch, "ts.decoder~")
    done = pd_rig.play(folder, patch, decoder, 12 * HOP, moves, outlets=1, paths=paths)
    got = done.frames(12)[:, 0]
    assert got[[6, 8]].tolist() == [0.25, 0.75]
    share = weights([(0.5, 0.0)], CORNERS)[0]  # at C and D, where nothing was stored, z is 0
    assert got[9] == pytest.approx(0.25 * share[0] + 0.75 * share[1], abs=1e-5)
    assert any(line.endswith("decode set z0_bias 3.5") for line in done.console)


def test_a_slider_is_followed(folder: Path, paths: list[Path]) -> None:
    """The value that is asked for reaches nn~; glide goes from the lowest to the highest."""
    patch = examples.follow_slider(INSTRUMENT)
    value = place_of(patch, lambda kind, _, label: kind == "slider" and label.startswith("centroid"))
    glide = objects(patch, "400, 5200 8000")
    moves = [(HOP, "1000", value, 0), (4 * HOP, "bang", glide, 0)]
    follow = objects(patch, "ts.follow~ centroid")
    done = pd_rig.play(folder, patch, follow, 2 * RATE, moves, outlets=1, paths=paths)
    assert done.console == []
    heard = done.signals[:, 0]
    assert heard[3 * HOP] == 1000.0
    assert heard[4 * HOP + RATE] == pytest.approx(400 + 4800 / 8, rel=0.02)


def test_the_knobs_of_a_conversion_stand_where_they_should(folder: Path, paths: list[Path]) -> None:
    """Opening it sets every knob to what the file has at first."""
    patch = examples.conversion(INSTRUMENT)
    convert = objects(patch, "ts.convert~")
    done = pd_rig.play(folder, patch, convert, 4 * HOP, [], outlets=1, paths=paths)
    known = {knob.name: knob.default for knob in INSTRUMENT.description.attributes}
    assert done.console[0] == f"nn: toy.ts forward bufsize {HOP}"
    told = [line.removeprefix("nn: toy.ts forward set ").split() for line in done.console[1:]]
    assert {name: float(value) for name, value in told} == {name: known[name] for name, _ in told}
    assert {"dry_wet", "aperiodicity", "loudness_offset_db", "z0_bias"} <= {name for name, _ in told}


def test_a_click_on_the_start_page_opens_what_it_names(tmp_path: Path) -> None:
    """Also from a folder whose name has spaces."""
    folder = tmp_path / "my très sax"
    layout.lay_out(folder, pd_rig.write_model(tmp_path / "toy.ts", pd_rig.describe()))
    opened = Patch("ts.bias~-help")
    opened.chain(opened.object("loadbang", 20, 20), opened.object("print opened", 20, 60))
    (folder / "ts.bias~-help.pd").write_text(pd_text(opened), encoding="utf-8")
    page = layout.make_set(INSTRUMENT).shown[-1]
    moves = [(0.0, "bang", objects(page, "ts.bias~-help.pd"), 0)]
    done = pd_rig.play(folder, page, 0, 256, moves, outlets=0)
    assert done.console == ["opened: bang"]
