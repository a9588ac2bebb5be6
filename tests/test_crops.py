"""The split and the crops: known places, no leak, every draw a function of (seed, step)."""

from dataclasses import dataclass

import numpy as np
import pytest

from timbrespace.dataset.crops import Crops, sequential
from timbrespace.dataset.split import Region, describe_split, halves, split_regions
from timbrespace.errors import DatasetError

RATE = 1_000


@dataclass(frozen=True)
class Piece:
    """A source as far as a split cares."""

    sha256: str
    start: int
    length: int


class Ramp:
    """A data set whose sample n is n."""

    def read(self, start: int, out: np.ndarray) -> None:
        out[:] = np.arange(start, start + len(out))


def pieces(*lengths: int) -> list[Piece]:
    starts = np.cumsum([0, *lengths])
    return [Piece(f"{i:x}", int(starts[i]), length) for i, length in enumerate(lengths)]


def seconds(regions: tuple[Region, ...]) -> float:
    return sum(region.length for region in regions) / RATE


def test_whole_sources_are_held_out_from_five_on() -> None:
    sources = pieces(*np.random.default_rng(0).integers(2_000, 9_000, 60).tolist())
    train, validation = split_regions(sources, RATE)
    assert sorted(r.source for r in train + validation) == list(range(60))
    for region in train + validation:
        assert (region.start, region.length) == (sources[region.source].start, sources[region.source].length)
    total = sum(source.length for source in sources) / RATE
    assert 0.08 * total < seconds(validation) < 0.16 * total


def test_split_follows_content_and_seed_not_order() -> None:
    sources = pieces(*[5_000] * 30)
    held = {sources[r.source].sha256 for r in split_regions(sources, RATE)[1]}
    turned = [Piece(s.sha256, 5_000 * i, s.length) for i, s in enumerate(reversed(sources))]
    assert {turned[r.source].sha256 for r in split_regions(turned, RATE)[1]} == held
    assert {sources[r.source].sha256 for r in split_regions(sources, RATE, seed=1)[1]} != held


def test_one_giant_among_small_ones_is_trained_on() -> None:
    train, validation = split_regions(pieces(90_000, 1_000, 2_000, 3_000, 4_000), RATE)
    assert 0 in {region.source for region in train}
    assert validation
    equal = split_regions(pieces(*[1_000] * 5), RATE)
    assert (len(equal[0]), len(equal[1])) == (4, 1)


def test_halves_follow_content_not_order_and_last_about_as_long() -> None:
    sources = pieces(*np.random.default_rng(1).integers(2_000, 9_000, 40).tolist())
    regions = [Region(i, source.start, source.length) for i, source in enumerate(sources)]
    half = halves(sources, regions)
    lengths = [sum(r.length for r in regions if half[r.source] == side) for side in (0, 1)]
    assert abs(lengths[0] - lengths[1]) <= 9_000
    assert 5 <= sum(half[::2]) <= 15  # names in order alternate in what they are, halves must not
    turned = [Piece(s.sha256, s.start, s.length) for s in reversed(sources)]
    moved = [Region(i, source.start, source.length) for i, source in enumerate(turned)]
    assert halves(turned, moved) == half[::-1]
    assert sum(halves(sources, regions[3:5])) == 1  # of two that are trained on, one each
    assert sum(halves(sources, regions[:1])) == 0


def test_few_sources_give_their_ends_after_a_gap() -> None:
    train, validation = split_regions(pieces(20_000, 10_000), RATE)
    assert train == (Region(0, 0, 17_000), Region(1, 20_000, 8_000))
    assert validation == (Region(0, 18_000, 2_000), Region(1, 29_000, 1_000))
    assert (
        describe_split(pieces(20_000), RATE)
        == "the end of each source is held out (2.0 s) after a gap of 1 s"
    )


