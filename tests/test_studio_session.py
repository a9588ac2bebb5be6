"""The session: kept at every change, whole, restored, listed, copied, never lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from timbrespace.errors import TimbrespaceError
from timbrespace.studio import session as kept
from timbrespace.studio.document import Document, Draw, NewSource, Part, Sound, SoundSource
from timbrespace.studio.errors import Missing
from timbrespace.studio.events import Events
from timbrespace.studio.session import Session
from timbrespace.studio.sessions import REMOVED, Sessions
from timbrespace.studio.wording import Wording, document_view

SOUND = Sound(id="s" + "0" * 12, name="a", sample_rate=44100, frames=100)
SOURCE = SoundSource(sound=SOUND.id)


def a_part(number: int = 0, **fields: object) -> Part:
    return Part(id=f"p{number:012x}", name=f"part {number}", model="sax", source=SOURCE, **fields)


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path / "sessions", Events())


def renamed(session: Session, name: str) -> Document:
    return session.change(lambda document: document.model_copy(update={"name": name}))


def test_a_change_is_on_the_disk_at_once_and_there_again(sessions: Sessions) -> None:
    session = sessions.create("first")
    part = a_part(edits=[Draw(dimensions=[0], start=3, values=[[0.1, 1 / 3]])], cursor=1)
    session.change(lambda document: document.model_copy(update={"sounds": [SOUND], "parts": [part]}))
    assert session.flush()
    assert kept.read(session.folder) == session.document
    session.close()
    again = sessions.open(session.document.id)
    assert again.document == session.document
    assert again.document.parts[0].edits[0].values == [[0.1, 1 / 3]]
    again.close()


def test_a_change_that_comes_after_the_end_is_refused_and_not_lost_unsaid(sessions: Sessions) -> None:
    session = sessions.create("first")
    session.close()
    with pytest.raises(TimbrespaceError, match="'first' is closed; open it again"):
        renamed(session, "second")
    assert kept.read(session.folder).name == session.document.name == "first"


def test_revisions_grow_and_nothing_changes_where_making_fails(sessions: Sessions) -> None:
    session = sessions.create()
    assert [renamed(session, name).revision for name in "abc"] == [1, 2, 3]

    def fail(_: Document) -> Document:
        raise TimbrespaceError("no")

    with pytest.raises(TimbrespaceError, match="no"):
        session.change(fail)
    assert (session.document.name, session.document.revision) == ("c", 3)
    assert session.change(lambda document: document).revision == 3
    session.close()


def test_changes_from_many_threads_are_all_kept(sessions: Sessions) -> None:
    session = sessions.create()

    def add(number: int) -> None:
        part = a_part(number)
        session.change(lambda document: document.model_copy(update={"parts": [*document.parts, part]}))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.close()
    held = kept.read(session.folder)
    assert sorted(part.id for part in held.parts) == [f"p{number:012x}" for number in range(40)]


def test_a_killed_process_loses_nothing_that_was_flushed(sessions: Sessions) -> None:
    program = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from timbrespace.studio.events import Events
        from timbrespace.studio.sessions import Sessions
        session = Sessions(Path(sys.argv[1]), Events()).create("mine")
        for number in range(50):
            session.change(lambda d: d.model_copy(update={"name": f"version {number}"}))
        session.flush()
        session.change(lambda d: d.model_copy(update={"name": "last"}))
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    ended = subprocess.run([sys.executable, "-c", program, str(sessions.root)], check=False)
    assert ended.returncode == -9
    session = sessions.latest()
    assert session.document.name in ("version 49", "last")
    session.close()


def test_one_session_is_open_in_one_studio_only(sessions: Sessions) -> None:
    session = sessions.create("mine")
    with pytest.raises(TimbrespaceError, match="open in another studio"):
        sessions.open(session.document.id)
    other = sessions.latest()
    assert other.document.id != session.document.id
    other.close()
    session.close()
    sessions.open(session.document.id).close()


def test_the_last_changed_session_is_the_one_to_go_on_with(sessions: Sessions) -> None:
    for name, changed in (("old", "2020-01-01"), ("new", "2024-01-01"), ("middle", "2022-01-01")):
        session = sessions.create(name)
        session.close()
        kept.write(session.folder, session.document.model_copy(update={"changed": changed}))
    assert [each.name for each in sessions.listed()] == ["new", "middle", "old"]
    latest = sessions.latest()
    assert latest.document.name == "new"
    latest.close()


def test_a_damaged_session_is_named_and_left_alone(sessions: Sessions) -> None:
    session = sessions.create("good")
    session.close()
    broken = sessions.root / ("f" * 12)
    broken.mkdir()
    (broken / kept.FILE).write_text('{"format": 1, "id": "nonsense"')
    listed = {each.id: each for each in sessions.listed()}
    assert listed["f" * 12].problem is not None
    latest = sessions.latest()
    assert latest.document.name == "good"
    latest.close()
    with pytest.raises(TimbrespaceError, match="damaged"):
        sessions.open("f" * 12)
    assert (broken / kept.FILE).read_text().startswith('{"format"')


def test_a_session_of_a_later_version_is_refused_by_its_field(sessions: Sessions) -> None:
    session = sessions.create()
    session.close()
    path = session.folder / kept.FILE
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))
    with pytest.raises(TimbrespaceError, match="format"):
        sessions.open(session.document.id)


def test_a_copy_has_everything_and_a_name_of_its_own(sessions: Sessions) -> None:
    session = sessions.create("piece")
    (session.sounds / f"{SOUND.id}.wav").write_bytes(b"sound")
    session.change(lambda document: document.model_copy(update={"sounds": [SOUND]}))
    session.flush()
    copy = sessions.duplicate(session.document.id)
    assert (copy.name, copy.sounds) == ("piece 2", [SOUND])
    opened = sessions.open(copy.id)
    assert (opened.sounds / f"{SOUND.id}.wav").read_bytes() == b"sound"
    opened.close()
    session.close()


def test_what_is_removed_stays_in_a_folder(sessions: Sessions) -> None:
    session = sessions.create("piece")
    with pytest.raises(TimbrespaceError, match="open in another studio"):
        sessions.remove(session.document.id)
    session.close()
    sessions.remove(session.document.id)
    assert sessions.listed() == []
    assert len(list((sessions.root / REMOVED).iterdir())) == 1
    sessions.restore(session.document.id)
    assert [each.name for each in sessions.listed()] == ["piece"]
    with pytest.raises(Missing, match="was put away"):
        sessions.restore(session.document.id)


def test_a_session_that_is_not_open_gets_another_name(sessions: Sessions) -> None:
    session = sessions.create("piece")
    with pytest.raises(TimbrespaceError, match="open in another studio"):
        sessions.rename(session.document.id, "other")
    session.close()
    sessions.rename(session.document.id, "other")
    assert [each.name for each in sessions.listed()] == ["other"]


@pytest.mark.parametrize("key", ["", "..", "../x", "removed", "0" * 12, "a" * 11 + "/"])
def test_ids_lead_nowhere_else(sessions: Sessions, key: str) -> None:
    sessions.create().close()
    for call in (sessions.open, sessions.remove, sessions.restore):
        with pytest.raises(Missing):
            call(key)


def test_a_full_disk_is_told_and_made_good_later(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    session = sessions.create()
    heard: list[object] = []
    monkeypatch.setattr(session.events, "send", heard.append)
    real = os.replace

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    renamed(session, "unkept")
    session.flush()
    assert session.problem is not None
    assert "No space left" in session.problem
    assert any(event["type"] == "unsaved" for event in heard)  # type: ignore[index]
    monkeypatch.setattr(os, "replace", real)
    renamed(session, "kept")
    session.flush()
    assert session.problem is None
    assert kept.read(session.folder).name == "kept"
    session.close()


def test_wording_gives_what_pydantic_gives_and_reads_back() -> None:
    wording = Wording()
    edits = [Draw(dimensions=["loudness", 2], start=0, values=[[0.5], [-1e-7]]), NewSource(source=SOURCE)]
    document = Document(id="0" * 12, sounds=[SOUND], parts=[a_part(1, edits=edits, cursor=2)])
    for each in (document, document.model_copy(update={"removed_parts": document.parts, "parts": []})):
        assert json.loads(wording.of(each)) == json.loads(each.model_dump_json())
        assert Document.model_validate_json(wording.of(each)) == each


def test_the_page_sees_how_many_edits_there_are_not_what_they_hold() -> None:
    moved = SoundSource(sound=SOUND.id, start=1.0)
    edits = [NewSource(source=moved), Draw(dimensions=[0], start=0, values=[[1.0]])]
    document = Document(id="0" * 12, parts=[a_part(edits=edits, cursor=1)])
    shown = document_view(document)["parts"][0]
    assert (shown["edits"], shown["cursor"], shown["source"]["start"]) == (2, 1, 1.0)
    undone = document.model_copy(update={"parts": [a_part(edits=edits, cursor=0)]})
    assert document_view(undone)["parts"][0]["source"]["start"] == 0.0
