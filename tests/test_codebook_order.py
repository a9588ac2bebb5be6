"""Distances between sounds, orders that keep their reach, and the traverse that is played."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import codebook_help
import numpy as np
import pytest
from codebook_help import BIN_HZ, BINS, engine_of, lines
from numpy.typing import NDArray

from timbrespace import engine
from timbrespace.codebook import DescriptorTable, table_of
from timbrespace.codebook.distances import Distances
from timbrespace.codebook.order import smooth_order
from timbrespace.codebook.traverse import MOST_SOUNDS, Traverse, hold, traverse, traverse_spearman
from timbrespace.engine import Engine
from timbrespace.errors import UsageError


def distances(*spectra: NDArray[np.floating]) -> Distances:
    table = codebook_help.table([1000.0] * len(spectra))
    return Distances(engine_of(np.stack(spectra)), table)


def random_cost(count: int, seed: int) -> NDArray[np.float32]:
    points = np.random.default_rng(seed).uniform(size=(count, 2))
    return np.linalg.norm(points[:, None] - points, axis=2).astype(np.float32)


def length(order: NDArray[np.intp], cost: NDArray[np.float32]) -> float:
    return float(sum(cost[a, b] for a, b in pairwise(order)))


def test_jumps_are_zero_to_oneself_symmetric_and_in_db() -> None:
    rng = np.random.default_rng(0)
    spectra = rng.uniform(0.1, 1.0, (6, BINS))
    found = distances(*spectra, 10.0 * spectra[0])
    every = np.arange(7)
    jump = found.jump_db(every, every)
    assert (np.diag(jump) == 0.0).all()
    assert np.allclose(jump, jump.T, atol=1e-3)
    assert (jump[~np.eye(7, dtype=bool)] > 0.0).all()
    assert jump[0, 6] == pytest.approx(20.0, abs=1e-3)
    assert np.array_equal(found.jump_db(every[2:4], every[3:]), jump[2:4, 3:])


def test_mixtures_of_lines_are_as_wide_as_they_lie_apart() -> None:
    """Alone a line has no width (a floor stands in for it); two have half their distance."""
    found = distances(lines([40]), lines([40]), lines([72]), lines([40, 72]))
    every = np.arange(4)
    wide, centre = (found.mixture(name, every, every) for name in ("bandwidth", "centroid"))
    assert np.allclose(wide, wide.T)
    assert np.diag(wide) == pytest.approx(0.0, abs=1e-6)
    assert wide[0, 1] == pytest.approx(0.0, abs=1e-6)
    assert wide[0, 2] == pytest.approx(math.log2(16 * BIN_HZ / math.sqrt(1e-3)), rel=1e-4)
    assert centre[0, 1] == pytest.approx(0.0, abs=1e-6)
    assert centre[0, 2] == pytest.approx(
        math.log2(56.0) - 0.5 * (math.log2(40.0) + math.log2(72.0)), abs=1e-5
    )
    for name in ("rolloff", "flatness", "f0"):
        assert not found.mixture(name, every, every).any()


def test_silent_sounds_have_distances_too() -> None:
    found = distances(np.zeros(BINS), lines([40]))
    every = np.arange(2)
    assert np.isfinite(found.jump_db(every, every)).all()
    assert np.isfinite(found.mixture("bandwidth", every, every)).all()


@pytest.mark.parametrize("reach", [0, 1, 2, 5, 40, 1000])
def test_an_order_is_a_permutation_within_reach_and_no_dearer(reach: int) -> None:
    for seed in range(4):
        cost = random_cost(40, seed)
        order = smooth_order(cost, reach)
        assert sorted(order) == list(range(40))
        assert np.abs(order - np.arange(40)).max() <= reach
        assert length(order, cost) <= length(np.arange(40), cost) + 1e-5
        assert np.array_equal(order, smooth_order(cost, reach))


def test_more_reach_pays() -> None:
    costs = [random_cost(40, seed) for seed in range(4)]
    spent = [sum(length(smooth_order(cost, reach), cost) for cost in costs) for reach in (0, 2, 8, 40)]
    assert spent[0] > spent[1] > spent[2] > spent[3]
    assert spent[3] < 0.4 * spent[0]


def test_known_best_orders() -> None:
    """Two kinds in turn: brought together as far as the reach allows."""
    kinds = np.arange(8) % 2
    cost = (kinds[:, None] != kinds).astype(np.float32)
    assert kinds[smooth_order(cost[:4, :4], 1)].tolist() in ([0, 0, 1, 1], [1, 1, 0, 0])
    assert length(smooth_order(cost, 8), cost) == 1.0
    line = np.abs(np.subtract.outer(np.arange(9.0), np.arange(9.0))).astype(np.float32)
    assert smooth_order(line, 3).tolist() == list(range(9))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_nothing_to_reorder(count: int) -> None:
    assert smooth_order(np.ones((count, count), np.float32), 5).tolist() == list(range(count))


@pytest.fixture(scope="module")
def pitched(described_models: dict[str, Path]) -> tuple[Engine, DescriptorTable]:
    model = engine.load(described_models["pitched"])
    return model, table_of(model)


@pytest.mark.parametrize("name", ["centroid", "bandwidth", "rolloff", "flatness", "f0"])
def test_a_traverse_goes_up_within_its_reach(pitched: tuple[Engine, DescriptorTable], name: str) -> None:
    model, table = pitched
    travelled = traverse(model, table, name)
    expected = np.flatnonzero(np.isfinite(table.column(name)))
    assert sorted(travelled.rows) == expected.tolist()
    places = np.argsort(np.argsort(table.column(name)[travelled.rows]))
    assert np.abs(places - np.arange(len(places))).max() <= len(places) // 16
    assert travelled.predicted > 0.9
    assert travelled.series.codes is not None
    assert np.array_equal(travelled.series.codes, np.repeat(travelled.rows, 4))
    again = traverse(model, table, name, distances=Distances(model, table))
    assert np.array_equal(again.rows, travelled.rows)


def test_a_traverse_sounds_the_same_twice(pitched: tuple[Engine, DescriptorTable]) -> None:
    travelled = traverse(*pitched, "centroid")
    sound = travelled.play(pitched[0], seed=3)
    assert len(sound) == 32 * 4 * pitched[0].signal.hop
    assert np.array_equal(sound, travelled.play(pitched[0], seed=3))
    assert not np.array_equal(sound, travelled.play(pitched[0], seed=4))
    score, curve = traverse_spearman(travelled, sound, pitched[0].sample_rate)
    assert len(curve) == len(sound) // 512 + 1
    assert score > 0.5


def test_sounds_that_are_all_alike_keep_their_order() -> None:
    table = codebook_help.table([500.0] * 40)
    model = engine_of(np.ones((40, BINS)))
    travelled = traverse(model, table, "centroid", frames=1)
    assert travelled.rows.tolist() == list(range(40))
    assert math.isnan(travelled.predicted)


def test_many_frames_of_the_data_are_thinned_over_the_whole_range() -> None:
    count = 3 * MOST_SOUNDS
    centroids = np.geomspace(100.0, 6000.0, count)
    table = codebook_help.table(centroids, codes=False, z=np.zeros((count, 4)))
    travelled = traverse(engine_of(np.ones((count, BINS))), table, "centroid", frames=1)
    assert len(travelled.rows) == len(set(travelled.rows.tolist())) == MOST_SOUNDS
    assert {0, count - 1} <= set(travelled.rows.tolist())
    assert travelled.series.codes is None


@pytest.mark.parametrize("count", [4, 40_000])
def test_a_traverse_is_scored_by_what_is_heard(count: int) -> None:
    """A sine that rises scores 1, silence and next to nothing have no score."""
    table = codebook_help.table([500.0, 600.0])
    model = engine_of(np.ones((2, BINS)))
    series = hold(model, table, np.arange(2), 1)
    travelled = Traverse("centroid", np.arange(2), 1, series, 1.0)
    time = np.arange(count) / 16_000
    rising = np.sin(2 * np.pi * (300 * time + 400 * time**2)).astype(np.float32)
    score = traverse_spearman(travelled, rising, 16_000)[0]
    assert math.isnan(score) if count == 4 else score > 0.99
    assert math.isnan(traverse_spearman(travelled, np.zeros(count, np.float32), 16_000)[0])


def test_what_cannot_be_traversed(
    pitched: tuple[Engine, DescriptorTable], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, table = pitched
    with pytest.raises(UsageError, match="no descriptor 'brightness'; there are centroid"):
        traverse(model, table, "brightness")
    for frames in (0, 1001):
        with pytest.raises(UsageError, match=f"{frames} frames a sound"):
            traverse(model, table, "centroid", frames=frames)
    with monkeypatch.context() as patch, pytest.raises(UsageError, match=r"32 sounds last \d+ s; 1 at most"):
        patch.setattr("timbrespace.codebook.traverse.MAX_SECONDS", 1.0)
        traverse(model, table, "centroid", frames=100)
    one = codebook_help.table([500.0, 600.0], confidence=[1.0, 0.0])
    with pytest.raises(UsageError, match="1 sounds of this model have a f0"):
        traverse(model, one, "f0")
