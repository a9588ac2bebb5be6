"""Controls at work on frames: known answers, and nothing jumps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from timbrespace.config import preset
from timbrespace.latents import LatentSeries
from timbrespace.live.controls import Settings
from timbrespace.live.plane import PlaneLoops
from timbrespace.live.shaping import Shaper

SIGNAL = preset("tiny").signal
RATE_HZ = SIGNAL.frame_rate_hz
FIRST = SIGNAL.n_fft // SIGNAL.hop  # frames that lie partly before the start


def frames(count: int, value: float = 0.0, level_db: float = -20.0) -> tuple[np.ndarray, np.ndarray]:
    return np.full((count, 3), value, np.float32), np.full(count, level_db, np.float32)


def series(value: float, level_db: float, count: int = 40) -> LatentSeries:
    return LatentSeries(*frames(count, value, level_db), RATE_HZ, "m")


@pytest.fixture
def settings() -> Settings:
    return Settings([3.0, 3.0, 1.0], plane=True)


@pytest.fixture
def shaper(settings: Settings) -> Shaper:
    return Shaper(settings, SIGNAL, np.array([3.0, 3.0, 1.0]))


def test_at_the_defaults_frames_pass_bit_for_bit(shaper: Shaper) -> None:
    rng = np.random.default_rng(0)
    z = rng.standard_normal((50, 3)).astype(np.float32)
    level = rng.uniform(-90, 0, 50).astype(np.float32)
    new_z, new_level = shaper(z.copy(), level.copy())
    assert np.array_equal(new_z, z)
    assert np.array_equal(new_level, level)


def test_scale_comes_before_bias_and_arrives_without_a_jump(settings: Settings, shaper: Shaper) -> None:
    shaper(*frames(1, 1.0))
    settings.set("z/1/scale", [2.0])
    settings.set("z/1/bias", [-0.5])
    settings.set("loudness/offset", [-12.0])
    z, level = shaper(*frames(100, 1.0))
    assert z[-1].tolist() == [1.0, 1.5, 1.0]
    assert level[-1] == pytest.approx(-32.0)
    assert np.abs(np.diff(z[:, 1], prepend=1.0)).max() < 0.25
    assert np.all(np.diff(level, prepend=-20.0) <= 0)
    assert np.abs(np.diff(level, prepend=-20.0)).max() < 3.0


def test_silence_stays_silent(settings: Settings, shaper: Shaper) -> None:
    settings.set("loudness/offset", [24.0])
    assert shaper(*frames(50, 0.0, -100.0))[1].max() <= -100.0


def test_freeze_holds_what_was_there_and_lets_go_smoothly(settings: Settings, shaper: Shaper) -> None:
    shaper(*frames(FIRST + 1, 1.0))
    settings.set("freeze", [1])
    held, level = shaper(*frames(20, 2.0, -50.0))
    assert np.all(held == 2.0)  # the first frame that was heard frozen
    assert np.all(level == -50.0)
    assert np.all(shaper(*frames(20, -2.0))[0] == 2.0)
    settings.set("freeze", [0])
    back = shaper(*frames(200, -2.0))[0][:, 0]
    assert back[-1] == -2.0
    assert np.abs(np.diff(back, prepend=2.0)).max() < 1.0
    settings.set("loudness/freeze", [1])
    shaper(*frames(1, 0.0, -30.0))
    assert np.all(shaper(*frames(9, 0.0, -70.0))[1] == -30.0)


def test_freezing_again_while_letting_go_holds_what_is_heard(settings: Settings, shaper: Shaper) -> None:
    shaper(*frames(FIRST, 0.0))
    settings.set("freeze", [1])
    shaper(*frames(1, 1.0))
    settings.set("freeze", [0])
    on_the_way = shaper(*frames(3, 0.0))[0][-1]
    assert 0.0 < on_the_way[0] < 1.0
    settings.set("freeze", [1])
    again = shaper(*frames(5, 0.0))[0]
    assert np.all(again == again[0])
    assert np.allclose(again[0], on_the_way)


@pytest.mark.parametrize(("corner", "value"), [((0, 0), 1.0), ((1, 0), 2.0), ((0, 1), 3.0), ((1, 1), 4.0)])
def test_the_corners_of_the_plane_are_its_sounds(
    settings: Settings, corner: tuple[float, float], value: float
) -> None:
    plane = PlaneLoops([series(v, -10.0 * v) for v in (1.0, 2.0, 3.0, 4.0)], SIGNAL)
    settings.set("plane", corner)
    shaper = Shaper(settings, SIGNAL, np.full(3, 3.0), plane)
    z, level = shaper(*frames(5, -1.0, -33.0))
    assert np.allclose(z, value)
    assert np.allclose(level, -33.0)
    settings.set("plane/loudness", [1.0])
    settings.set("plane/amount", [0.5])
    z, level = shaper(*frames(200, -1.0, -33.0))
    assert np.allclose(z[-1], (value - 1.0) / 2)
    assert np.allclose(level[-1], -10.0 * value)


def test_a_loop_has_no_seam_and_its_edges_are_left_out() -> None:
    count = 60
    rising = LatentSeries(
        np.linspace(0, 1, count)[:, None].astype(np.float32), np.full(count, -20.0), RATE_HZ, "m"
    )
    plane = PlaneLoops([rising] * 4, SIGNAL)
    values = np.array([plane.at(frame, (0, 0))[0][0] for frame in range(3 * count)])
    edge = FIRST - 1
    assert values.min() > rising.z[edge, 0] - 1e-6
    assert values.max() < rising.z[count - edge, 0]
    assert np.abs(np.diff(values)).max() < 0.15  # without a seam it would fall by nearly 1
    coded = replace(rising, codes=np.arange(count))
    loop = PlaneLoops([coded] * 4, SIGNAL)
    assert {loop.at(frame, (0, 0))[0][0] for frame in range(200)} <= set(coded.z[:, 0].astype(np.float64))


def test_one_model_takes_over_from_another(settings: Settings) -> None:
    every = [series(v, -20.0) for v in (1.0, 2.0, 3.0, 4.0)]
    first, second = (Shaper(settings, SIGNAL, np.full(3, 3.0), PlaneLoops(every, SIGNAL)) for _ in range(2))
    settings.set("loudness/offset", [-6.0])
    first(*frames(FIRST + 2))
    settings.set("loudness/freeze", [1])
    first(*frames(1, 0.0, -30.0))
    second.take_over(first)
    level = second(*frames(3, 0.0, -80.0))[1]
    assert np.all(np.abs(level - -36.0) < 4.0)
