"""Every patch opens in real Pure Data: nothing uncreated but `nn~`, no cable that fails, not a word."""

from __future__ import annotations

from pathlib import Path

import pd_rig
import pytest

from timbrespace.patches import layout
from timbrespace.patches.graph import Patch
from timbrespace.patches.instrument import Instrument
from timbrespace.patches.layout import Set
from timbrespace.patches.pd_writer import pd_text

KINDS = {
    "discrete": pd_rig.describe(),
    "continuous": pd_rig.describe(16, kind="continuous", descriptors=False),
    "one latent": pd_rig.describe(1),
}
ARGUMENTS = {
    **dict.fromkeys(("ts.file", "ts.save", "ts.load", "ts.record~", "ts.loop~", "ts.stretch~"), "take"),
    "ts.bytes": "44",
    "ts.flip": "take-z0 take-frames",
    "ts.follow~": "centroid",
    "ts.knob": "x 16 0 1",
    "ts.plane~": "plane",
    "ts.play~": "take-z0 0",
    "ts.read": "take-z0",
    "ts.reverse": "take",
    "ts.spot~": "plane-z0 7 -100 0",
    "ts.sum~": "-100",
    "ts.track~": "take-z0 10",
}


@pytest.fixture(scope="module", params=KINDS)
def laid_out(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Set]:
    """The folder of a model, and what is in it."""
    description = KINDS[request.param]
    place = tmp_path_factory.mktemp("pd")
    model = pd_rig.write_model(place / "toy.ts", description)
    layout.lay_out(place / "patches", model)
    return place / "patches", layout.make_set(Instrument(description, "toy.ts"))


def with_every_object(folder: Path, made: Set) -> Path:
    """A patch with all abstractions, with the arguments that they need."""
    patch = Patch("everything", 400, 400)
    for name in made.library:
        patch.object(f"{name} {ARGUMENTS.get(name, '')}".strip(), 20, 20)
    path = folder / "everything.pd"
    path.write_text(pd_text(patch), encoding="utf-8")
    return path


def test_objects(laid_out: tuple[Path, Set]) -> None:
    path = with_every_object(*laid_out)
    assert pd_rig.open_pd([path]) == []


def test_help_examples_and_start_page(laid_out: tuple[Path, Set]) -> None:
    folder, made = laid_out
    for patch in made.shown:
        assert pd_rig.open_pd([folder / f"{patch.name}.pd"]) == [], patch.name


def test_cables_where_nn_is(laid_out: tuple[Path, Set], tmp_path: Path) -> None:
    """With something in the place of `nn~`, cables to and from it must find their ports."""
    folder, made = laid_out
    paths = [pd_rig.stand_in(tmp_path, made.instrument.description.latents + 1)]
    shown = [with_every_object(folder, made), *(folder / f"{patch.name}.pd" for patch in made.shown)]
    for path in shown:
        lines = [line for line in pd_rig.open_pd([path], paths=paths) if not line.startswith("nn: ")]
        assert lines == [], path.name


def test_another_sample_rate_is_said(laid_out: tuple[Path, Set]) -> None:
    folder, _ = laid_out
    lines = pd_rig.open_pd([folder / "README.pd"], rate=48_000)
    assert lines
    assert set(lines) == {
        "timbrespace: Pd runs at 48000 Hz and this model needs 16000: Media - Audio settings"
    }


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    """The test itself: a missing object and a bad cable do show."""
    patch = Patch("wrong", 200, 200)
    source, target = patch.object("no-such-object", 20, 20), patch.object("outlet", 20, 60)
    patch.connect(target, source)
    (tmp_path / "wrong.pd").write_text(pd_text(patch), encoding="utf-8")
    lines = "\n".join(pd_rig.open_pd([tmp_path / "wrong.pd"]))
    assert "no-such-object" in lines
    patch.boxes[source] = patch.boxes[target]
    (tmp_path / "wrong.pd").write_text(pd_text(patch), encoding="utf-8")
    assert pd_rig.open_pd([tmp_path / "wrong.pd"]) != []
