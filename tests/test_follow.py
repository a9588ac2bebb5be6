"""Following: the cheapest path is the cheapest, the paper's is the nearest, and scores say what is heard."""

from __future__ import annotations

import math
from itertools import pairwise, product
from pathlib import Path

import codebook_help
import numpy as np
import pytest
from codebook_help import BINS, SIGNAL, engine_of
from numpy.typing import NDArray

from timbrespace import engine
from timbrespace.codebook import DescriptorTable, table_of
from timbrespace.codebook.achieved import EDGE_FRAMES, achieved, save_achieved
from timbrespace.codebook.costs import TOLERANCE, WITHIN_SPREAD
from timbrespace.codebook.distances import Distances
from timbrespace.codebook.follow import JUMP_COST, MIXTURE_COST, Followed, follow
from timbrespace.codebook.targets import Target
from timbrespace.descriptors import DESCRIPTORS, frame_seconds
from timbrespace.errors import UsageError

RATE = SIGNAL.sample_rate


def target(values: NDArray[np.floating] | float, name: str = "centroid", lag: float = 0.0) -> Target:
    """One value for all frames, or one each; lag: seconds that the path looks ahead.

    Frames before the beginning are read at 0: they must have one value.
    """
    wanted = np.atleast_1d(np.asarray(values, dtype=float))
    times, first = np.unique(np.maximum(SIGNAL.centre_seconds(len(wanted)) + lag, 0.0), return_index=True)
    assert len(times) == 1 or (wanted[: first[1]] == wanted[0]).all()
    return Target(DESCRIPTORS[name], lambda at: np.interp(at, times, wanted[first]), None, "drawn")


def flat(frames: int) -> NDArray[np.float64]:
    return np.full(frames, -20.0)


def spectra(count: int, seed: int = 0) -> NDArray[np.float64]:
    """Random ones, no two alike."""
    rng = np.random.default_rng(seed)
    return 10 ** rng.uniform(-3.0, 0.0, (count, 1)) * 10 ** rng.uniform(-2.0, 0.0, (count, BINS))


