"""Plane, morph, freeze and walk in real Pure Data, against what Python makes of the same numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pd_rig
import pytest
from numpy.typing import NDArray
from pd_rig import FRAME_RATE_HZ, HOP, LATENTS

from timbrespace.interpolation import mix
from timbrespace.latents import LatentSeries
from timbrespace.patches import layout
from timbrespace.plane import CORNERS, REACHES_ALL, blend, weights

FRAMES = 12
PLACES = [(0.3, 0.7), (0.0, 0.0), (1.0, 0.0), (0.5, 0.5), (0.2, 0.9), (1.0, 1.0), (0.123, 0.456)]
APART = (((0.1, 0.2), (0.9, 0.1), (0.2, 0.8), (0.7, 0.7)), (0.3, 0.5, 0.2, 0.4))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("blends")
    layout.lay_out(place / "pd", pd_rig.write_model(place / "toy.ts", pd_rig.describe()))
    return place / "pd"


def series(seed: int = 0, frames: int = FRAMES) -> LatentSeries:
    rng = np.random.default_rng(seed)
    level = rng.uniform(-70, -10, frames)
    level[3::7] = -120.0
    return LatentSeries(rng.standard_normal((frames, LATENTS)), level, FRAME_RATE_HZ, "toy")


def at_places(folder: Path, before: str, places: list[tuple[float, float]]) -> NDArray[np.float64]:
    """The weights that `ts.weights` gives at each place, [L, 4]."""
    nothing = np.zeros((0, 0))
    timed = [(0.0, before), *((64.0 * n, f"x {x}, y {y}") for n, (x, y) in enumerate(places, 1))]
    samples = 64 * (len(places) + 2)
    done = pd_rig.drive(folder, "ts.weights", nothing, samples, {0: timed}, outlets=0, prints=[0])
    given = np.array(done.printed("0"), dtype=np.float64)
    assert len(done.console) == len(given)
    return given[-2 * len(places) + 1 :: 2]


def test_weights_in_the_corners(folder: Path) -> None:
    np.testing.assert_allclose(at_places(folder, "", PLACES), weights(PLACES, CORNERS), atol=2e-6)


def test_weights_of_points_anywhere(folder: Path) -> None:
    points, radii = APART
    moves = [f"point {name} {x} {y}" for name, (x, y) in zip("ABCD", points, strict=True)]
    reach = [f"radius {name} {radius}" for name, radius in zip("ABCD", radii, strict=True)]
    places = [*PLACES, *points]  # on a point, between, and where none reaches
    got = at_places(folder, ", ".join(moves + reach), places)
    np.testing.assert_allclose(got, weights(places, points, radii), atol=2e-6)


def test_where_none_reaches_the_first_of_the_nearest_plays(folder: Path) -> None:
    got = at_places(folder, "radius all 0.1", [(0.5, 0.5), (0.9, 0.5)])
    assert (
        got.tolist()
        == weights([(0.5, 0.5), (0.9, 0.5)], CORNERS, 0.1).tolist()
        == [[1, 0, 0, 0], [0, 1, 0, 0]]
    )


def test_plane_plays_what_was_stored(folder: Path) -> None:
    """Frames 1 to 4 kept as A to D; a place gives `plane.blend` of them; the weights come out last."""
    a, place = series(), (0.3, 0.6)
    stores = [((n + 1.5) * HOP, f"store {name}") for n, name in enumerate("ABCD")]
    timed = [*stores, (6 * HOP, f"x {place[0]}, y {place[1]}"), (8 * HOP, "live-loudness 1")]
    done = pd_rig.drive(
        folder,
        "ts.plane~ kept",
        pd_rig.held(a),
        FRAMES * HOP,
        {0: timed},
        outlets=LATENTS + 1,
        prints=[LATENTS + 1],
    )
    share = weights([place], CORNERS, REACHES_ALL)
    corners = [LatentSeries(a.z[[n]], a.loudness_db[[n]], FRAME_RATE_HZ, "toy") for n in range(1, 5)]
    expected = blend(corners, share)
    got = done.frames(FRAMES)
    np.testing.assert_allclose(got[7, :LATENTS], expected.z[0], atol=1e-5)
    assert got[7, -1] == pytest.approx(expected.loudness_db[0], abs=1e-4)
    assert got[9:, -1].tolist() == a.loudness_db[9:].tolist()
    np.testing.assert_allclose(np.array(done.printed(str(LATENTS + 1))[-1], float), share[0], atol=2e-6)
    assert got[0].tolist() == [0.0, 0.0, 0.0, -100.0]  # nothing was stored yet: silence


def test_plane_in_a_file(folder: Path) -> None:
    """What one plane writes another reads, and so does Python: a series of four frames."""
    a = series(1)
    stores = [((n + 1.5) * HOP, f"store {name}") for n, name in enumerate("ABCD")]
    timed = [*stores, (7 * HOP, "write plane.csv")]
    pd_rig.drive(folder, "ts.plane~ one", pd_rig.held(a), FRAMES * HOP, {0: timed}, outlets=0)
    points = LatentSeries.from_csv(folder / "plane.csv", frame_rate_hz=FRAME_RATE_HZ, model_id="toy")
    np.testing.assert_allclose(points.z, a.z[1:5], rtol=1e-6)
    np.testing.assert_allclose(points.loudness_db, np.maximum(a.loudness_db[1:5], -100), rtol=1e-6)
    words = {0: [(0, "read plane.csv"), (HOP, "x 1, y 0")]}
    done = pd_rig.drive(folder, "ts.plane~ two", pd_rig.held(a), FRAMES * HOP, words, outlets=LATENTS + 1)
    np.testing.assert_allclose(done.frames(FRAMES)[3, :LATENTS], a.z[2], rtol=1e-6)


def test_a_file_of_another_model_is_refused(folder: Path) -> None:
    (folder / "other.csv").write_text("seconds,loudness_db,z0\n0,-20,1\n")
    for name in ("other.csv", "not-there.csv"):
        done = pd_rig.drive(
            folder,
            "ts.record~ other",
            np.zeros((0, 0)),
            256,
            {0: [(0, f"read {name}")]},
            outlets=0,
            prints=[0],
        )
        assert done.printed("0") == []
        assert any(f"needs {LATENTS + 2} columns" in line for line in done.console), done.console


@pytest.mark.parametrize(
    ("words", "shares"),
    [
        ("", [1, 0, 0, 0]),
        ("weights 0.5 0.5 0 0", [0.5, 0.5, 0, 0]),
        ("weights 1 2 3 4", [0.1, 0.2, 0.3, 0.4]),
        ("a 0, c 3, d 1", [0, 0, 0.75, 0.25]),
        ("weights 1 2 3 4, weights 3 1", [0.75, 0.25, 0, 0]),
        ("weights 1 2 3 4, weights 5", [1, 0, 0, 0]),
        ("weights 1.5 -0.5 0.5 0", [0.75, 0, 0.25, 0]),
        ("a -1, b -2, d 0.001", [0, 0, 0, 1]),
    ],
)
def test_morph(folder: Path, tmp_path: Path, words: str, shares: list[float]) -> None:
    """Four sounds; in the place of nn~ something that makes channel n of each n times the sound."""
    sounds = np.array([0.5, -0.25, 1.0, -40.0])
    paths = [pd_rig.stand_in(tmp_path / "nn", LATENTS + 1)]
    signals = np.tile(sounds, (4 * HOP, 1))
    done = pd_rig.drive(
        folder, "ts.morph~", signals, 4 * HOP, {0: [(0, words)]}, outlets=LATENTS + 1, paths=paths
    )
    encoded = np.outer(sounds, [1, *range(1, LATENTS + 1)])  # channel 0 is the sound itself
    every = [LatentSeries(one[None, :LATENTS], one[-1:], FRAME_RATE_HZ, "toy") for one in encoded]
    expected = mix(every, np.array([shares]), np.array([shares]))
    np.testing.assert_allclose(
        done.frames(4)[2], [*expected.z[0], expected.loudness_db[0]], rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("words", ["weights 0 0 0 0", "weights -1 0 0 -2", "a 0", "weights"])
def test_morph_of_nothing_is_silence(folder: Path, tmp_path: Path, words: str) -> None:
    """Neither as loud as 0 dB, nor what a division by 0 gives."""
    paths = [pd_rig.stand_in(tmp_path / "nn", LATENTS + 1)]
    signals = np.tile([0.5, -0.25, 1.0, -40.0], (4 * HOP, 1))
    done = pd_rig.drive(
        folder, "ts.morph~", signals, 4 * HOP, {0: [(0, words)]}, outlets=LATENTS + 1, paths=paths
    )
    assert done.frames(4)[2].tolist() == [0.0] * LATENTS + [-100.0]


def test_morph_by_signals(folder: Path, tmp_path: Path) -> None:
    sounds, shares = [0.5, -0.25, 1.0, -40.0], [0.25, 0.0, 0.75, 0.0]
    paths = [pd_rig.stand_in(tmp_path / "nn", LATENTS + 1)]
    signals = np.tile([*sounds, *shares], (4 * HOP, 1))
    words = {0: [(0, "weights 0 0 0 0")]}
    done = pd_rig.drive(folder, "ts.morph~", signals, 4 * HOP, words, outlets=LATENTS + 1, paths=paths)
    assert done.frames(4)[2, 1] == pytest.approx(0.25 * 0.5 + 0.75 * 1.0)
    signals[:, 6] = -0.75  # only a counts
    done = pd_rig.drive(folder, "ts.morph~", signals, 4 * HOP, words, outlets=LATENTS + 1, paths=paths)
    assert done.frames(4)[2, 1] == pytest.approx(0.5)


def test_freeze(folder: Path) -> None:
    a = series(2)
    x = np.column_stack([a.z, a.loudness_db])
    timed = [(2.5 * HOP, "z1 1"), (5.5 * HOP, "all 1"), (8 * HOP, "z1 0"), (9 * HOP, "all 0")]
    done = pd_rig.drive(folder, "ts.freeze~", pd_rig.held(a), FRAMES * HOP, {0: timed}, outlets=LATENTS + 1)
    expected = x.copy()
    expected[2:8, 1] = x[2, 1]
    expected[5:9, [0, 2, 3]] = x[5, [0, 2, 3]]
    assert np.array_equal(done.frames(FRAMES), expected)


def test_walk(folder: Path) -> None:
    """Small steps of the speed asked for, within the limit, home again, the same for the same seed."""
    frames = 500
    flat = LatentSeries(np.zeros((frames, LATENTS)), np.full(frames, -30.0), FRAME_RATE_HZ, "toy")
    timed = [(0.0, "all 0.8, z2 0, within 0.6, loudness 5, loudness-within 3, seed 3"), (400.5 * HOP, "home")]
    run = [
        pd_rig.drive(folder, "ts.walk~", pd_rig.held(flat), frames * HOP, {0: timed}, outlets=LATENTS + 1)
        for _ in range(2)
    ]
    got = run[0].frames(frames) - [0, 0, 0, -30]
    assert np.array_equal(got, run[1].frames(frames) - [0, 0, 0, -30])
    assert not got[:, 2].any()
    assert np.abs(got).max(axis=0)[[0, 1, 3]] == pytest.approx([0.6, 0.6, 3.0], rel=1e-5)
    steps = np.diff(got[:400], axis=0)
    free = (np.abs(got[:399, 0]) < 0.45) & (np.abs(got[1:400, 0]) < 0.55)
    assert steps[free, 0].std() == pytest.approx(0.8 / np.sqrt(FRAME_RATE_HZ), rel=0.2)
    assert np.abs(got[401, :2]).max() < 0.4  # one step from home
