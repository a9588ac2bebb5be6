"""Directions: a descriptor moves by what was asked, the rest stays, and nonsense is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from descriptions import describe

from timbrespace.codebook import DescriptorTable
from timbrespace.config import LOUDNESS_FLOOR_DB
from timbrespace.descriptors import SPECTRAL
from timbrespace.directions import fit_directions, measured, move, save_directions_csv
from timbrespace.directions.measured import spectral
from timbrespace.directions.moving import Mover, deviations
from timbrespace.directions.pitches import Comb, Pitches
from timbrespace.engine import Engine, load
from timbrespace.errors import SeriesError, UsageError
from timbrespace.latents import LatentSeries
from timbrespace.slopes import Slopes

RATE = 44_100


@pytest.fixture
def engine(tiny_models: dict[str, Path]) -> Engine:
    return load(tiny_models["continuous"])


@pytest.fixture
def described(engine: Engine) -> Engine:
    """The model with a table in its header."""
    engine.header["codes"] = describe(engine).to_header()
    return engine


def make_series(engine: Engine, frames: int = 30) -> LatentSeries:
    steps = np.random.default_rng(2).standard_normal((frames, engine.config.latents))
    z = (0.2 * np.cumsum(steps, axis=0)).astype(np.float32)
    level = np.linspace(-35.0, -15.0, frames).astype(np.float32)
    return LatentSeries(z, level, engine.signal.frame_rate_hz, engine.model_id)


def changes(engine: Engine, table: DescriptorTable, name: str, amount: float) -> dict[str, np.ndarray]:
    """What moving described frames achieves, in standard deviations."""
    z, level = table.z[:40], table.loudness_db[:40]
    moved = Mover(engine, table).moved(z, level, name, amount, every=1)
    before, after, deviation = spectral(engine, z, level), spectral(engine, moved, level), deviations(table)
    return {each: (after[each] - before[each]) / deviation[each] for each in SPECTRAL}


def test_decoded_descriptors_are_those_of_the_package(engine: Engine) -> None:
    z, level = describe(engine).z[:20], np.full(20, -20.0)
    slopes = Slopes(engine)
    found = slopes.values(
        slopes.log_magnitude(torch.from_numpy(z), torch.full((20,), -20.0)), SPECTRAL
    ).numpy()
    for column, expected in zip(found.T, spectral(engine, z, level).values(), strict=True):
        assert column == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("name", ["centroid", "bandwidth", "flatness"])
def test_slopes_are_those_of_small_differences(engine: Engine, name: str) -> None:
    z, level = describe(engine).z[:10], np.full(10, -20.0)
    _, slopes = Slopes(engine).slopes(torch.from_numpy(z), torch.full((10,), -20.0), [name])
    step = np.zeros(z.shape[1], np.float32)
    step[1] = 0.02
    up, down = spectral(engine, z + step, level)[name], spectral(engine, z - step, level)[name]
    assert slopes[:, 0, 1].numpy() == pytest.approx((up - down) / 0.04, rel=0.05, abs=2e-3)


def test_the_decoder_is_led_to_what_was_asked(engine: Engine) -> None:
    table = describe(engine)
    for amount in (-0.5, 0.5):
        found = changes(engine, table, "centroid", amount)
        assert np.median(found["centroid"]) == pytest.approx(amount, abs=0.05)
        assert np.median(np.abs(found["flatness"])) < 0.05
        found = changes(engine, table, "flatness", amount)
        assert np.median(found["flatness"]) == pytest.approx(amount, abs=0.05)
        assert np.median(np.abs(found["centroid"])) < 0.05


def test_there_and_back(described: Engine) -> None:
    series = make_series(described)
    there = move(described, series, "centroid", 0.5)
    back = move(described, there, "centroid", -0.5)
    level, deviation = series.loudness_db, deviations(describe(described))
    for name in ("centroid", "flatness"):
        own, returned = (spectral(described, each.z, level)[name] for each in (series, back))
        assert np.median(np.abs(returned - own)) < 0.05 * deviation[name]
    assert np.linalg.norm(there.z - series.z, axis=1).min() > 0.05
    assert np.array_equal(there.loudness_db, series.loudness_db)


def test_nothing_asked_nothing_changes(described: Engine) -> None:
    series = make_series(described)
    for name in ("centroid", "pitch"):
        assert np.array_equal(move(described, series, name, 0.0).z, series.z)
    empty = replace(series, z=series.z[:0], loudness_db=series.loudness_db[:0])
    assert len(move(described, empty, "centroid", 1.0)) == 0
    assert len(move(described, series.at([3.0]), "centroid", 1.0)) == 1


def test_plain_words(described: Engine) -> None:
    series = make_series(described)
    for word, name in (("brightness", "centroid"), ("noisiness", "flatness"), ("pitch", "f0")):
        assert np.array_equal(move(described, series, word, 0.3).z, move(described, series, name, 0.3).z)


def test_silence_is_left_alone(described: Engine) -> None:
    series = make_series(described)
    level = series.loudness_db.copy()
    level[10:15] = LOUDNESS_FLOOR_DB
    moved = move(described, replace(series, loudness_db=level), "centroid", 1.0)
    assert np.array_equal(moved.z[10:15], series.z[10:15])
    assert not np.array_equal(moved.z[:10], series.z[:10])


@pytest.mark.parametrize("name", ["centroid", "bandwidth", "rolloff", "flatness", "f0"])
def test_finite_wherever_it_starts(described: Engine, name: str) -> None:
    series = make_series(described)
    wild = replace(series, z=series.z * np.float32(1e30))
    assert np.isfinite(move(described, wild, name, 10.0).z).all()


@pytest.mark.parametrize("dimension", [0, 3])
def test_a_dimension_that_is_not_active_stays(described: Engine, dimension: int) -> None:
    described.model.rotation.active[dimension] = False
    series = make_series(described)
    moved = move(described, series, "centroid", 0.5)
    assert np.array_equal(moved.z[:, dimension], series.z[:, dimension])


@pytest.mark.parametrize(
    ("name", "amount", "message"),
    [
        ("warmth", 1.0, "no descriptor 'warmth' .* centroid, .* brightness"),
        ("centroid", float("nan"), "nan; it must be -10 to 10"),
        ("centroid", 11.0, "11; it must be"),
    ],
)
def test_nonsense_is_refused(described: Engine, name: str, amount: float, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        move(described, make_series(described), name, amount)


def test_models_that_cannot(engine: Engine, tiny_models: dict[str, Path]) -> None:
    series = make_series(engine)
    with pytest.raises(UsageError, match="describes no frames"):
        move(engine, series, "centroid", 1.0)
    with pytest.raises(UsageError, match="discrete"):
        move(load(tiny_models["discrete"]), series, "centroid", 1.0)
    engine.header["codes"] = describe(engine, pitched=False).to_header()
    with pytest.raises(UsageError, match="pitch"):
        move(engine, series, "pitch", 1.0)
    with pytest.raises(SeriesError, match="2 dimensions and the model 4"):
        move(engine, replace(series, z=series.z[:, :2]), "centroid", 1.0)


@pytest.mark.parametrize("hz", [98.0, 220.0, 441.0, 1000.0])
def test_the_comb_finds_the_fundamental(hz: float) -> None:
    time = np.arange(2048) / RATE
    tone = sum(np.cos(2 * np.pi * n * hz * time) / n for n in range(1, 12))
    magnitudes = np.abs(np.fft.rfft(tone * np.hanning(2048)))[None].astype(np.float32)
    assert Comb(1025, RATE).pitch(magnitudes)[0] == pytest.approx(np.log2(hz), abs=1 / 24)


def test_noise_and_silence_have_no_pitch() -> None:
    noise = np.abs(np.random.default_rng(0).standard_normal((20, 1025))).astype(np.float32)
    assert np.isnan(Comb(1025, RATE).pitch(noise)).all()
    assert np.isnan(Comb(1025, RATE).pitch(np.zeros((1, 1025), np.float32))).all()


def test_a_pitch_is_found_on_its_curve(engine: Engine) -> None:
    table = describe(engine, count=800)
    octaves = np.linspace(7.0, 9.0, 800)
    curve = np.stack([np.cos(octaves * 3), np.sin(octaves * 3), octaves * 0, octaves * 0], axis=1)
    same = {name: np.full(800, 1000.0) for name in table.values} | {"f0": np.exp2(octaves)}
    pitches = Pitches(replace(table, z=curve.astype(np.float32), values=same))
    own = np.array([7.5, 8.75, np.nan])
    z = np.array([[np.cos(3 * p), np.sin(3 * p), 0.0, 1.0] for p in (7.5, 8.75, 8.0)], dtype=np.float32)
    sound = np.stack([np.full(3, np.log2(1000.0)), np.full(3, 30.0)], axis=1)
    moved = pitches.moved(z, sound, own, 0.5)
    assert moved[0, :2] == pytest.approx([np.cos(24.0), np.sin(24.0)], abs=0.02)
    assert moved[0, 3] == pytest.approx(0.5)  # half of what set it apart
    assert moved[1, :2] == pytest.approx([np.cos(27.0), np.sin(27.0)], abs=0.1)  # the highest there is
    assert np.array_equal(moved[2], z[2])


def test_what_directions_achieve_is_measured(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measured, "FRAMES", 12)
    table = describe(engine)
    directions = fit_directions(table, engine)
    centroid = directions.measured["centroid"]
    assert list(directions.measured) == ["centroid", "bandwidth", "rolloff", "flatness", "f0"]
    assert centroid.achieved == pytest.approx(1.0, abs=0.1)
    assert centroid.low <= centroid.achieved <= centroid.high
    assert centroid.leaks["flatness"] < 0.1
    assert centroid.deviation == pytest.approx(np.std(np.log2(table.values["centroid"])))
    assert "semitones" in directions.measured["f0"].row()
    save_directions_csv(tmp_path / "directions.csv", directions)
    lines = (tmp_path / "directions.csv").read_text().splitlines()
    assert lines[0].startswith("descriptor,deviation,achieved,low,high,leak_centroid,")
    assert len(lines) == 6


def test_a_discrete_model_has_no_directions(tiny_models: dict[str, Path], engine: Engine) -> None:
    with pytest.raises(UsageError, match="discrete"):
        fit_directions(describe(engine), load(tiny_models["discrete"]))
