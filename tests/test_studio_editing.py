"""Edits of a series: known answers, places, what is refused; operators are those of the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from studio_parts_help import same
from test_operators import random_series, series_of

from timbrespace.engine import Engine, load
from timbrespace.errors import UsageError
from timbrespace.latents import LatentSeries
from timbrespace.ranges import DataRange
from timbrespace.studio import editing
from timbrespace.studio.document import Draw, Edit, Erase, Operator, Reset, SetTo
from timbrespace.studio.editing import Tools, apply


@pytest.fixture(scope="module")
def engine(tiny_models: dict[str, Path]) -> Engine:
    return load(tiny_models["continuous"])


@pytest.fixture(scope="module")
def tools(engine: Engine) -> Tools:
    """Of a model of four dimensions that knows -1 to 1 and up to -20 dB; along adds its amount to z."""
    data = DataRange(np.full(4, -1.0), np.full(4, 1.0), -20.0)
    return Tools(engine, data, -30.0, lambda series, name, amount: replace(series, z=series.z + amount))


@pytest.fixture
def series() -> LatentSeries:
    return random_series(frames=40, latents=4, seed=5)


def edited(series: LatentSeries, edit: Edit, tools: Tools) -> LatentSeries:
    return apply(series, series, edit, tools)


SOME: list[int | str] = [2, "loudness"]
WHOLE = [
    (Operator(name="scale", value=1.5), lambda s: s.scale(1.5)),
    (Operator(name="bias", value=-1.5, dimensions=SOME), lambda s: s.bias(-1.5, dimensions=SOME)),
    (Operator(name="random", value=2, smoothness_hz=8), lambda s: s.random(2, smoothness_hz=8)),
    (Operator(name="reverse"), lambda s: s.reverse()),
    (Operator(name="reverse", dimensions=["loudness"]), lambda s: s.reverse(dimensions="loudness")),
    (Operator(name="smooth", value=4.0), lambda s: s.smooth(4.0)),
    (Operator(name="stretch", value=1.7), lambda s: s.stretch(1.7)),
    (Operator(name="quantise", value=0.3), lambda s: s.quantise(0.3)),
    (Operator(name="freeze", value=7), lambda s: s.freeze(7)),
    (Operator(name="freeze"), lambda s: s.freeze(0)),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "expected"), WHOLE, ids=lambda value: getattr(value, "name", ""))
def test_an_operator_on_everything_is_the_series_own(
    series: LatentSeries, tools: Tools, edit: Operator, expected: Any
) -> None:
    same(edited(series, edit, tools), expected(series))


@pytest.mark.parametrize("edit", [edit for edit, _ in WHOLE if edit.name not in ("stretch", "freeze")])
def test_on_a_place_it_acts_on_a_cut_and_nothing_else_changes(
    series: LatentSeries, tools: Tools, edit: Operator
) -> None:
    there = edited(series, edit.model_copy(update={"start": 10, "end": 25}), tools)
    cut = replace(series, z=series.z[10:25], loudness_db=series.loudness_db[10:25], length_samples=None)
    alone = edited(cut, edit, tools)
    for name in ("z", "loudness_db"):
        got, before = getattr(there, name), getattr(series, name)
        assert np.array_equal(got[10:25], getattr(alone, name))
        assert np.array_equal(got[:10], before[:10])
        assert np.array_equal(got[25:], before[25:])
    assert there.length_samples == series.length_samples
    assert not np.array_equal(there.z[10:25], series.z[10:25]) or edit.dimensions == ["loudness"]


def test_a_place_is_frozen_at_its_first_frame_or_at_any(series: LatentSeries, tools: Tools) -> None:
    held = edited(series, Operator(name="freeze", start=5, end=9, dimensions=[1]), tools)
    assert held.z[5:9, 1].tolist() == [series.z[5, 1]] * 4
    assert np.array_equal(np.delete(held.z, 1, axis=1), np.delete(series.z, 1, axis=1))
    assert np.array_equal(held.z[9:], series.z[9:])
    far = edited(series, Operator(name="freeze", value=30, start=5, end=9), tools)
    assert np.array_equal(far.z[5:9], np.repeat(series.z[30:31], 4, axis=0))


def test_a_stretched_place_moves_what_follows(series: LatentSeries, tools: Tools) -> None:
    hop = tools.engine.signal.hop
    longer = edited(series, Operator(name="stretch", value=2.0, start=10, end=20), tools)
    assert len(longer) == 50
    assert np.array_equal(longer.z[:10], series.z[:10])
    assert np.array_equal(longer.z[30:], series.z[20:])
    assert np.array_equal(longer.z[10:30:2], series.z[10:20])
    assert longer.length_samples == series.length_samples + 10 * hop
    back = edited(longer, Operator(name="stretch", value=0.5, start=10, end=30), tools)
    assert np.array_equal(back.z, series.z)
    assert back.length_samples == series.length_samples


def test_clip_is_the_range_of_the_data(series: LatentSeries, tools: Tools) -> None:
    assert tools.data is not None
    loud = series.bias(20, dimensions="loudness")
    same(edited(loud, Operator(name="clip"), tools), tools.data.hold(loud))
    one = edited(loud, Operator(name="clip", dimensions=[3]), tools)
    assert one.z[:, 3].tolist() == np.clip(loud.z[:, 3], -1, 1).tolist()
    assert np.array_equal(one.z[:, :3], loud.z[:, :3])
    assert np.array_equal(one.loudness_db, loud.loudness_db)
    level = edited(loud, Operator(name="clip", dimensions=["loudness"]), tools).loudness_db
    assert level.max() == -20.0


def test_along_moves_the_dimensions_named(series: LatentSeries, tools: Tools) -> None:
    moved = edited(series, Operator(name="along", value=2.0, descriptor="centroid", dimensions=[0]), tools)
    assert np.array_equal(moved.z[:, 0], series.z[:, 0] + 2)
    assert np.array_equal(moved.z[:, 1:], series.z[:, 1:])


def test_what_is_drawn_stays_as_it_was_drawn(tools: Tools) -> None:
    """Any float32, through JSON and back; the loudness too."""
    series = random_series(frames=30, latents=4)
    rng = np.random.default_rng(1)
    drawn = rng.uniform(-1000, 1000, (2, 12)).astype(np.float32)
    edit = Draw(dimensions=[2, "loudness"], start=6, values=drawn.tolist())
    after = edited(series, Draw.model_validate_json(edit.model_dump_json()), tools)
    assert np.array_equal(after.z[6:18, 2], drawn[0])
    assert np.array_equal(after.loudness_db[6:18], drawn[1])
    assert np.array_equal(np.delete(after.z, 2, axis=1), np.delete(series.z, 2, axis=1))
    assert np.array_equal(after.loudness_db[18:], series.loudness_db[18:])


def test_drawing_over_the_end_draws_to_the_end(series: LatentSeries, tools: Tools) -> None:
    after = edited(series, Draw(dimensions=[0], start=38, values=[[1.0, 2.0, 3.0]]), tools)
    assert after.z[38:, 0].tolist() == [1.0, 2.0]
    for edit in (
        Draw(dimensions=[0], start=40, values=[[1.0]]),
        SetTo(value=1.0, start=50, end=60),
        Operator(name="scale", value=2.0, start=40),
    ):
        assert editing.is_beyond(edit, 40)
        same(edited(series, edit, tools), series)
    assert not editing.is_beyond(Operator(name="scale", value=2.0), 40)


def test_set_erase_and_reset(series: LatentSeries, tools: Tools) -> None:
    level = edited(series, SetTo(value=-12.5, dimensions=["loudness"], start=4, end=6), tools).loudness_db
    assert level[4:6].tolist() == [-12.5, -12.5]
    assert np.array_equal(np.delete(level, [4, 5]), np.delete(series.loudness_db, [4, 5]))
    erased = edited(series, Erase(dimensions=[1, "loudness"]), tools)
    assert not erased.z[:, 1].any()
    assert erased.loudness_db.tolist() == [-30.0] * 40
    assert np.array_equal(erased.z[:, [0, 2, 3]], series.z[:, [0, 2, 3]])
    everything = edited(series, Erase(), tools)
    assert not everything.z.any()
    assert np.array_equal(everything.loudness_db, series.loudness_db)
    back = apply(erased, series, Reset(dimensions=["loudness"], start=10, end=20), tools)
    assert np.array_equal(back.loudness_db[10:20], series.loudness_db[10:20])
    assert back.loudness_db[20:].tolist() == [-30.0] * 20
    assert not back.z[:, 1].any()
    same(apply(erased.stretch(3), series, Reset(), tools), series)


def test_reset_of_what_was_stretched_takes_the_same_share_of_the_time(
    series: LatentSeries, tools: Tools
) -> None:
    long = series.stretch(2)
    back = apply(long.scale(0), series, Reset(dimensions=[0]), tools)
    np.testing.assert_allclose(back.z[:, 0], long.z[:, 0], atol=1e-6)
    assert not back.z[:, 1:].any()


def test_codes_stay_where_no_latent_changes(tools: Tools) -> None:
    series = random_series(frames=20, latents=4, codes=True)
    assert series.codes is not None
    quiet = edited(series, SetTo(value=-40.0, dimensions=["loudness"]), tools)
    assert np.array_equal(quiet.codes, series.codes)
    assert edited(series, SetTo(value=1.0, dimensions=[0], start=0, end=1), tools).codes is None
    turned = edited(series, Operator(name="reverse", start=4, end=8), tools)
    assert turned.codes is not None
    assert turned.codes[4:8].tolist() == series.codes[4:8][::-1].tolist()


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (Operator(name="scale"), "scale needs a value"),
        (Operator(name="scale", value=500.0), "scale is 500; it must be -100 to 100 times"),
        (Operator(name="smooth", value=0.0), "smooth is 0; it must be 0.001 to 10000 Hz"),
        (Operator(name="stretch", value=2.0, dimensions=[0]), "stretch moves in time .*; name none"),
        (Operator(name="stretch", value=2.0, start=9, end=9), "the place is 9 to 9; it must end after"),
        (Operator(name="scale", value=2.0, dimensions=[4]), "dimension is 4; there are 0 to 3"),
        (Operator(name="scale", value=2.0, dimensions=[1, 1]), "dimensions are 1, 1; name each once"),
        (Operator(name="freeze", value=40), "freeze is 40; the series has the frames 0 to 39"),
        (Operator(name="freeze", value=1.5), "freeze is 1.5; it must be the number of a frame"),
        (Operator(name="freeze", value=-1), "freeze is -1; it must be 0 or more"),
        (Operator(name="along", value=1.0), "along needs a descriptor"),
        (Operator(name="along", descriptor="f0"), "along needs a value"),
        (Draw(dimensions=[0, 1], start=0, values=[[1.0]]), "1 rows for 2 dimensions"),
        (Draw(dimensions=[0, 1], start=0, values=[[1.0], [1.0, 2.0]]), "different lengths"),
        (Draw(dimensions=[9], start=0, values=[[1.0]]), "dimension is 9; there are 0 to 3"),
        (SetTo(value=0.0, dimensions=[200]), "dimension is 200"),
    ],
)
def test_what_makes_no_sense_is_refused(series: LatentSeries, tools: Tools, edit: Edit, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        edited(series, edit, tools)


def test_a_part_has_an_end(tools: Tools) -> None:
    long = series_of(np.zeros((50_000, 4)))
    with pytest.raises(UsageError, match="stretch would make 100000 frames; a part has 60000 at most"):
        edited(long, Operator(name="stretch", value=2.0), tools)


def test_a_model_without_a_range_cannot_clip(engine: Engine, series: LatentSeries) -> None:
    bare = Tools.of(engine, lambda: pytest.fail("no table is needed"))
    with pytest.raises(UsageError, match="does not know the range of its data"):
        edited(series, Operator(name="clip"), bare)
    assert bare.middle_db == -30.0
