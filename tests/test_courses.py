"""The choice of a course: the steadier one, the line where nothing is gained, and what stays exact."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import timbrespace
from timbrespace.alignment import align, samples_of
from timbrespace.courses import Between, between, choose, steadier
from timbrespace.engine import Engine
from timbrespace.errors import SeriesError, UsageError
from timbrespace.interpolation import interpolate, positions, read_positions, steadiness
from timbrespace.latents import LatentSeries
from timbrespace.nearby import LARGEST_STEP, STEPS, described, finder

KINDS = ("continuous", "discrete")


def make_between(model: Engine, start: float = 0.0, end: float = 1.0) -> Between:
    """From one place in z to another, A and B wavering a little, 0.8 s."""
    rng = np.random.default_rng(3)
    hop, frames = model.signal.hop, 100
    a, b = (
        LatentSeries(
            1.2 * rng.standard_normal(4) + 0.1 * rng.standard_normal((frames, 4)),
            np.full(frames, -20.0), model.signal.frame_rate_hz, model.model_id, None, frames * hop,
        )
        for _ in range(2)
    )  # fmt: skip
    return between(a, b, model.signal, start=start, end=end)


@pytest.mark.parametrize("how", ["stretch", "trim", "loop"])
@pytest.mark.parametrize("loudness", ["mix", "a", "b"])
def test_between_is_align_positions_and_interpolate(
    tiny_models: dict[str, Path], how: str, loudness: str
) -> None:
    model = timbrespace.load(tiny_models["continuous"])
    signal, pair = model.signal, make_between(model)
    long, short = pair.a, pair.b.stretch(0.7)
    found = between(long, short, signal, curve="sigmoid", start=-0.5, end=1.5, align=how, loudness=loudness)
    a, b = align([long, short], signal, how)
    places = positions("sigmoid", signal, len(a), samples_of(a, signal), start=-0.5, end=1.5)
    wanted = interpolate(a, b, signal, curve=places, loudness=loudness)
    assert isinstance(found, Between)
    assert np.array_equal(found.places, places)
    for series, other in ((found.a, a), (found.b, b), (found.line, wanted)):
        assert np.array_equal(series.z, other.z)
        assert np.array_equal(series.loudness_db, other.loudness_db)


def test_a_curve_may_be_values_or_a_file(tiny_models: dict[str, Path], tmp_path: Path) -> None:
    model = timbrespace.load(tiny_models["continuous"])
    signal, pair = model.signal, make_between(model)
    drawn = np.sin(np.linspace(0.0, 3.0, len(pair.a)))
    assert np.array_equal(between(pair.a, pair.b, signal, curve=drawn).places, drawn)
    path = tmp_path / "curve.csv"
    path.write_text("seconds,position\n0,1\n0.4,0\n")
    wanted = read_positions(path, signal, len(pair.a), samples_of(pair.a, signal))
    for curve in (path, str(path)):
        assert np.array_equal(between(pair.a, pair.b, signal, curve=curve).places, wanted)


def test_what_between_does_not_take(tiny_models: dict[str, Path], tmp_path: Path) -> None:
    model = timbrespace.load(tiny_models["continuous"])
    signal, pair = model.signal, make_between(model)
    for options, message in (
        ({"curve": "steep"}, "the curve is 'steep'; it must be linear, sigmoid or a file"),
        ({"curve": np.zeros(3)}, r"a curve of the shape \[3\]; it must have 100 frames"),
        ({"align": "cut"}, "align is 'cut'"),
        ({"loudness": "c"}, "loudness is 'c'"),
        ({"end": 50.0}, "a position is"),
    ):
        with pytest.raises(UsageError, match=message):
            between(pair.a, pair.b, signal, **options)
    with pytest.raises(SeriesError, match=r"none\.csv"):
        between(pair.a, pair.b, signal, curve=tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("line", "even", "wanted"),
    [
        ((0.9, 0.5), (0.7, 0.6), "even"),  # the smaller of two counts
        ((0.9, 0.5), (1.0, 0.4), "line"),
        ((0.9, 0.900), (0.9, 0.904), "line"),  # as good as equal
        ((0.9, math.nan), (0.95, math.nan), "even"),  # what has no meaning does not count
        ((math.nan, math.nan), (math.nan, math.nan), "line"),
        ((-0.5, -0.2), (-0.4, 0.9), "even"),
    ],
)
def test_the_steadier_is_the_one_whose_worse_score_is_better(
    line: tuple[float, float], even: tuple[float, float], wanted: str
) -> None:
    names = ("centroid", "bandwidth")
    scores = {"line": dict(zip(names, line, strict=True)), "even": dict(zip(names, even, strict=True))}
    assert steadier(scores) == wanted
    assert steadier({"line": scores["line"]}) == "line"


@pytest.mark.parametrize("kind", KINDS)
def test_auto_takes_the_steadier_and_shows_both(tiny_models: dict[str, Path], kind: str) -> None:
    model = timbrespace.load(tiny_models[kind])
    told: list[float] = []
    choice = choose([make_between(model)], model, progress=told.append)
    assert set(choice.results) == {"line", "even"}
    assert choice.name == steadier(choice.scores)
    assert steadiness(choice.chosen.scores) >= steadiness(choice.scores["line"])
    assert np.array_equal(choice.chosen.sound[0], model.decode(choice.chosen.series[0]))
    assert np.all(np.diff(told) >= 0)
    assert told[-1] == 1.0


def test_line_is_the_formula_and_even_starts_at_a(tiny_models: dict[str, Path]) -> None:
    model = timbrespace.load(tiny_models["continuous"])
    ends = make_between(model)
    line = choose([ends], model, "line")
    assert list(line.results) == ["line"]
    assert np.array_equal(line.chosen.series[0].z, ends.line.z)
    even = choose([ends], model, "even")
    assert even.name == "even"
    assert np.array_equal(even.results["line"].series[0].z, ends.line.z)
    assert np.array_equal(even.chosen.series[0].z[0], ends.a.z[0])
    assert not np.allclose(even.chosen.series[0].z, ends.line.z)


def test_a_place_that_never_moves_keeps_the_line(tiny_models: dict[str, Path]) -> None:
    model = timbrespace.load(tiny_models["continuous"])
    choice = choose([make_between(model, 0.5, 0.5)], model)
    assert (choice.name, list(choice.results)) == ("line", ["line"])
    assert all(math.isnan(value) for value in choice.chosen.scores.values())
    assert choose([make_between(model, 0.5, 0.5)], model, "even").name == "even"


def test_channels_take_one_course(tiny_models: dict[str, Path]) -> None:
    model = timbrespace.load(tiny_models["continuous"])
    channel = make_between(model)
    choice = choose([channel, channel], model)
    assert choice.chosen.sound.shape == (2, round(0.8 * model.sample_rate))
    assert np.array_equal(*choice.chosen.sound)


def test_another_word(tiny_models: dict[str, Path]) -> None:
    model = timbrespace.load(tiny_models["continuous"])
    with pytest.raises(UsageError, match="course is 'bent'; it must be auto, line, even"):
        choose([make_between(model)], model, "bent")


def test_what_is_found_nearby_has_what_was_wanted(tiny_models: dict[str, Path]) -> None:
    model = timbrespace.load(tiny_models["continuous"])
    line = make_between(model).line
    before = described(line, model)
    wanted = before + np.array([0.02, -0.01])
    found = replace(line, z=finder(line, model)(wanted))
    missing = np.abs(described(found, model) - wanted)
    assert missing.mean() < 0.5 * np.abs(before - wanted).mean()  # an untrained model hardly answers to z
    assert np.linalg.norm(found.z - line.z, axis=1).max() <= STEPS * LARGEST_STEP


def test_what_is_found_nearby_are_codes(tiny_models: dict[str, Path]) -> None:
    model = timbrespace.load(tiny_models["discrete"])
    line = make_between(model).line
    codebook = model.codebook
    assert codebook is not None
    found = finder(line, model)(described(line, model))
    assert all((codebook == z).all(axis=1).any() for z in found)


def test_codes_do_not_flutter_between_two_that_fit(tiny_models: dict[str, Path], monkeypatch) -> None:
    model = timbrespace.load(tiny_models["discrete"])
    line = make_between(model).line
    wanted = described(line, model)[:1] + 0.02 * (-1.0) ** np.arange(len(line))[:, None]  # to and fro

    def changes() -> int:
        return int(np.any(np.diff(finder(line, model)(wanted), axis=0) != 0, axis=1).sum())

    with_weight = changes()
    monkeypatch.setattr("timbrespace.nearby.JUMP", 0.0)
    assert with_weight < changes()
