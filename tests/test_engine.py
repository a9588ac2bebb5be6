"""A loaded model: lengths and places kept, gain left out of the latents, streams equal to offline."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import RATE, TINY, make_tone
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import noise

from timbrespace import engine as engine_module
from timbrespace.config import KINDS, LOUDNESS_FLOOR_DB, Kind
from timbrespace.engine import Engine, load
from timbrespace.errors import SeriesError, UsageError
from timbrespace.latents import LatentSeries

HOP = TINY.signal.hop


@pytest.fixture(scope="module")
def engines(tiny_models: dict[str, Path]) -> dict[str, Engine]:
    """Tiny untrained models by kind."""
    return {kind: load(path) for kind, path in tiny_models.items()}


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, engines: dict[str, Engine]) -> Engine:
    """One model after the other."""
    return engines[request.param]


def test_encoding_is_deterministic(engine: Engine) -> None:
    one, again = (engine.encode(make_tone(0.5), RATE) for _ in range(2))
    assert np.array_equal(one.z, again.z)
    assert np.array_equal(one.loudness_db, again.loudness_db)


@pytest.mark.parametrize("gain_db", [-24.0, 24.0])
def test_gain_leaves_the_latents_alone(engine: Engine, gain_db: float) -> None:
    tone = make_tone(0.5) + noise(RATE // 2, level=0.01)
    plain, scaled = (engine.encode(sound, RATE) for sound in (tone, tone * np.float32(10 ** (gain_db / 20))))
    np.testing.assert_allclose(scaled.z, plain.z, atol=1e-4)
    np.testing.assert_allclose(scaled.loudness_db, plain.loudness_db + gain_db, atol=1e-3)


@pytest.mark.parametrize("samples", [0, 1, 127, 128, 129, 5000])
def test_decoded_sound_has_the_length_of_the_source(engine: Engine, samples: int) -> None:
    sound = make_tone(1.0)[:samples]
    back = engine.decode(engine.encode(sound, RATE))
    assert back.shape == (samples,)
    assert back.dtype == np.float32
    assert np.isfinite(back).all()


@pytest.mark.parametrize("start", [4000, 4050, 4100])
def test_decoded_sound_stands_where_the_source_stood(engine: Engine, start: int) -> None:
    sound = np.zeros(RATE, np.float32)
    sound[start : start + 4000] = noise(4000)
    energy = np.cumsum(engine.decode(engine.encode(sound, RATE)) ** 2)
    begins, ends = (int(np.searchsorted(energy, share * energy[-1])) for share in (0.02, 0.98))
    assert abs(begins - start) < 2 * HOP
    assert abs(ends - start - 4000) < 2 * HOP
    assert energy[start - TINY.signal.n_fft] < 1e-4 * energy[-1]


def test_silence_is_exact_silence(engine: Engine) -> None:
    series = engine.encode(np.zeros(4000, np.float32), RATE)
    assert (series.loudness_db == LOUDNESS_FLOOR_DB).all()
    assert not engine.decode(series).any()
    assert not engine.convert(1e-7 * make_tone(0.5), RATE).any()


def test_stereo_is_two_series_and_two_channels(engine: Engine) -> None:
    stereo = np.stack([make_tone(0.4), make_tone(0.4, frequency_hz=450.0)])
    left, right = engine.encode(stereo, RATE)
    assert np.array_equal(right.z, engine.encode(stereo[1], RATE).z)
    assert not np.array_equal(left.z, right.z)
    converted = engine.convert(stereo, RATE)
    assert converted.shape == stereo.shape
    assert np.array_equal(converted[0], engine.convert(stereo[0], RATE))


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000])
def test_other_rates_come_back_at_their_own(engine: Engine, rate: int) -> None:
    sound = make_tone(0.5, rate)
    assert engine.convert(sound, rate).shape == sound.shape
    assert engine.convert(sound, rate, output_rate=RATE).shape == (RATE // 2,)
    series = engine.encode(sound, rate)
    assert series.length_samples == RATE // 2
    assert len(engine.decode(series, sample_rate=rate)) == len(sound)


def test_convert_is_encode_and_decode(engine: Engine) -> None:
    tone = make_tone(0.5)
    converted = engine.convert(tone, RATE, pitch="model")
    assert np.array_equal(converted, engine.decode(engine.encode(tone, RATE)))


def test_convert_gain_scales_the_output(engines: dict[str, Engine]) -> None:
    engine = engines["discrete"]  # its spectra do not hang on loudness
    plain, louder = (engine.convert(make_tone(0.5), RATE, gain_db=gain_db) for gain_db in (0.0, 6.0))
    assert 20 * np.log10(louder.std() / plain.std()) == pytest.approx(6.0, abs=0.01)


def test_seed_chooses_the_noise(engine: Engine) -> None:
    series = engine.encode(make_tone(0.3), RATE)
    assert np.array_equal(engine.decode(series, seed=1), engine.decode(series, seed=1))
    assert not np.array_equal(engine.decode(series, seed=1), engine.decode(series, seed=2))


@pytest.mark.parametrize("frames", [1, 7, 1000])
def test_block_size_changes_nothing(engine: Engine, frames: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tone = make_tone(0.4)
    whole = engine.encode(tone, RATE)
    sound = engine.decode(whole)
    monkeypatch.setattr(engine_module, "BLOCK_FRAMES", frames)
    np.testing.assert_allclose(engine.encode(tone, RATE).z, whole.z, atol=1e-5)
    assert _distance_db(sound, engine.decode(whole)) < 0.1


def _distance_db(reference: np.ndarray, output: np.ndarray) -> float:
    from timbrespace.scores.sound import log_spectral_distance

    return log_spectral_distance(reference, output, 2048)


@given(sizes=st.lists(st.integers(0, 700), min_size=1, max_size=12), kind=st.sampled_from(KINDS))
@settings(max_examples=20, deadline=None)
def test_stream_gives_as_many_samples_as_it_gets(
    engines: dict[str, Engine], sizes: list[int], kind: Kind
) -> None:
    stream = engines[kind].stream()
    tone = make_tone(1.0)
    for size in sizes:
        assert len(stream.process(tone[:size])) == size


@pytest.mark.parametrize("block", [1000, HOP, 3 * HOP, 37])
def test_stream_equals_offline(engine: Engine, block: int) -> None:
    tone = make_tone(0.5)
    stream = engine.stream()
    late = stream.latency_samples
    played = np.concatenate(
        [
            stream.process(piece)
            for piece in np.split(np.pad(tone, (0, late)), range(block, len(tone) + late, block))
        ]
    )
    assert not played[: late - TINY.signal.n_fft].any()
    assert _distance_db(engine.convert(tone, RATE, pitch="model"), played[late:]) < 0.1


def test_stream_survives_faults_in_its_input(engine: Engine) -> None:
    stream = engine.stream()
    broken = make_tone(0.3)
    broken[100:200], broken[300] = np.nan, np.inf
    assert np.isfinite(stream.process(broken)).all()
    assert np.isfinite(stream.process(make_tone(0.3))).all()


def test_edited_discrete_latents_are_quantised_again(engines: dict[str, Engine]) -> None:
    engine = engines["discrete"]
    series = engine.encode(make_tone(0.4), RATE)
    assert engine.codebook is not None
    assert series.codes is not None
    np.testing.assert_allclose(series.z, engine.codebook[series.codes], atol=1e-5)
    nudged = replace(series, z=series.z + np.float32(1e-3))
    np.testing.assert_allclose(engine.decode(nudged), engine.decode(series), atol=1e-6)


def test_continuous_model_has_no_codes(engines: dict[str, Engine]) -> None:
    assert engines["continuous"].codebook is None
    assert engines["continuous"].encode(make_tone(0.2), RATE).codes is None


def test_a_series_of_another_shape_of_model_is_refused(engine: Engine) -> None:
    rate = engine.signal.frame_rate_hz
    level = np.full(5, -20.0, np.float32)
    with pytest.raises(SeriesError, match=r"9 dimensions and the model 4: it was made by model other"):
        engine.decode(LatentSeries(np.zeros((5, 9), np.float32), level, rate, "other"))
    with pytest.raises(SeriesError, match=r"86\.1.* frames a second and the model 125"):
        engine.decode(LatentSeries(np.zeros((5, 4), np.float32), level, 44_100 / 512, "other"))
    with pytest.raises(SeriesError, match="no frames"):
        engine.decode(LatentSeries(np.zeros((0, 4), np.float32), level[:0], rate, "other"))


def test_prior_and_magnitudes(engine: Engine) -> None:
    series = engine.prior_series(300, -20.0, seed=4)
    assert np.array_equal(series.z, engine.prior_series(300, -20.0, seed=4).z)
    magnitudes = engine.decode_magnitudes(series)
    assert magnitudes.shape == (300, TINY.signal.bins)
    assert (magnitudes > 0).all()
    tone = make_tone(0.3)
    frames, loudness_db = engine.frame_magnitudes(tone, RATE)
    np.testing.assert_allclose(loudness_db, engine.encode(tone, RATE).loudness_db, atol=1e-4)
    assert frames.shape == (len(loudness_db), TINY.signal.bins)


def test_threads_must_be_positive(tiny_models: dict[str, Path]) -> None:
    with pytest.raises(UsageError, match="threads is 0"):
        load(tiny_models["continuous"], threads=0)


def test_progress_rises_to_the_whole(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "BLOCK_FRAMES", 16)
    shares: list[float] = []
    engine.convert(np.stack([make_tone(0.5)] * 2), RATE, progress=shares.append)
    assert len(shares) > 8
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_length_that_the_frames_do_not_hold_is_refused(engine: Engine) -> None:
    series = replace(engine.encode(make_tone(0.2), RATE), length_samples=2**39)
    with pytest.raises(SeriesError, match="length_samples is 549755813888"):
        engine.decode(series)