@pytest.mark.parametrize("continuity", [0.1, 1.0, 30.0])
@pytest.mark.parametrize("seed", range(3))
def test_the_path_is_the_cheapest_of_all(continuity: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = codebook_help.table(rng.uniform(800.0, 1200.0, 4))
    model, frames = engine_of(spectra(4, seed)), 8
    wanted = np.concatenate([np.full(4, 1000.0), rng.uniform(850.0, 1150.0, frames - 4)])
    lag = 0.5 / SIGNAL.frame_rate_hz
    found = follow(model, table, [target(wanted, lag=lag)], flat(frames), continuity=continuity)
    kind, distances, every = DESCRIPTORS["centroid"], Distances(model, table), np.arange(4)
    scaled = kind.to_scale(table.values["centroid"])
    tolerance = min(TOLERANCE["Hz"], WITHIN_SPREAD * scaled.std())
    away = np.square((scaled - kind.to_scale(found.wanted["centroid"])[:, None]) / tolerance)
    step = JUMP_COST * distances.jump_db(every, every)
    step = step + MIXTURE_COST * np.square(distances.mixture("centroid", every, every) / tolerance)

    def cost(path: tuple[int, ...]) -> float:
        jumps = sum(step[a, b] for a, b in pairwise(path))
        return float(sum(away[frame, row] for frame, row in enumerate(path)) + continuity * jumps)

    assert found.wanted["centroid"] == pytest.approx(np.clip(wanted, *found.reach["centroid"]), rel=1e-6)
    assert cost(tuple(found.rows)) == pytest.approx(
        min(map(cost, product(range(4), repeat=frames))), rel=1e-5
    )


@pytest.mark.parametrize("name", ["centroid", "flatness", "f0"])
def test_a_continuity_of_nothing_is_the_nearest_in_the_unit(name: str) -> None:
    """Between 100 and 400, 240 is nearer to 100; by ratio, as the ear has it, it would be nearer to 400."""
    own = np.array([100.0, 400.0, 150.0]) * (1e-3 if name == "flatness" else 1.0)
    columns = {"flatness": own, "f0": own}
    table = codebook_help.table([500.0] * 3 if name != "centroid" else own, **columns)
    rng = np.random.default_rng(2)
    drawn = np.concatenate([np.full(3, own.mean()), rng.uniform(own.min(), own.max(), 200)])
    drawn[10] = 0.6 * own[2] + 0.4 * own[1]
    found = follow(engine_of(spectra(3)), table, [target(drawn, name)], flat(203), continuity=0.0)
    nearest = np.abs(own - found.asked[name][:, None]).argmin(axis=1)
    assert found.rows.tolist() == nearest.tolist()
    assert found.glide_frames is None
    assert np.allclose(found.asked[name], drawn)


def test_two_descriptors_at_once_by_what_both_cost() -> None:
    table = codebook_help.table([500.0, 500.0, 900.0, 900.0], f0=[200.0, 300.0, 200.0, 300.0])
    for centroid, f0, row in ((500, 300, 1), (900, 200, 2), (510, 205, 0), (890, 290, 3)):
        for continuity in (0.0, 1.0):
            targets = [target(centroid), target(f0, "f0")]
            found = follow(engine_of(spectra(4)), table, targets, flat(6), continuity=continuity)
            assert found.rows.tolist() == [row] * 6
    assert found.reach == {"centroid": pytest.approx((500, 900)), "f0": pytest.approx((200, 300))}


def test_two_descriptors_that_cannot_be_had_together_are_said() -> None:
    table = codebook_help.table([500.0, 900.0], f0=[200.0, 300.0])
    together = follow(engine_of(spectra(2)), table, [target(500), target(200, "f0")], flat(4))
    apart = follow(engine_of(spectra(2)), table, [target(500), target(300, "f0")], flat(4))
    assert together.possible.all()
    assert not apart.possible.any()
    bright = codebook_help.table([500.0, 5000.0], confidence=[1.0, 0.0])
    found = follow(engine_of(spectra(2)), bright, [target(5000), target(220, "f0")], flat(4))
    assert found.reach["centroid"] == pytest.approx((500, 500))  # what has a pitch is never bright
    assert found.reached("centroid") == 0.0
    assert found.rows.tolist() == [0] * 4


def test_great_continuity_holds_one_sound_and_more_of_it_jumps_less() -> None:
    count, frames = 40, 300
    table = codebook_help.table(np.linspace(500.0, 2000.0, count))
    model = engine_of(spectra(count))
    wave = target(1250.0 + 700.0 * np.sin(np.maximum(np.arange(frames) - 3, 0) / 15.0))
    jumps = [
        np.count_nonzero(np.diff(follow(model, table, [wave], flat(frames), continuity=continuity).rows))
        for continuity in (0.0, 1.0, 100.0, 1e6)
    ]
    assert jumps == sorted(jumps, reverse=True)
    assert jumps[0] > jumps[-1] == 0


def test_beyond_the_reach_is_clipped_and_counted() -> None:
    table = codebook_help.table([500.0, 1000.0])
    drawn = np.repeat([250.0, 700.0, 4000.0, 900.0], 10)
    found = follow(engine_of(spectra(2)), table, [target(drawn)], flat(40), continuity=0.0)
    assert found.wanted["centroid"] == pytest.approx(np.clip(drawn, 500.0, 1000.0))
    assert found.asked["centroid"] == pytest.approx(drawn)
    assert found.reached("centroid") == pytest.approx(0.5)
    assert found.reach["centroid"] == pytest.approx((500.0, 1000.0))


def test_only_what_has_a_pitch_follows_one() -> None:
    table = codebook_help.table([500.0] * 3, f0=[300.0, 300.0, 310.0], confidence=[0.2, 0.0, 0.9])
    found = follow(engine_of(spectra(3)), table, [target(300.0, "f0")], flat(5))
    assert found.rows.tolist() == [2] * 5


def test_what_cannot_be_followed() -> None:
    table = codebook_help.table([500.0, 600.0], confidence=0.0)
    model = engine_of(spectra(2))
    with pytest.raises(UsageError, match="no sound of this model has a f0"):
        follow(model, table, [target(300, "f0")], flat(4))
    with pytest.raises(UsageError, match="no sound of this model has a centroid and a f0"):
        follow(model, table, [target(500), target(300, "f0")], flat(4))
    for continuity in (-1.0, math.nan, math.inf, 1e7):
        with pytest.raises(UsageError, match=r"--continuity is .*; it must be 0 to 1e\+06"):
            follow(model, table, [target(500)], flat(4), continuity=continuity)
    for targets in ([], [target(500), target(600)]):
        with pytest.raises(UsageError, match="name each once"):
            follow(model, table, targets, flat(4))


@pytest.mark.parametrize("name", ["discrete", "continuous"])
def test_real_models_play_what_was_chosen_twice_the_same(
    described_models: dict[str, Path], name: str
) -> None:
    model = engine.load(described_models[name])
    table = table_of(model)
    middle = float(np.median(table.column("centroid")))
    level = np.linspace(-60.0, -10.0, 40)
    found, again = (follow(model, table, [target(middle)], level, length_samples=4321) for _ in range(2))
    assert (found.series.codes is None) == (name == "continuous")
    assert np.array_equal(found.series.z, table.z[found.rows])
    assert np.allclose(found.series.loudness_db, level)
    sound = found.play(model, seed=1)
    assert len(sound) == 4321
    assert np.array_equal(sound, again.play(model, seed=1))


def swept(samples: NDArray[np.float32], wanted: NDArray[np.floating], name: str) -> Followed:
    """As if `wanted`, a value each of the sound's frames, had been followed."""
    table: DescriptorTable = codebook_help.table([500.0, 900.0])
    seconds = frame_seconds(len(wanted), RATE)
    found = follow(engine_of(spectra(2)), table, [target(600.0)], flat(3))
    return Followed(
        found.series, found.rows, seconds, {name: wanted}, {name: wanted}, {name: (0.0, 1.0)},
        found.possible, None,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["centroid", "f0"])
def test_a_sound_that_follows_scores_one_without_error(tmp_path: Path, name: str) -> None:
    time = np.arange(3 * RATE) / RATE
    hertz = 700.0 + 300.0 * np.sin(2 * np.pi * time / 3.0)
    sound = (0.3 * np.sin(2 * np.pi * np.cumsum(hertz) / RATE)).astype(np.float32)
    seconds = frame_seconds(len(sound) // 512 + 1, RATE)
    found = swept(sound, np.interp(seconds, time, hertz), name)
    one = achieved(found, sound, RATE)[name]
    assert one.follow_spearman > 0.99
    assert one.error_cents < 15.0
    assert one.error_percent < 1.0
    assert one.follow_median_error < 7.0
    assert (one.octave_errors, one.follow_reached) == (0.0, 1.0)
    assert one.measurable > 0.98
    assert not one.scored[:EDGE_FRAMES].any()
    save_achieved(tmp_path / "out.csv", {name: one}, RATE, force=False)
    lines = (tmp_path / "out.csv").read_text().splitlines()
    column = DESCRIPTORS[name].column
    assert lines[0] == f"seconds,{column}_target,{column}_measured"
    assert len(lines) == len(seconds) + 1


def test_an_octave_too_high_is_said() -> None:
    sound = (0.3 * np.sin(2 * np.pi * 440.0 * np.arange(RATE) / RATE)).astype(np.float32)
    one = achieved(swept(sound, np.full(RATE // 512 + 1, 220.0), "f0"), sound, RATE)["f0"]
    assert one.octave_errors == 1.0
    assert one.error_cents == pytest.approx(1200.0, abs=10.0)
    assert one.follow_median_error == pytest.approx(220.0, rel=0.01)
    assert math.isnan(one.follow_spearman)  # what does not move has no rank


@pytest.mark.parametrize("samples", [0, 1, 700, RATE])
def test_silence_has_no_scores_and_does_no_harm(tmp_path: Path, samples: int) -> None:
    silent = np.zeros(samples, dtype=np.float32)
    for name in ("centroid", "flatness", "f0"):
        one = achieved(swept(silent, np.full(samples // 512 + 1, 0.5), name), silent, RATE)[name]
        scores = one.scores()
        assert scores.pop("follow_reached") == 1.0
        assert all(math.isnan(value) for value in scores.values()), scores
        save_achieved(tmp_path / f"{name}.csv", {name: one}, RATE, force=False)
    assert (tmp_path / "f0.csv").read_text().splitlines()[1].endswith(",")