@pytest.mark.parametrize("length", [1, 2, 11, 100, 3_000])
def test_very_short_material_still_has_both_parts(length: int) -> None:
    train, validation = split_regions(pieces(length), RATE)
    assert train[0].length >= 1
    assert sum(region.length for region in validation) == round(length * 0.1)
    assert all(region.start + region.length == length for region in validation)
    assert "shortened" in describe_split(pieces(length), RATE)


def test_hold_out_must_be_a_share() -> None:
    for share in (0.0, 1.0, -0.1):
        with pytest.raises(ValueError, match="hold_out"):
            split_regions(pieces(100), RATE, share)


def test_crops_stay_in_their_region_and_know_their_source() -> None:
    regions = [Region(3, 100, 500), Region(7, 1_000, 80)]
    crops = Crops(Ramp(), regions, crop_samples=120, batch=16, seed=5)
    for step in range(50):
        batch = crops.batch(step)
        assert batch.audio.dtype == np.float32
        for row, source, valid in zip(batch.audio, batch.source, batch.valid, strict=True):
            region = regions[0] if source == 3 else regions[1]
            assert valid == min(120, region.length)
            assert region.start <= row[0]
            assert row[valid - 1] < region.start + region.length
            np.testing.assert_array_equal(np.diff(row[:valid]), 1)
            assert not row[valid:].any()


def test_a_draw_depends_on_seed_and_step_only() -> None:
    regions = [Region(0, 0, 10_000)]
    crops = Crops(Ramp(), regions, 100, 8, seed=1)
    first = crops.batch(7).audio
    crops.batch(3)
    np.testing.assert_array_equal(crops.batch(7).audio, first)
    np.testing.assert_array_equal(Crops(Ramp(), regions, 100, 8, seed=1).batch(7).audio, first)
    assert (crops.batch(8).audio != first).any()
    assert (Crops(Ramp(), regions, 100, 8, seed=2).batch(7).audio != first).any()
    assert Crops(Ramp(), regions, 100, 8, seed=-1).batch(0).audio.shape == (8, 100)


def test_every_sample_is_about_equally_likely() -> None:
    regions = [Region(0, 0, 1_000), Region(1, 1_000, 9_000)]
    crops = Crops(Ramp(), regions, 50, 64, seed=0)
    counts = np.zeros(10_000)
    for step in range(400):
        for row in crops.batch(step).audio.astype(int):
            counts[row] += 1
    middle = counts.reshape(10, 1_000).mean(axis=1) / counts.mean()
    assert middle.min() > 0.9
    assert middle.max() < 1.1


def test_sequential_covers_everything_once() -> None:
    regions = [Region(0, 10, 250), Region(2, 400, 40)]
    batches = list(sequential(Ramp(), regions, 100, batch=3))
    assert [len(batch.source) for batch in batches] == [3, 1]
    heard = np.concatenate([row[:n] for b in batches for row, n in zip(b.audio, b.valid, strict=True)])
    np.testing.assert_array_equal(heard, np.r_[10:260, 400:440])


def test_no_regions_is_an_error() -> None:
    with pytest.raises(DatasetError, match="no sound"):
        Crops(Ramp(), [], 100, 1)


def test_margins_let_crops_begin_and_end_in_silence() -> None:
    region = Region(0, 1_000, 500)
    crops = Crops(Ramp(), [region], 100, 64, seed=3, margin_samples=60)
    batches = [crops.batch(step) for step in range(20)]
    audio = np.concatenate([batch.audio for batch in batches])
    valid = np.concatenate([batch.valid for batch in batches])
    before = [row for row, count in zip(audio, valid, strict=True) if count < 100 and row[0] == 0.0]
    behind = [row for row, count in zip(audio, valid, strict=True) if count < 100 and row[-1] == 0.0]
    assert before
    assert behind
    for row in before:
        first = int(np.flatnonzero(row)[0])
        assert first <= 60
        np.testing.assert_array_equal(row[first:], np.arange(1_000, 1_100 - first))
    assert audio.max() <= 1_499
    assert valid.min() >= 40
