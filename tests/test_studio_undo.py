"""A part over time: undo and redo, what is kept of it, parts made of parts, what is only tried."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import studio_parts_help as parts_help
from studio_parts_help import add_part, add_sound, commit, part_now, same, series_of

from timbrespace.errors import UsageError
from timbrespace.latents import LatentSeries
from timbrespace.studio import editing, evaluation, parts
from timbrespace.studio.caching import Kept
from timbrespace.studio.document import (
    CodePoint,
    CodesSource,
    Document,
    Draw,
    Edit,
    Erase,
    MorphPoint,
    MorphSource,
    NewModel,
    NewSource,
    Operator,
    Part,
    PathPoint,
    PlanePoint,
    PlaneSource,
    Reset,
    SetTo,
    SoundSource,
)
from timbrespace.studio.studio import Studio
from timbrespace.studio.wording import Wording

LINE = [MorphPoint(share=0, place=0), MorphPoint(share=1, place=1)]


@pytest.fixture(scope="module")
def studio(described_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    models = {kind: described_models[kind] for kind in ("continuous", "discrete")}
    with parts_help.opened(models, tmp_path_factory.mktemp("studio") / "sessions") as opened:
        yield opened


@pytest.fixture
def part(studio: Studio, write_tone: Callable[..., Path]) -> Part:
    sound = add_sound(studio, write_tone("a.wav", 0.8))
    return add_part(studio, "continuous", SoundSource(sound=sound.id))


def some_edit(rng: np.random.Generator, frames: int) -> Edit:
    """Any edit of a series of four dimensions."""
    start = int(rng.integers(0, frames))
    dimensions: list[int | str] = [int(rng.integers(4))]
    place = {"dimensions": dimensions, "start": start, "end": start + int(rng.integers(1, 20))}
    kinds: list[Callable[[], Edit]] = [
        lambda: Draw(dimensions=dimensions, start=start, values=[rng.normal(size=9).tolist()]),
        lambda: SetTo(value=float(rng.normal()), **place),
        lambda: Erase(**place),
        lambda: Reset(**place),
        lambda: Operator(name="scale", value=float(rng.uniform(0.5, 1.5)), **place),
        lambda: Operator(name="random", value=0.3, seed=int(rng.integers(99))),
        lambda: Operator(name="reverse"),
        lambda: Operator(name="smooth", value=9.0, **place),
    ]
    return kinds[int(rng.integers(len(kinds)))]()


def test_undo_and_redo_over_hundreds_of_edits_go_exactly_where_it_was(studio: Studio, part: Part) -> None:
    rng = np.random.default_rng(3)
    seen = [series_of(studio, part)]
    prints = [studio.evaluator.fingerprint(part_now(studio, part))]
    for _ in range(300):
        seen.append(commit(studio, part, some_edit(rng, len(seen[0]))))
        prints.append(studio.evaluator.fingerprint(part_now(studio, part)))
    for at in [*range(299, -1, -1), *range(1, 301)]:
        step = at - part_now(studio, part).cursor
        studio.session.change(lambda document, step=step: parts.moved(document, part.id, step))
        now = studio.evaluator.series(part_now(studio, part))
        same(now.series, seen[at])
        assert now.fingerprint == prints[at]
    assert len(set(prints)) > 290  # an edit gives another fingerprint, but for those that are alike
    afresh = evaluation.Evaluator(studio)
    same(afresh.series(part_now(studio, part)).series, seen[-1])
    assert afresh.fingerprint(part_now(studio, part)) == prints[-1]


def test_an_edit_after_an_undo_drops_the_undone_only_then(studio: Studio, part: Part) -> None:
    page, address = parts_help.client(studio), f"/api/parts/{part.id}"
    for value in (1.0, 2.0, 3.0):
        page.post(f"{address}/edits", json={"edit": {"op": "set", "value": value}})
    page.post(f"{address}/undo")
    view = page.post(f"{address}/undo").json()
    assert (view["edits"], view["part"]["cursor"], view["last_edit"]) == (3, 1, "set to 1")
    assert (view["can_undo"], view["can_redo"]) == (True, True)
    view = page.post(f"{address}/edits", json={"edit": {"op": "erase"}}).json()
    assert (view["edits"], view["part"]["cursor"], view["last_edit"]) == (2, 2, "erase")
    assert not series_of(studio, part).z.any()
    for _ in range(4):
        view = page.post(f"{address}/undo").json()
    assert (view["part"]["cursor"], view["can_undo"], view["last_edit"]) == (0, False, "")
    for _ in range(4):
        view = page.post(f"{address}/redo").json()
    assert (view["part"]["cursor"], view["can_redo"]) == (2, False)


def test_another_source_can_be_undone_and_keeps_the_edits(studio: Studio, part: Part) -> None:
    page, address = parts_help.client(studio), f"/api/parts/{part.id}"
    commit(studio, part, Operator(name="bias", value=2.0))
    before = series_of(studio, part)
    codes = CodesSource(path=[CodePoint(seconds=0, row=5)], seconds=0.4)
    view = page.put(f"{address}/source", json={"source": codes.model_dump()}).json()
    assert view["part"]["source"]["kind"] == "codes"
    assert view["last_edit"] == "change of the path"
    table = studio.table("continuous")
    np.testing.assert_allclose(series_of(studio, part).z, np.tile(table.z[5] + 2, (view["frames"], 1)))
    again = page.put(f"{address}/source", json={"source": codes.model_dump()}).json()
    assert again["edits"] == view["edits"]  # the same source is no change
    view = page.post(f"{address}/undo").json()
    assert view["part"]["source"]["kind"] == "sound"
    same(series_of(studio, part), before)


def test_memory_is_bounded_and_what_was_let_go_is_made_again(
    studio: Studio, part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = evaluation.bytes_of(series_of(studio, part))
    monkeypatch.setattr(evaluation, "STATE_BYTES", 10 * size)
    monkeypatch.setattr(evaluation, "SOURCE_BYTES", 2 * size)
    small = evaluation.Evaluator(studio)
    seen = []
    for number in range(40):
        commit(studio, part, SetTo(value=float(number), dimensions=[number % 4], start=number))
        seen.append(small.series(part_now(studio, part)).series)
    for at in (39, 20, 3, 25):
        past = part_now(studio, part).model_copy(update={"cursor": at + 1})
        same(small.series(past).series, seen[at])
    assert small._states.bytes <= 10 * size
    assert len(small._states) == 10


def test_kept_things_leave_in_the_order_nobody_asked_for_them() -> None:
    kept: Kept[str] = Kept(10, len)
    for word in ("aaaa", "bbbb"):
        kept.put(word, word)
    assert kept.get("aaaa") == "aaaa"
    kept.put("cccc", "cccc")
    assert (kept.get("bbbb"), kept.get("aaaa"), kept.get("cccc")) == (None, "aaaa", "cccc")
    assert (kept.bytes, len(kept)) == (8, 2)
    kept.put("much", "d" * 11)
    assert (kept.bytes, len(kept), kept.get("aaaa")) == (11, 1, None)
    assert kept.get("much") == "d" * 11


def test_a_morph_follows_the_parts_that_it_is_made_of(studio: Studio, part: Part) -> None:
    other = add_part(studio, "continuous", part.source, Operator(name="bias", value=1.0))
    morph = add_part(studio, "continuous", MorphSource(a=part.id, b=other.id, curve=LINE[1:], align="trim"))
    before = studio.evaluator.series(morph)
    np.testing.assert_allclose(before.series.z, series_of(studio, other).z, atol=1e-6)
    commit(studio, other, SetTo(value=3.0))
    after = studio.evaluator.series(morph)
    assert after.fingerprint != before.fingerprint
    np.testing.assert_allclose(after.series.z, 3.0, atol=1e-6)
    studio.session.change(lambda document: parts.removed(document, other.id))
    same(studio.evaluator.series(morph).series, after.series)


def test_a_morph_of_edited_codes_is_of_what_they_play(studio: Studio) -> None:
    source = CodesSource(path=[CodePoint(seconds=0, row=5)], seconds=0.4)
    moved = add_part(studio, "discrete", source, Operator(name="bias", value=0.01))
    morph = add_part(studio, "discrete", MorphSource(a=moved.id, b=moved.id, curve=LINE))
    codebook = studio.model("discrete").codebook
    assert codebook is not None
    np.testing.assert_allclose(series_of(studio, morph).z, codebook[[5] * len(series_of(studio, morph))])
    assert series_of(studio, moved).codes is None  # what was drawn is kept as it was drawn


def test_a_part_cannot_be_made_of_itself(studio: Studio, part: Part) -> None:
    first = add_part(studio, "continuous", MorphSource(a=part.id, b=part.id, curve=LINE))
    point = PlanePoint(x=0, y=0, ref=first.id)
    second = add_part(
        studio, "continuous", PlaneSource(points=[point], path=[PathPoint(seconds=0, x=0, y=0)])
    )
    page = parts_help.client(studio)
    round_trip = MorphSource(a=second.id, b=part.id, curve=LINE)
    alone = MorphSource(a=part.id, b=part.id, curve=LINE)
    for key, source in ((first.id, round_trip), (part.id, round_trip), (part.id, alone)):
        answer = page.put(f"/api/parts/{key}/source", json={"source": source.model_dump()})
        assert answer.status_code == 422
        assert "a part cannot be made of itself" in answer.json()["error"]
    assert not any(isinstance(edit, NewSource) for edit in part_now(studio, part).edits)


def test_parts_of_parts_go_only_so_deep(studio: Studio, part: Part) -> None:
    below = part
    for _ in range(31):
        below = add_part(studio, "continuous", MorphSource(a=below.id, b=below.id, curve=LINE, align="trim"))
    assert len(series_of(studio, below)) == len(series_of(studio, part))  # two to the 31 ways there
    over = add_part(studio, "continuous", MorphSource(a=below.id, b=below.id, curve=LINE))
    with pytest.raises(UsageError, match="more than 32 deep"):
        series_of(studio, over)


def test_parts_of_two_models_do_not_mix(studio: Studio, part: Part) -> None:
    page = parts_help.client(studio)
    source = MorphSource(a=part.id, b=part.id, curve=LINE)
    made = page.post("/api/parts", json={"model": "discrete", "source": source.model_dump()})
    assert made.status_code == 422
    assert "is of the model continuous and" in made.json()["error"]
    page.post("/api/parts", json={"model": "continuous", "source": source.model_dump()})
    moved = page.patch(f"/api/parts/{part.id}", json={"model": "discrete"})
    assert moved.status_code == 422
    assert part_now(studio, part).model == "continuous"


def test_parts_made_of_one_another_change_their_model_together(studio: Studio, part: Part) -> None:
    page = parts_help.client(studio)
    alone = add_part(studio, "continuous", part.source)
    below = add_part(studio, "continuous", part.source)
    morph = add_part(studio, "continuous", MorphSource(a=part.id, b=below.id, curve=LINE))
    above = add_part(studio, "continuous", MorphSource(a=morph.id, b=morph.id, curve=LINE, align="trim"))
    studio.session.change(lambda document: parts.removed(document, below.id))  # and still needed
    moved = page.patch(f"/api/parts/{part.id}", json={"model": "discrete", "together": True}).json()
    assert (moved["problem"], moved["part"]["model"]) == (None, "discrete")
    assert {part_now(studio, each).model for each in (part, morph, above)} == {"discrete"}
    assert part_now(studio, alone).model == "continuous"
    assert series_of(studio, above).codes is not None
    page.post(f"/api/parts/{below.id}/restore")
    page.post(f"/api/parts/{above.id}/undo")
    family = (part, below, morph, above)
    assert [(part_now(studio, each).model, part_now(studio, each).cursor) for each in family] == [
        ("continuous", 0)
    ] * 4
    assert page.get(f"/api/parts/{above.id}").json()["problem"] is None
    page.post(f"/api/parts/{below.id}/redo")
    assert [(part_now(studio, each).model, part_now(studio, each).cursor) for each in family] == [
        ("discrete", 1)
    ] * 4


def test_undoing_a_model_takes_along_what_was_done_and_made_since(studio: Studio, part: Part) -> None:
    page = parts_help.client(studio)
    page.patch(f"/api/parts/{part.id}", json={"model": "discrete"})
    morph = add_part(studio, "discrete", MorphSource(a=part.id, b=part.id, curve=LINE))
    after = commit(studio, morph, SetTo(dimensions=[0], value=1.0))
    undone = page.post(f"/api/parts/{part.id}/undo").json()
    assert (undone["problem"], part_now(studio, morph).model) == (None, "continuous")
    assert [type(step) for step in part_now(studio, morph).edits] == [SetTo, NewModel]
    assert series_of(studio, morph).codes is None
    page.post(f"/api/parts/{morph.id}/undo")
    assert part_now(studio, part).model_id == studio.model("discrete").model_id
    same(series_of(studio, morph), after)


def test_a_part_can_change_its_model(studio: Studio, part: Part) -> None:
    page, address = parts_help.client(studio), f"/api/parts/{part.id}"
    assert page.patch(address, json={"model": "discrete"}).status_code == 200
    assert series_of(studio, part).codes is not None
    commit(studio, part, Operator(name="reverse"))
    assert page.patch(address, json={"model": "none"}).status_code == 404


def test_another_model_is_one_step_that_undo_takes_back(studio: Studio, part: Part) -> None:
    page, address = parts_help.client(studio), f"/api/parts/{part.id}"
    before = commit(studio, part, SetTo(dimensions=[0], value=1.0))
    moved = page.patch(address, json={"model": "discrete", "name": "moved"}).json()
    assert (moved["last_edit"], moved["part"]["name"], moved["edits"]) == ("model discrete", "moved", 2)
    assert page.patch(address, json={"model": "discrete"}).json()["edits"] == 2  # it is that one already
    after = commit(studio, part, Operator(name="bias", dimensions=[1], value=0.5))
    page.post(f"{address}/undo")
    assert part_now(studio, part).model == "discrete"
    back = page.post(f"{address}/undo").json()
    assert (back["part"]["model"], back["can_redo"], back["problem"]) == ("continuous", True, None)
    assert back["part"]["model_id"] == studio.model("continuous").model_id
    same(series_of(studio, part), before)
    for _ in range(2):
        page.post(f"{address}/redo")
    assert part_now(studio, part).model_id == studio.model("discrete").model_id
    same(series_of(studio, part), after)
    forged = {"op": "model", "model": "discrete", "before": "continuous"}
    assert page.post(f"{address}/edits", json={"edit": forged}).status_code == 422
    text = Wording().of(studio.session.document)
    assert Document.model_validate_json(text) == studio.session.document


def test_what_is_tried_is_what_would_be_and_is_not_kept(studio: Studio, part: Part) -> None:
    rng = np.random.default_rng(8)
    for number in range(30):
        edit = some_edit(rng, 50)
        document = studio.session.document
        tried = studio.evaluator.preview(part_now(studio, part), edit)
        assert studio.session.document is document
        assert tried.fingerprint == ""
        same(tried.series, commit(studio, part, edit))
        assert number == part_now(studio, part).cursor - 1
    source = CodesSource(path=[CodePoint(seconds=0, row=2)], seconds=0.4)
    tried = studio.evaluator.preview(part_now(studio, part), None, source)
    same(tried.series, commit(studio, part, NewSource(source=source)))


def test_trying_leaves_out_what_takes_seconds(studio: Studio, part: Part) -> None:
    other = add_part(studio, "continuous", part.source, SetTo(value=1.0))
    morph = MorphSource(a=part.id, b=other.id, curve=LINE, course="even")
    shown = add_part(studio, "continuous", morph.model_copy(update={"course": "line"}))
    tried = studio.evaluator.preview(part_now(studio, shown), None, morph)
    same(tried.series, series_of(studio, shown))


def test_the_pages_hear_how_much_of_a_sound_is_encoded(
    studio: Studio, write_tone: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Mapping[str, Any]] = []
    monkeypatch.setattr(studio.events, "send", heard.append)
    sound = add_sound(studio, write_tone("long.wav", 4.0))
    part = add_part(studio, "continuous", SoundSource(sound=sound.id))
    heard.clear()
    studio.evaluator.series(part)
    assert {(event["type"], event["part"]) for event in heard} == {("encode", part.id)}
    shares = [event["share"] for event in heard]
    assert shares == sorted(shares)
    assert (len(shares) > 3, shares[-1]) == (True, 1.0)
    heard.clear()
    studio.evaluator.series(part)  # kept
    add_part(studio, "continuous", CodesSource(path=[CodePoint(seconds=0, row=1)]))
    assert [event for event in heard if event["type"] == "encode"] == []


def test_equal_fingerprints_are_of_equal_recipes(studio: Studio, part: Part) -> None:
    def fingerprint(**fields: object) -> str:
        return studio.evaluator.fingerprint(part_now(studio, part).model_copy(update=fields))

    plain = fingerprint()
    assert fingerprint(name="other", loop=False, selection=(1, 2)) == plain
    edits = [Erase(), Reset()]
    others = {
        fingerprint(seed=1),
        fingerprint(model="discrete"),
        fingerprint(edits=edits, cursor=1),
        fingerprint(edits=edits, cursor=2),
        fingerprint(edits=edits[::-1], cursor=2),
    }
    assert len(others - {plain}) == 5
    assert fingerprint(edits=edits, cursor=0) == plain


def test_edits_of_a_model_with_more_dimensions_wait_for_it(studio: Studio, part: Part) -> None:
    plain = series_of(studio, part)
    draw = Draw(dimensions=[9, 2, "loudness"], start=3, values=[[7.0], [1.0], [-9.0]])
    wider = add_part(studio, "continuous", part.source, SetTo(dimensions=[200], value=1.0), draw)
    narrow = Draw(dimensions=[2, "loudness"], start=3, values=[[1.0], [-9.0]])
    same(series_of(studio, wider), series_of(studio, add_part(studio, "continuous", part.source, narrow)))
    assert not np.array_equal(series_of(studio, wider).z, plain.z)
    assert part_now(studio, wider).edits[1] == draw
    page = parts_help.client(studio)
    answer = page.post(f"/api/parts/{part.id}/edits", json={"edit": draw.model_dump()})
    assert (answer.status_code, part_now(studio, part).edits) == (422, [])
    assert "dimension is 9; there are 0 to 3" in answer.json()["error"]


def test_a_place_beyond_the_end_is_told(studio: Studio, part: Part) -> None:
    page, address = parts_help.client(studio), f"/api/parts/{part.id}"
    frames = page.get(address).json()["frames"]
    answer = page.post(f"{address}/edits", json={"edit": {"op": "erase", "start": frames}})
    assert answer.status_code == 422
    assert f"the series has {frames} frames" in answer.json()["error"]
    assert not part_now(studio, part).edits


@pytest.mark.parametrize(
    "edit",
    [
        {"op": "set", "value": float("nan")},
        {"op": "set", "value": 1e9},
        {"op": "set"},
        {"op": "draw", "dimensions": [0], "start": -1, "values": [[1]]},
        {"op": "draw", "dimensions": [0], "start": 0, "values": [[]]},
        {"op": "draw", "dimensions": ["z0"], "start": 0, "values": [[1]]},
        {"op": "operator", "name": "__init__"},
        {"op": "operator", "name": "scale", "value": "2; rm"},
        {"op": "erase", "more": 1},
        {"op": "nothing"},
        "erase",
        None,
    ],
)
def test_malformed_edits_change_nothing(studio: Studio, part: Part, edit: object) -> None:
    page = parts_help.client(studio)
    before = studio.session.document
    body = json.dumps({"edit": edit})
    kind = {"content-type": "application/json"}
    answer = page.post(f"/api/parts/{part.id}/edits", content=body, headers=kind)
    assert answer.status_code == 422
    assert studio.session.document is before


def test_the_middle_of_the_loudness_is_that_of_the_command_line(studio: Studio) -> None:
    assert editing.middle_db(studio.model("continuous")) == -30.0


def test_a_series_is_told_as_it_is_drawn_and_as_it_plays(studio: Studio) -> None:
    source = CodesSource(path=[CodePoint(seconds=0, row=5)], seconds=0.4)
    drawn = add_part(studio, "discrete", source, Operator(name="bias", value=0.01))
    packet = parts_help.client(studio).get(f"/api/parts/{drawn.id}/series").content
    header, arrays = parts_help.unpacked(packet)
    assert header["frame_rate_hz"] == 125
    assert header["fingerprint"] == studio.evaluator.fingerprint(drawn)
    series: LatentSeries = series_of(studio, drawn)
    assert np.array_equal(arrays["z"], series.z)
    assert np.array_equal(arrays["source_z"], studio.evaluator.series(drawn).source.z)
    assert set(arrays["codes"].tolist()) == {5}
    assert arrays["loudness_db"].dtype == np.float32
