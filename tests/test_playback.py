"""Frames to sound as they come: for any pieces the same as offline, whatever comes in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import RATE
from stream_help import HOP, N_FFT, a_sound

from timbrespace.config import KINDS, LOUDEST_PLAYED_DB, LOUDNESS_FLOOR_DB
from timbrespace.engine import Engine, load
from timbrespace.errors import SeriesError, UsageError
from timbrespace.latents import LatentSeries
from timbrespace.playback import Playback
from timbrespace.scores.sound import log_spectral_distance


@pytest.fixture(scope="module")
def engines(tiny_models: dict[str, Path]) -> dict[str, Engine]:
    return {kind: load(path) for kind, path in tiny_models.items()}


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, engines: dict[str, Engine]) -> Engine:
    return engines[request.param]


def play(playback: Playback, series: LatentSeries, sizes: list[int]) -> np.ndarray:
    """All frames in pieces of the sizes, over and over, and silence until the last of it is out."""
    after = N_FFT // HOP
    z = np.concatenate([series.z, np.repeat(series.z[-1:], after, axis=0)])
    loudness_db = np.concatenate([series.loudness_db, np.full(after, LOUDNESS_FLOOR_DB)])
    pieces, start = [], 0
    while start < len(z):
        size = sizes[len(pieces) % len(sizes)]
        piece = playback.play(z[start : start + size], loudness_db[start : start + size])
        assert len(piece) == len(z[start : start + size]) * HOP
        pieces.append(piece)
        start += size
    return np.concatenate(pieces)[playback.latency_samples :][: series.length_samples]


@pytest.mark.parametrize("recorded", [True, False])
@pytest.mark.parametrize("sizes", [[1], [1, 5, 3], [1000]])
def test_any_pieces_give_what_decode_gives(engine: Engine, sizes: list[int], recorded: bool) -> None:
    series = engine.encode(a_sound(), RATE)
    played = play(engine.playback(recorded=recorded, seed=3), series, sizes)
    assert len(played) == series.length_samples
    assert log_spectral_distance(engine.decode(series, seed=3), played, 2048) <= 0.1


def test_frames_glide_as_decode_has_them_glide(engine: Engine) -> None:
    series = engine.encode(a_sound(), RATE)
    played = play(engine.playback(glide_frames=3), series, [1])
    assert log_spectral_distance(engine.decode(series, glide_frames=3), played, 2048) <= 0.1
    assert log_spectral_distance(engine.decode(series, glide_frames=1), played, 2048) > 0.5


def test_reset_forgets_everything(engine: Engine) -> None:
    series, playback = engine.encode(a_sound(), RATE), engine.playback()
    first = playback.play(series.z, series.loudness_db)
    playback.reset()
    assert np.array_equal(playback.play(series.z, series.loudness_db), first)


def test_two_that_share_a_model_play_apart(engine: Engine) -> None:
    series = engine.encode(a_sound(), RATE)
    one, other = engine.playback(), engine.playback()
    whole = engine.playback().play(series.z, series.loudness_db)
    pieces = []
    for start in range(len(series)):
        frame = slice(start, start + 1)
        pieces.append(one.play(series.z[frame], series.loudness_db[frame]))
        other.play(-series.z[frame], series.loudness_db[frame] - 6.0)
    assert log_spectral_distance(whole, np.concatenate(pieces), 2048) <= 0.1


def test_seed_and_aperiodicity_change_the_noise(engine: Engine) -> None:
    series = engine.encode(a_sound(), RATE)
    sounds = []
    for seed, aperiodicity in ((0, 1.0), (1, 1.0), (0, 0.0), (1, 0.0)):
        playback = engine.playback(seed=seed)
        playback.aperiodicity = aperiodicity
        sounds.append(playback.play(series.z, series.loudness_db))
    assert not np.array_equal(sounds[0], sounds[1])
    assert not np.array_equal(sounds[0], sounds[2])
    np.testing.assert_allclose(sounds[2], sounds[3], atol=1e-6)  # no noise, whatever its seed


def test_nothing_is_played_louder_than_a_stage_bears(engine: Engine) -> None:
    z = np.zeros((20, engine.config.latents), np.float32)
    loudest = engine.playback().play(z, np.full(20, LOUDEST_PLAYED_DB))
    assert np.array_equal(engine.playback().play(z, np.full(20, 80.0)), loudest)
    assert np.array_equal(engine.playback().play(z, np.full(20, np.inf)), loudest)


def test_faults_pass_and_leave_nothing_behind(engine: Engine) -> None:
    playback, series = engine.playback(), engine.encode(a_sound(), RATE)
    bad = np.full((6, engine.config.latents), np.nan)
    assert np.isfinite(playback.play(bad, np.full(6, -20.0))).all()
    assert not playback.play(np.zeros((12, engine.config.latents)), np.full(12, np.nan))[-4 * HOP :].any()
    assert np.isfinite(playback.play(series.z, series.loudness_db)).all()


def test_no_frames_give_no_sound(engine: Engine) -> None:
    assert engine.playback().play(np.zeros((0, engine.config.latents)), np.zeros(0)).shape == (0,)


@pytest.mark.parametrize(("z", "level"), [((3, 5), (3,)), ((4,), (4,)), ((3, 4), (2,)), ((3, 4), (3, 1))])
def test_other_shapes_are_refused(engine: Engine, z: tuple[int, ...], level: tuple[int, ...]) -> None:
    with pytest.raises(SeriesError, match="this model plays z"):
        engine.playback().play(np.zeros(z), np.zeros(level))


def test_what_cannot_be_set_is_refused(engine: Engine) -> None:
    playback = engine.playback()
    for name, value in (("seed", -1), ("seed", 1.5), ("aperiodicity", 3.0), ("aperiodicity", "much")):
        with pytest.raises(UsageError, match=name):
            setattr(playback, name, value)
    with pytest.raises(UsageError, match="glide_frames is 0"):
        engine.playback(glide_frames=0)
