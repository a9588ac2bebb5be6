"""Interpolation: exact at both ends, of the right length, and a score that knows a sweep from a wobble."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import timbrespace
from timbrespace.alignment import ALIGNMENTS, align, fit, hold, samples_of
from timbrespace.config import LOUDNESS_FLOOR_DB, preset
from timbrespace.errors import SeriesError, UsageError
from timbrespace.even_course import even_out
from timbrespace.interpolation import (
    Course,
    course_of,
    interpolate,
    interpolation_monotonicity,
    mix,
    positions,
    read_positions,
)
from timbrespace.latents import LatentSeries

SIGNAL = preset("tiny").signal
RATE = SIGNAL.sample_rate


def make_series(length: int, seed: int = 0, codes: bool = False, latents: int = 4) -> LatentSeries:
    """A series of a sound of so many samples."""
    rng = np.random.default_rng(seed)
    frames = SIGNAL.frames_of(length)
    return LatentSeries(
        rng.standard_normal((frames, latents)),
        rng.uniform(-50, -10, frames),
        SIGNAL.frame_rate_hz,
        "m",
        rng.integers(0, 32, frames) if codes else None,
        length,
    )


@pytest.mark.parametrize("how", ALIGNMENTS)
@pytest.mark.parametrize("lengths", [(8000, 5000), (5000, 8000), (5000, 5000), (130, 9000), (1, 700)])
@pytest.mark.parametrize("codes", [False, True])
def test_aligned_series_have_one_length(how: str, lengths: tuple[int, int], codes: bool) -> None:
    pair = [make_series(length, number, codes) for number, length in enumerate(lengths)]
    aligned = align(pair, SIGNAL, how)
    wanted = min(lengths) if how == "trim" else max(lengths)
    for series in aligned:
        assert series.length_samples == wanted
        assert len(series) == SIGNAL.frames_of(wanted)
        assert (series.codes is None) == (not codes)
    kept = lengths.index(wanted)
    assert aligned[kept] is pair[kept]


def test_whole_frames_stay_whole_frames() -> None:
    rng = np.random.default_rng(0)
    whole = LatentSeries(rng.standard_normal((40, 4)), np.full(40, -20.0), SIGNAL.frame_rate_hz, "m")
    short = make_series(1000)
    _, fitted = align([whole, short], SIGNAL, "stretch")
    assert (len(fitted), fitted.length_samples) == (40, None)
    assert samples_of(whole, SIGNAL) == 40 * SIGNAL.hop


def test_stretching_reads_the_same_share_of_the_sound() -> None:
    """A ramp over a sound is a ramp over it still, twice as long."""
    short = make_series(8000)
    frames = len(short)
    seconds = SIGNAL.centre_seconds(frames)
    ramp = LatentSeries(
        np.tile(seconds[:, None], (1, 4)), np.full(frames, -20.0), SIGNAL.frame_rate_hz, "m", None, 8000
    )
    stretched = fit(ramp, SIGNAL, SIGNAL.frames_of(16_000), 16_000, "stretch")
    inside = np.clip(SIGNAL.centre_seconds(len(stretched)), 0.0, 1.0)
    over = SIGNAL.centre_seconds(len(stretched)) - inside
    assert np.allclose(stretched.z[:, 0], inside / 2 + over, atol=1e-5)


def test_loop_goes_round_without_a_jump() -> None:
    """Of a ramp, only the seam moves faster than the ramp itself, and nowhere by all of it."""
    frames, edge = SIGNAL.frames_of(8000), SIGNAL.n_fft // SIGNAL.hop - 1
    ramp = LatentSeries(
        np.arange(frames)[:, None], np.full(frames, -20.0), SIGNAL.frame_rate_hz, "m", None, 8000
    )
    looped = fit(ramp, SIGNAL, 300, 300 * SIGNAL.hop - SIGNAL.n_fft, "loop")
    body = frames - 2 * edge
    assert np.array_equal(looped.z[: frames - edge - 10], ramp.z[: frames - edge - 10])
    assert np.abs(np.diff(looped.z[:, 0])).max() < 0.15 * body
    assert looped.z.max() < frames - edge
    assert np.all(looped.loudness_db[-edge:] == LOUDNESS_FLOOR_DB)
    assert np.all(looped.loudness_db[:-edge] == -20.0)


def test_loop_of_codes_keeps_codes() -> None:
    series = make_series(3000, codes=True)
    looped = fit(series, SIGNAL, 200, None, "loop")
    assert looped.codes is not None
    assert series.codes is not None
    vectors = {tuple(z): code for z, code in zip(series.z.tolist(), series.codes.tolist(), strict=True)}
    assert [vectors[tuple(z)] for z in looped.z.tolist()] == looped.codes.tolist()


def test_held_moment_is_one_frame_between_silences() -> None:
    series = make_series(16_000)
    held = hold(series, SIGNAL, 0.5, 60, 7000)
    place = (0.5 * RATE + SIGNAL.n_fft / 2) / SIGNAL.hop - 1
    assert np.array_equal(held.z, np.tile(series.at([place]).z, (60, 1)))
    assert np.all(held.loudness_db[[0, 2, -3, -1]] == LOUDNESS_FLOOR_DB)
    assert held.length_samples == 7000
    with pytest.raises(UsageError, match=r"the moment is 1\.5 s; the sound lasts 1\.00 s"):
        hold(series, SIGNAL, 1.5, 60, 7000)


@pytest.mark.parametrize("how", ALIGNMENTS)
def test_ends_are_exactly_a_and_b_and_halfway_is_the_mean(how: str) -> None:
    a, b = make_series(8000, 1), make_series(5000, 2)
    fitted = align([a, b], SIGNAL, how)
    for place, wanted in enumerate(fitted):
        got = interpolate(a, b, SIGNAL, start=place, end=place, how=how)
        assert np.array_equal(got.z, wanted.z)
        assert np.array_equal(got.loudness_db, wanted.loudness_db)
        assert got.length_samples == wanted.length_samples
    middle = interpolate(a, b, SIGNAL, start=0.5, end=0.5, how=how)
    assert np.allclose(middle.z, (fitted[0].z + fitted[1].z) / 2, atol=1e-6)
    assert np.allclose(middle.loudness_db, (fitted[0].loudness_db + fitted[1].loudness_db) / 2, atol=1e-4)


def test_formula_of_the_paper() -> None:
    a, b = make_series(8000, 1), make_series(8000, 2)
    share = np.clip(SIGNAL.centre_seconds(len(a)) / 0.5, 0.0, 1.0)[:, None]
    got = interpolate(a, b, SIGNAL)
    assert np.allclose(got.z, (1 - share) * a.z + share * b.z, atol=1e-5)
    assert np.array_equal(got.z[0], a.z[0])
    assert np.array_equal(got.z[-1], b.z[-1])


def test_extrapolation_goes_on_in_z_and_not_in_loudness() -> None:
    a, b = make_series(4000, 1), make_series(4000, 2)
    beyond = interpolate(a, b, SIGNAL, start=1.5, end=1.5)
    assert np.allclose(beyond.z, 1.5 * b.z - 0.5 * a.z, atol=1e-5)
    assert np.array_equal(beyond.loudness_db, b.loudness_db)


@pytest.mark.parametrize(("loudness", "wanted"), [("a", 0), ("b", 1)])
def test_loudness_of_one_of_them(loudness: str, wanted: int) -> None:
    pair = make_series(4000, 1), make_series(4000, 2)
    got = interpolate(*pair, SIGNAL, loudness=loudness)
    assert np.array_equal(got.loudness_db, pair[wanted].loudness_db)


def test_fade_to_silence_falls_evenly_and_is_silent_at_its_end_only() -> None:
    a = make_series(8000)
    loud = LatentSeries(a.z, np.full(len(a), -20.0), a.frame_rate_hz, "m", None, 8000)
    silent = LatentSeries(a.z, np.full(len(a), -180.0), a.frame_rate_hz, "m", None, 8000)
    share = np.linspace(0.0, 1.0, len(a))
    faded = mix([loud, silent], np.stack([1 - share, share], 1), np.stack([1 - share, share], 1))
    assert np.allclose(faded.loudness_db, -20 - 80 * share, atol=1e-3)
    assert faded.loudness_db[-1] == LOUDNESS_FLOOR_DB
    assert faded.loudness_db[-2] > LOUDNESS_FLOOR_DB


def test_sigmoid_is_level_at_the_ends_and_steep_in_the_middle() -> None:
    place = positions("sigmoid", SIGNAL, SIGNAL.frames_of(12_800), 12_800)
    assert place[0] == 0.0
    assert np.isclose(place[-1], 1.0)
    steps = np.diff(place)
    assert np.all(steps >= 0)
    assert steps.max() > 2 * np.mean(steps)
    assert steps[5] < 0.3 * np.mean(steps)


def test_curve_from_a_file_with_any_name(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("seconds,amount\n0,0.5\n0.25,1.5\n")
    shape = read_positions(tmp_path / "c.csv", SIGNAL, SIGNAL.frames_of(8000), 8000)
    seconds = np.clip(SIGNAL.centre_seconds(len(shape)), 0.0, 0.5)
    assert np.allclose(shape, np.interp(seconds, [0, 0.25], [0.5, 1.5]))
    turned = positions(shape, SIGNAL, len(shape), 8000, start=1.0, end=0.0)
    assert np.allclose(turned, 1 - shape)
    (tmp_path / "c.csv").write_text("seconds,x,y\n0,0,0\n")
    with pytest.raises(SeriesError, match="the columns are seconds,x,y; this curve needs seconds,position"):
        read_positions(tmp_path / "c.csv", SIGNAL, 10, 1000)


@given(start=st.floats(-10, 10), end=st.floats(-10, 10), curve=st.sampled_from(["linear", "sigmoid"]))
def test_positions_stay_between_from_and_to(start: float, end: float, curve: str) -> None:
    place = positions(curve, SIGNAL, SIGNAL.frames_of(6000), 6000, start=start, end=end)
    assert np.isclose(place[0], start)
    assert np.isclose(place[-1], end)
    assert np.all((place >= min(start, end) - 1e-9) & (place <= max(start, end) + 1e-9))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"curve": "round"}, "the curve is 'round'; it must be linear, sigmoid"),
        ({"curve": np.zeros(3)}, r"a curve of the shape \[3\]"),
        ({"end": 11.0}, r"a position is 1\d"),
        ({"start": math.nan}, "a position is nan"),
        ({"how": "cut"}, "align is 'cut'; it must be stretch, trim, loop"),
        ({"loudness": "c"}, "loudness is 'c'; it must be mix, a, b"),
    ],
)
def test_wrong_options(options: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        interpolate(make_series(4000), make_series(4000), SIGNAL, **options)


def test_series_that_do_not_belong_together() -> None:
    with pytest.raises(SeriesError, match="one series has 4 dimensions and another 3"):
        interpolate(make_series(4000), make_series(4000, latents=3), SIGNAL)
    fast = LatentSeries(np.zeros((9, 4)), np.zeros(9), 2 * SIGNAL.frame_rate_hz, "m")
    with pytest.raises(SeriesError, match="a series has 250 frames a second and the model 125"):
        interpolate(make_series(4000), fast, SIGNAL)
    empty = LatentSeries(np.zeros((0, 4)), np.zeros(0), SIGNAL.frame_rate_hz, "m")
    with pytest.raises(SeriesError, match="has no frames"):
        interpolate(make_series(4000), empty, SIGNAL)


def sweep(from_hz: float, to_hz: float, seconds: float = 2.0) -> np.ndarray:
    """A sine that glides beside one that stays, so that the bandwidth moves too; faded at both ends."""
    time = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * (from_hz * time + (to_hz - from_hz) * time**2 / (2 * seconds))
    fade = np.clip(np.minimum(time, seconds - time) / 0.1, 0.0, 1.0)
    return (fade * (0.3 * np.sin(phase) + 0.3 * np.sin(2 * np.pi * 200 * time))).astype(np.float32)


def test_monotonicity_of_a_sweep_is_one_and_backwards_minus_one() -> None:
    a, b = course_of(sweep(1000, 1000), RATE), course_of(sweep(3000, 3000), RATE)
    result = course_of(sweep(1000, 3000), RATE)
    place = np.clip(SIGNAL.centre_seconds(SIGNAL.frames_of(2 * RATE)) / 2, 0.0, 1.0)
    up = interpolation_monotonicity(a, b, result, place, SIGNAL)
    assert min(up.values()) > 0.99
    back = interpolation_monotonicity(a, b, result, 1 - place, SIGNAL)
    assert max(back.values()) < -0.99
    swapped = interpolation_monotonicity(b, a, result, place, SIGNAL)
    assert max(swapped.values()) < -0.99


def test_monotonicity_has_no_meaning_without_a_difference() -> None:
    a, result = course_of(sweep(1000, 1000), RATE), course_of(sweep(1000, 3000), RATE)
    silent = course_of(np.zeros(RATE, np.float32), RATE)
    place = np.linspace(0.0, 1.0, SIGNAL.frames_of(RATE))
    for pair in ((a, a), (a, silent), (silent, a)):
        assert all(math.isnan(v) for v in interpolation_monotonicity(*pair, result, place, SIGNAL).values())
    still = np.full_like(place, 0.5)
    b = course_of(sweep(3000, 3000), RATE)
    assert all(math.isnan(v) for v in interpolation_monotonicity(a, b, result, still, SIGNAL).values())


def test_only_frames_that_sound_count() -> None:
    sound = sweep(1000, 3000)
    sound[RATE:] = 0.0
    sound[-100:] = 1e-5
    course = course_of(sound, RATE)
    assert not course.sounds[-20:].any()
    assert course.sounds[:30].all()
    assert np.isnan(course.heard()["centroid"][-5:]).all()
    flat = Course({"centroid": np.arange(4.0)}, np.array([True, True, False, False]), np.arange(4.0))
    assert flat.mean("centroid") == 0.5


def test_discrete_models_walk_over_codes(tiny_models: dict[str, Path]) -> None:
    model = timbrespace.load(tiny_models["discrete"])
    a, b = (model.prior_series(30, -20.0, seed) for seed in (1, 2))
    line = model.requantise(interpolate(a, b, model.signal))
    codebook = model.codebook
    assert codebook is not None
    assert line.codes is not None
    assert np.array_equal(line.z, codebook[line.codes])
    assert a.codes is not None
    assert b.codes is not None
    assert line.codes[0] == a.codes[0]
    assert line.codes[-1] == b.codes[-1]


def test_even_course_bends_little_and_keeps_the_ends(tiny_models: dict[str, Path]) -> None:
    model = timbrespace.load(tiny_models["continuous"])
    a, b = make_series(8000, 1), make_series(8000, 2)
    place = positions("linear", model.signal, len(a), 8000)
    line = interpolate(a, b, model.signal)
    even = even_out(line, a, b, place, model)
    assert np.array_equal(even.z[0], a.z[0])
    assert np.array_equal(even.z[-1], b.z[-1])
    assert np.array_equal(even.loudness_db, line.loudness_db)

    def roughness(series: LatentSeries) -> float:
        magnitude = model.decode_magnitudes(series)
        frequency = np.linspace(0, RATE / 2, magnitude.shape[1])
        centroid = np.log2(magnitude @ frequency / magnitude.sum(axis=1))[8:-8]
        trend = np.polyval(np.polyfit(place[8:-8], centroid, 1), place[8:-8])
        return float(np.std(centroid - trend))

    assert roughness(even) < 0.5 * roughness(line)  # of the tonal part only; the noise is counted too


def test_even_course_of_a_discrete_model_keeps_to_codes(tiny_models: dict[str, Path]) -> None:
    model = timbrespace.load(tiny_models["discrete"])
    a, b = (model.prior_series(60, -20.0, seed) for seed in (1, 2))
    place = positions("linear", model.signal, 60, 60 * model.signal.hop)
    even = model.requantise(even_out(interpolate(a, b, model.signal), a, b, place, model))
    codebook = model.codebook
    assert codebook is not None
    assert even.codes is not None
    assert np.array_equal(even.z, codebook[even.codes])
    assert np.array_equal(even.z[0], a.z[0])
