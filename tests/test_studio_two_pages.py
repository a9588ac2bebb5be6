"""Two pages at once: what one does neither loses the other's work nor takes it elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import studio_parts_help as parts_help
from studio_parts_help import add_part, add_sound, part_now

from timbrespace.errors import TimbrespaceError
from timbrespace.studio import desk, parts
from timbrespace.studio.document import SetTo, Sound, SoundSource
from timbrespace.studio.studio import Studio


@pytest.fixture
def studio(tiny_models: dict[str, Path], tmp_path: Path) -> Iterator[Studio]:
    with parts_help.opened({"tiny": tiny_models["continuous"]}, tmp_path / "sessions") as opened:
        yield opened


@pytest.fixture
def sound(studio: Studio, write_tone: Callable[..., Path]) -> Sound:
    return add_sound(studio, write_tone("a.wav", 0.3))


def test_a_part_that_is_made_while_another_session_is_opened_gets_into_neither(
    studio: Studio, sound: Sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = studio.evaluator.series

    def slow(*given: Any, **more: Any) -> object:
        made = series(*given, **more)
        studio.enter(studio.sessions.create("another"))
        return made

    part = parts.new_part(studio.session.document, "tiny", SoundSource(sound=sound.id), None)
    monkeypatch.setattr(studio.evaluator, "series", slow)
    with pytest.raises(TimbrespaceError, match="is closed; open it again"):
        desk.add(studio, part)
    assert studio.session.document.name == "another"
    assert studio.session.document.parts == []


def test_edits_that_come_at_the_same_time_are_all_kept(studio: Studio, sound: Sound) -> None:
    part = add_part(studio, "tiny", SoundSource(sound=sound.id))
    edits = [SetTo(dimensions=[0], value=number / 10) for number in range(20)]
    with ThreadPoolExecutor(4) as pages:
        list(pages.map(lambda edit: desk.commit(studio, part.id, edit), edits))
    kept = part_now(studio, part)
    assert kept.cursor == len(edits)
    assert sorted(edit.value for edit in kept.edits) == [edit.value for edit in edits]
