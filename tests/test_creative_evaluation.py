"""Traversing, following, interpolating and streaming, as `evaluate` scores them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from conftest import RATE, make_tone

import timbrespace
from timbrespace import creative_evaluation
from timbrespace.evaluate import Evaluation, evaluate

NAMES = ("traverse_spearman", "follow_spearman", "follow_median_error", "follow_reached")


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A dark and a bright tone, and one like the first."""
    folder = tmp_path_factory.mktemp("sounds")
    bright = np.diff(make_tone(0.8, frequency_hz=400.0), n=2, prepend=[0.0, 0.0])
    every = {"dark": make_tone(0.8, frequency_hz=150.0), "bright": bright, "again": make_tone(0.6)}
    for name, samples in every.items():
        soundfile.write(folder / f"{name}.wav", samples, RATE, subtype="FLOAT")
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def discrete(described_models: dict[str, Path], sounds: list[Path]) -> Evaluation:
    return evaluate(timbrespace.load(described_models["discrete"]), sounds)


def test_every_score_has_its_name(discrete: Evaluation) -> None:
    scores = discrete.to_dict()["scores"]
    assert set(NAMES) | {"stream_error", "interpolation_monotonicity"} <= set(scores)
    for name in NAMES:
        assert {"centroid", "bandwidth"} <= set(scores[name])
    assert 0.9 < scores["traverse_spearman"]["centroid"] <= 1.0
    assert scores["follow_reached"]["centroid"] == 1.0


def test_streaming_is_offline(discrete: Evaluation) -> None:
    assert discrete.creative is not None
    assert 0.0 <= discrete.creative.scores["stream_error"] <= 0.1


def test_what_is_shown_is_what_is_scored(discrete: Evaluation) -> None:
    creative = discrete.creative
    assert creative is not None
    assert [one.name for one in creative.followed] == [one.name for one in creative.traverses]
    for one in creative.followed:
        assert len(one.sound) == round(creative_evaluation.SECONDS * RATE)
        assert one.curves["target"].shape == one.curves["measured"].shape
        assert f"{creative.scores['follow_spearman'][one.name]:.3f}" in one.title  # type: ignore[index]


def test_the_straight_line_is_noted(
    described_models: dict[str, Path], sounds: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = timbrespace.load(described_models["discrete"])
    monkeypatch.setattr(creative_evaluation, "DIFFERENCE", 0.0)
    notes = evaluate(engine, sounds).notes
    assert any("pairs; on the straight line it is centroid" in note for note in notes)


def test_sounds_that_are_alike_are_not_interpolated(discrete: Evaluation) -> None:
    assert "no two of these sounds differ enough to interpolate between them" in discrete.notes
    scores = discrete.to_dict()["scores"]
    assert scores["interpolation_monotonicity"] == {"centroid": None, "bandwidth": None}


def test_a_continuous_model_without_a_table_says_so(tiny_models: dict[str, Path], sounds: list[Path]) -> None:
    result = evaluate(timbrespace.load(tiny_models["continuous"]), sounds[:1])
    assert result.creative is not None
    assert result.creative.table is None
    assert any("--dataset" in note for note in result.notes)
    scores = result.to_dict()["scores"]
    assert "traverse_spearman" not in scores
    assert scores["interpolation_monotonicity"] == {"centroid": None, "bandwidth": None}  # one sound: no pair


def test_progress_goes_from_nothing_to_all(
    described_models: dict[str, Path], write_tone: Callable[..., Path]
) -> None:
    shares: list[float] = []
    engine = timbrespace.load(described_models["continuous"])
    evaluate(engine, [write_tone("a.wav")], progress=lambda share, note: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
