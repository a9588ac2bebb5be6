"""Operators on latent series: known answers, what they keep, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from timbrespace.engine import load
from timbrespace.errors import SeriesError, UsageError
from timbrespace.latents import MAX_FRAMES, Dimensions, LatentSeries

RATE = 100.0


def series_of(z: ArrayLike, loudness_db: ArrayLike | None = None, **fields: object) -> LatentSeries:
    """One or more dimensions from columns of numbers; loudness -20 dB where none is given."""
    values = np.asarray(z, np.float32)
    values = values[:, None] if values.ndim == 1 else values
    level = np.full(len(values), -20.0) if loudness_db is None else np.asarray(loudness_db)
    return LatentSeries(
        **{"z": values, "loudness_db": level, "frame_rate_hz": RATE, "model_id": "m", **fields}
    )


def random_series(frames: int = 50, latents: int = 3, seed: int = 0, codes: bool = False) -> LatentSeries:
    rng = np.random.default_rng(seed)
    level = rng.uniform(-60, -10, frames)
    level[::7] = -100.0
    numbers = rng.integers(0, 9, frames) if codes else None
    z = rng.standard_normal((frames, latents))
    return series_of(z, level, codes=numbers, length_samples=frames * 400)


def assert_same(a: LatentSeries, b: LatentSeries) -> None:
    assert np.array_equal(a.z, b.z)
    assert np.array_equal(a.loudness_db, b.loudness_db)


def all_series() -> st.SearchStrategy[LatentSeries]:
    return st.builds(random_series, st.integers(1, 60), st.integers(1, 4), st.integers(0, 99), st.booleans())


def test_scale_and_bias() -> None:
    series = series_of([[1, -2], [0, 4]], [-30, -10], length_samples=1000)
    assert series.scale(2).z.tolist() == [[2, -4], [0, 8]]
    assert series.scale(-1, dimensions=1).z.tolist() == [[1, 2], [0, -4]]
    assert series.bias(0.5).z.tolist() == [[1.5, -1.5], [0.5, 4.5]]
    assert series.scale(2).loudness_db.tolist() == [-30, -10]
    assert series.scale(2).length_samples == 1000
    both = series.bias(3, dimensions=[1, "loudness"])
    assert both.z.tolist() == [[1, 1], [0, 7]]
    assert both.loudness_db.tolist() == [-27, -7]


def test_loudness_is_scaled_about_its_median_and_silence_stays() -> None:
    series = series_of(np.zeros(4), [-30, -100, -20, -10])
    assert series.scale(2, dimensions="loudness").loudness_db.tolist() == [-40, -100, -20, 0]
    assert series.scale(0, dimensions="loudness").loudness_db.tolist() == [-20, -100, -20, -20]
    assert series.bias(50, dimensions="loudness").loudness_db.tolist() == [20, -100, 30, 40]
    silence = series_of(np.zeros(2), [-100, -120])
    assert silence.scale(3, dimensions="loudness").loudness_db.tolist() == [-100, -120]


def test_white_noise_is_the_seeds_and_the_dimensions() -> None:
    series = series_of(np.zeros((6, 3)))
    noisy = series.random(2.0, seed=5)
    for dimension in range(3):
        expected = 2 * np.random.default_rng([5, dimension]).standard_normal(6)
        np.testing.assert_allclose(noisy.z[:, dimension], expected, rtol=1e-6)
    alone = series.random(2.0, seed=5, dimensions=1)
    assert np.array_equal(alone.z[:, 1], noisy.z[:, 1])
    assert not alone.z[:, [0, 2]].any()
    assert np.array_equal(noisy.loudness_db, series.loudness_db)
    assert not np.array_equal(series.random(2.0, seed=6).z, noisy.z)


@pytest.mark.parametrize("smoothness_hz", [None, 40.0, 5.0, 0.01])
def test_noise_has_the_amount_in_every_frame(smoothness_hz: float | None) -> None:
    series = series_of(np.zeros((120, 256)))
    drawn = np.concatenate([series.random(0.5, smoothness_hz=smoothness_hz, seed=s).z for s in range(8)], 1)
    deviation = drawn.std(axis=1)
    assert np.sqrt(np.mean(deviation**2)) == pytest.approx(0.5, rel=0.03)
    assert np.all(np.abs(deviation / 0.5 - 1) < 0.1)


def test_smooth_noise_is_low_passed_and_leads_round() -> None:
    white, slow = (
        series_of(np.zeros(200)).random(1.0, smoothness_hz=hz, seed=1).z[:, 0] for hz in (None, 5.0)
    )
    ratio = np.abs(np.fft.rfft(slow)) / np.abs(np.fft.rfft(white))
    assert ratio[10] / ratio[0] == pytest.approx(np.sqrt(0.5), rel=1e-4)  # 10 periods in 2 s: 5 Hz
    assert abs(slow[0] - slow[-1]) < 3 * np.abs(np.diff(slow)).max()


def test_random_loudness_leaves_silence() -> None:
    series = series_of(np.zeros(3), [-100, -30, -20])
    level = series.random(3.0, dimensions="loudness").loudness_db
    assert level[0] == -100
    assert (level[1:] != [-30, -20]).all()


def test_smooth_attenuates_a_cosine_as_a_gaussian_does() -> None:
    """A cosine that fits the mirrored ends comes out as itself, smaller: √½ at the cut-off, ¼ at double."""
    frames = np.arange(100)
    for factor, gain in ((0.0, 1.0), (1.0, np.sqrt(0.5)), (2.0, 0.25)):
        cosine = np.cos(np.pi * 10 * factor * (frames + 0.5) / 100)  # 5 Hz · factor
        smooth = series_of(cosine).smooth(5.0).z[:, 0]
        np.testing.assert_allclose(smooth, gain * cosine, atol=1e-6)


def test_smooth_keeps_place_mean_and_range() -> None:
    impulse, step = np.zeros(101), np.repeat([0.0, 1.0], 60)
    impulse[50] = 1.0
    spread = series_of(impulse).smooth(3.0).z[:, 0]
    assert spread.argmax() == 50
    np.testing.assert_allclose(spread, spread[::-1], atol=1e-7)
    assert spread.sum() == pytest.approx(1.0, rel=1e-5)
    rising = series_of(step).smooth(3.0).z[:, 0]
    assert np.all(np.diff(rising) > -1e-6)
    assert rising.min() > -1e-6
    assert rising.max() < 1 + 1e-6
    assert np.array_equal(series_of(np.full(9, 0.3)).smooth(1.0).z[:, 0], np.full(9, 0.3, np.float32))
    only = random_series().smooth(5.0, dimensions=2)
    assert np.array_equal(only.z[:, :2], random_series().z[:, :2])


def test_reverse() -> None:
    series = series_of([[1, 4], [2, 5], [3, 6]], [-10, -20, -30], codes=[7, 8, 9], length_samples=9)
    back = series.reverse()
    assert back.z.tolist() == [[3, 6], [2, 5], [1, 4]]
    assert back.loudness_db.tolist() == [-30, -20, -10]
    assert back.codes is not None
    assert back.codes.tolist() == [9, 8, 7]
    assert back.length_samples == 9
    one = series.reverse(dimensions=0)
    assert one.z.tolist() == [[3, 4], [2, 5], [1, 6]]
    assert one.codes is None
    quiet = series.reverse(dimensions="loudness")
    assert quiet.loudness_db.tolist() == [-30, -20, -10]
    assert quiet.z.tolist() == series.z.tolist()
    assert quiet.codes is not None


def test_freeze() -> None:
    series = series_of([[1, 2], [3, 4], [5, 6]], [-10, -100, -30], codes=[7, 8, 9])
    held = series.freeze(1)
    assert held.z.tolist() == [[3, 4]] * 3
    assert held.codes is not None
    assert held.codes.tolist() == [8] * 3
    assert held.loudness_db.tolist() == [-10, -100, -30]
    one = series.freeze(2, dimensions=[0, "loudness"])
    assert one.z.tolist() == [[5, 2], [5, 4], [5, 6]]
    assert one.codes is None
    assert one.loudness_db.tolist() == [-30, -100, -30]  # silence stays
    with pytest.raises(UsageError, match="freeze is 3; the series has the frames 0 to 2"):
        series.freeze(3)


def test_stretch() -> None:
    series = series_of([0, 1, 2], [-10, -20, -40], length_samples=600)
    double = series.stretch(2)
    assert double.z[:, 0].tolist() == [0, 0.5, 1, 1.5, 2, 2]
    assert double.loudness_db.tolist() == [-10, -15, -20, -30, -40, -40]
    assert double.length_samples == 1200
    assert series_of(np.arange(8)).stretch(0.5).z[:, 0].tolist() == [0, 2, 4, 6]
    held = series_of([0, 1], codes=[3, 5]).stretch(2)
    assert held.codes is not None
    assert held.codes.tolist() == [3, 3, 5, 5]
    assert held.z[:, 0].tolist() == [0, 0, 1, 1]


def test_a_stretched_series_keeps_a_sample() -> None:
    for samples, factor, wanted in ((1, 0.01, 1), (90, 0.001, 1), (1, 1.6, 2), (0, 0.5, 0), (0, 9.0, 0)):
        stretched = series_of([0, 1, 2], length_samples=samples).stretch(factor)
        assert stretched.length_samples == wanted
        assert len(stretched) >= 1


def test_quantise_and_clip() -> None:
    series = series_of([[0.2, -0.9], [0.3, 5.0]], [-100, -33])
    np.testing.assert_allclose(series.quantise(0.5).z, [[0, -1], [0.5, 5]])
    assert series.quantise(3, dimensions="loudness").loudness_db.tolist() == [-100, -33]
    np.testing.assert_allclose(series.clip(-0.5, 0.25).z, [[0.2, -0.5], [0.25, 0.25]])
    np.testing.assert_allclose(series.clip([0, 0], [0.25, 3]).z, [[0.2, 0], [0.25, 3]])
    np.testing.assert_allclose(series.clip([0], [3], dimensions=1).z, [[0.2, 0], [0.3, 3]])
    assert series.clip(-30, 0, dimensions="loudness").loudness_db.tolist() == [-100, -30]


def test_mix() -> None:
    a, b = series_of([0, 2], [-20, -100]), series_of([4, 0], [-40, -60])
    half = a.mix(b)
    assert half.z[:, 0].tolist() == [2, 1]
    assert half.loudness_db.tolist() == [-30, -80]
    beyond = a.mix(b, 1.5)
    assert beyond.z[:, 0].tolist() == [6, -1]
    assert beyond.loudness_db.tolist() == [-50, -60]  # nothing goes on from silence
    assert a.mix(b, -0.5).loudness_db.tolist() == [-10, -100]
    only = a.mix(b, 1, dimensions=0)
    assert only.z[:, 0].tolist() == [4, 0]
    assert only.loudness_db.tolist() == [-20, -100]


def test_concatenate() -> None:
    a, b = series_of([0, 0, 0, 0], np.full(4, -20)), series_of([4, 4, 4], np.full(3, -40))
    assert a.concatenate(b).z[:, 0].tolist() == [0, 0, 0, 0, 4, 4, 4]
    faded = a.concatenate(b, crossfade_seconds=3 / RATE)
    assert faded.z[:, 0].tolist() == [0, 1, 2, 3]
    assert faded.loudness_db.tolist() == [-20, -25, -30, -35]
    assert faded.length_samples is None
    c, d = replace(a, codes=np.full(4, 1)), replace(b, codes=np.full(3, 2))
    changed = c.concatenate(d, crossfade_seconds=2 / RATE)
    assert changed.codes is not None
    assert changed.codes.tolist() == [1, 1, 1, 2, 2]
    assert changed.z[:, 0].tolist() == [0, 0, 0, 4, 4]
    assert c.concatenate(b).codes is None


def test_loop() -> None:
    series = series_of([0, 1, 2, 3], codes=[5, 6, 7, 8], length_samples=50)
    looped = series.loop(3)
    assert looped.z[:, 0].tolist() == [0, 1, 2, 3] * 3
    assert looped.codes is not None
    assert looped.codes.tolist() == [5, 6, 7, 8] * 3
    assert looped.length_samples is None
    faded = replace(series, codes=None).loop(3, crossfade_seconds=1 / RATE)
    assert faded.z[:, 0].tolist() == [0, 1, 2, 1.5, 1, 2, 1.5, 1, 2, 3]
    assert series.loop(1).length_samples == 50


def test_an_operator_that_changes_z_drops_codes_and_no_other() -> None:
    series = random_series(codes=True)
    for changed in (series.scale(2), series.bias(1), series.random(1), series.smooth(5), series.quantise(1)):
        assert changed.codes is None
    for changed in (series.clip(-1, 1), series.mix(series), series.reverse(dimensions=[0])):
        assert changed.codes is None
    level = series.bias(-3, dimensions="loudness")
    assert level.codes is not None
    assert np.array_equal(level.z, series.z)


def test_operators_leave_their_series_alone_and_compose() -> None:
    series = random_series()
    before = series.z.copy(), series.loudness_db.copy()
    result = (
        series.scale(2).bias(1, dimensions="loudness").reverse().smooth(10).stretch(1.5).random(0.1).loop(2)
    )
    assert len(result) == 150
    assert result.z.dtype == result.loudness_db.dtype == np.float32
    assert np.array_equal(series.z, before[0])
    assert np.array_equal(series.loudness_db, before[1])


@settings(max_examples=40, deadline=None)
@given(all_series())
def test_identities(series: LatentSeries) -> None:
    everything: Dimensions = [*range(series.latents), "loudness"]
    for same in (
        series.reverse().reverse(),
        series.reverse(dimensions=everything).reverse(dimensions=everything),
        series.scale(1, dimensions=everything),
        series.bias(0, dimensions=everything),
        series.random(0, dimensions=everything),
        series.stretch(1),
        series.loop(1),
        series.clip(-200, 200, dimensions=everything),
        series.mix(series.reverse(), 0),
        series.reverse().mix(series, 1),
        series.mix(series, 0.3),
    ):
        assert_same(same, series)


@settings(max_examples=60, deadline=None)
@given(all_series(), st.floats(1, 20))
def test_stretch_and_back_keeps_the_length(series: LatentSeries, factor: float) -> None:
    back = series.stretch(factor).stretch(1 / factor)
    assert len(back) == len(series)
    assert back.length_samples is not None
    assert series.length_samples is not None
    assert abs(back.length_samples - series.length_samples) <= 1


@settings(max_examples=40, deadline=None)
@given(all_series(), st.floats(-5, 5), st.integers(0, 9))
def test_silence_stays_silence(series: LatentSeries, amount: float, seed: int) -> None:
    silent = series.loudness_db <= -100
    for changed in (
        series.scale(amount, dimensions="loudness"),
        series.bias(20 * amount, dimensions="loudness"),
        series.random(abs(amount), seed=seed, dimensions="loudness"),
        series.quantise(abs(amount) + 0.1, dimensions="loudness"),
        series.mix(series.scale(2, dimensions="loudness"), amount),
    ):
        assert (changed.loudness_db[silent] <= -100).all()
        assert np.isfinite(changed.loudness_db).all()


@pytest.mark.parametrize("frames", [0, 1, 2])
def test_the_shortest_series(frames: int) -> None:
    series = series_of(np.ones(frames), length_samples=0)
    everything: Dimensions = [0, "loudness"]
    for changed in (
        series.scale(2, dimensions=everything),
        series.random(1, smoothness_hz=1, dimensions=everything),
        series.smooth(1, dimensions=everything),
        series.reverse(),
        series.stretch(1),
        series.mix(series),
    ):
        assert len(changed) == frames
    assert len(series.stretch(0.01)) == min(frames, 1)
    assert len(series.concatenate(series)) == len(series.loop(2)) == 2 * frames


def other(frames: int = 50, latents: int = 3, rate: float = RATE) -> LatentSeries:
    return replace(random_series(frames, latents), frame_rate_hz=rate)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda s: s.scale(float("nan")), UsageError, "scale is nan; it must be finite"),
        (lambda s: s.bias(float("inf")), UsageError, "bias is inf"),
        (lambda s: s.scale("loud"), UsageError, "scale is 'loud'; it must be a number"),
        (lambda s: s.scale(1e39), SeriesError, "z is -?inf at frame 0"),
        (lambda s: s.scale(2, dimensions=99), UsageError, "dimension is 99; there are 0 to 2 and 'loudness'"),
        (lambda s: s.scale(2, dimensions=-1), UsageError, "dimension is -1"),
        (lambda s: s.scale(2, dimensions=[0, "pitch"]), UsageError, "dimension is 'pitch'"),
        (lambda s: s.scale(2, dimensions=True), UsageError, "dimension is True"),
        (lambda s: s.random(-1), UsageError, "random is -1; it must be 0 or more"),
        (lambda s: s.random(1, smoothness_hz=0), UsageError, "smoothness_hz is 0; it must be more than 0"),
        (lambda s: s.random(1, seed=-1), UsageError, "seed is -1"),
        (lambda s: s.random(1, seed=0.5), UsageError, "seed is 0.5; it must be a whole number"),
        (lambda s: s.smooth(0), UsageError, "smooth is 0; it must be more than 0"),
        (lambda s: s.stretch(0), UsageError, "stretch is 0"),
        (lambda s: s.stretch(-2), UsageError, "stretch is -2"),
        (lambda s: s.stretch(1e9), UsageError, f"50000000000 frames; a series has {MAX_FRAMES}"),
        (lambda s: s.quantise(0), UsageError, "quantise is 0"),
        (lambda s: s.clip(1, 0), UsageError, "low must not be above high"),
        (lambda s: s.clip([0, 0], 1), UsageError, r"low is \[0.0, 0.0\]; .* or 3 of them"),
        (lambda s: s.clip(0, float("nan")), UsageError, "high is nan"),
        (lambda s: s.clip([0] * 3, 1, dimensions=[0, "loudness"]), UsageError, "low is"),
        (lambda s: s.mix(s, float("nan")), UsageError, "weight is nan"),
        (
            lambda s: s.mix(other(40)),
            SeriesError,
            "50 here, 40 in the other series; stretch the other by 1.25",
        ),
        (lambda s: s.mix(other(latents=2)), SeriesError, "3 dimensions here and 2 in the other"),
        (
            lambda s: s.concatenate(other(rate=50)),
            SeriesError,
            "100 frames a second here and 50 in the other",
        ),
        (lambda s: s.concatenate(s, crossfade_seconds=-1), UsageError, "crossfade_seconds is -1"),
        (lambda s: s.concatenate(other(9), crossfade_seconds=0.1), UsageError, "it can be 0.090 at most"),
        (lambda s: s.loop(0), UsageError, "loop is 0; it must be 1 or more"),
        (lambda s: s.loop(1.5), UsageError, "loop is 1.5; it must be a whole number"),
        (lambda s: s.loop(10**9), UsageError, "50000000000 frames"),
        (lambda s: s.loop(2, crossfade_seconds=0.3), UsageError, "it can be 0.250 at most"),
    ],
)
def test_what_makes_no_sense_is_refused(call, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        call(random_series())


def test_requantised_series_is_what_decoding_plays(tiny_models: dict[str, Path]) -> None:
    engine = load(tiny_models["discrete"])
    codes = np.array([3, 3, 17, 30, 5])
    assert engine.codebook is not None
    exact = LatentSeries(
        engine.codebook[codes], np.full(5, -20.0), engine.signal.frame_rate_hz, engine.model_id, codes, 100
    )
    moved = exact.random(1e-3)
    assert moved.codes is None
    again = engine.requantise(moved)
    assert again.codes is not None
    assert again.codes.tolist() == codes.tolist()
    np.testing.assert_allclose(again.z, exact.z, atol=1e-5)
    assert again.length_samples == 100
    far = exact.scale(-1.5)
    np.testing.assert_array_equal(engine.decode(far), engine.decode(engine.requantise(far)))


def test_requantising_leaves_a_continuous_series(tiny_models: dict[str, Path]) -> None:
    engine = load(tiny_models["continuous"])
    series = LatentSeries(np.ones((3, 4)), np.zeros(3), engine.signal.frame_rate_hz, "x")
    assert engine.requantise(series) is series
    with pytest.raises(SeriesError, match="3 dimensions and the model 4"):
        engine.requantise(series_of(np.zeros((2, 3))))


@pytest.mark.parametrize("factor", [0.01, 0.1, 0.5, 0.77, 1.3, 3.0])
def test_a_stretched_sound_is_as_long_as_it_should_be(tiny_models: dict[str, Path], factor: float) -> None:
    engine = load(tiny_models["continuous"])
    noise = np.random.default_rng(0).standard_normal(16_123).astype(np.float32)
    series = engine.encode(0.1 * noise, 16_000).stretch(factor)
    assert engine.decode(series).shape == (round(16_123 * factor),)
