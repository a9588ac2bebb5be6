"""The library: what ships with the package and a data set's recordings, copied into the tray."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import prepare_help
import pytest
import soundfile
from starlette.testclient import TestClient
from studio_sounds_help import app_of, new_session, nothing_left, small_studio

from timbrespace.dataset.prepare import prepare
from timbrespace.dataset.store import Dataset
from timbrespace.errors import DatasetError
from timbrespace.studio import sounds
from timbrespace.studio.library import EXAMPLES, Library
from timbrespace.studio.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = new_session(tmp_path)
    yield made
    made.close()


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    for number, name in enumerate(("one/b", "one/a", "two/a")):
        prepare_help.sound(tmp_path / "in" / f"{name}.wav", prepare_help.noise(0.5 + 0.5 * number, number))
    prepare([tmp_path / "in"], tmp_path / "winds", rate=8000)
    return tmp_path / "winds"


def test_the_examples_are_grouped_and_called_what_they_are() -> None:
    groups = {group["name"]: [item["name"] for item in group["items"]] for group in Library().groups()}
    assert next(iter(groups)) == "Examples: alto saxophone"
    assert groups["Examples: alto saxophone"][:3] == [
        "Alto sax F3 forte",
        "Alto sax F3 piano",
        "Alto sax Gb3 forte",
    ]
    assert "Cajon sl1, velocity 4, take 1" in groups["Examples: hand percussion"]
    assert groups["Examples: voice"] == ["LJ001-0002", "LJ001-0008"]
    assert sum(map(len, groups.values())) == len(list(EXAMPLES.rglob("*.flac")))


def test_an_example_is_copied_into_the_tray(session: Session) -> None:
    page = TestClient(app_of(small_studio(session)))
    groups = page.get("/api/library").json()["groups"]
    item = groups[0]["items"][0]
    answer = page.post(f"/api/library/{item['id']}")
    assert answer.status_code == 201
    sound = session.document.sounds[0]
    assert answer.json()["id"] == sound.id
    wave, rate = soundfile.read(EXAMPLES / "alto_sax" / "alto-sax_F3_f.flac", dtype="float32")
    assert (sound.name, sound.origin, sound.sample_rate) == ("Alto sax F3 forte", "example", rate)
    assert np.array_equal(sounds.read(session, sound), wave)
    assert item["seconds"] == pytest.approx(len(wave) / rate, abs=1e-3)


def test_the_recordings_of_a_data_set_come_first(session: Session, dataset: Path) -> None:
    library = Library(dataset)
    group = library.groups()[0]
    assert group["name"] == "Data set: winds"
    assert {item["name"]: item["seconds"] for item in group["items"]} == {
        "b": 0.5,
        "one/a": 1.0,
        "two/a": 1.5,
    }
    opened = Dataset.open(dataset)
    for item, source in zip(group["items"], opened.sources, strict=True):
        sound = library.bring(item["id"], session)
        assert (sound.origin, sound.sample_rate) == ("dataset", 8000)
        assert np.array_equal(
            sounds.read(session, sound), opened.audio[source.start : source.start + source.length]
        )
    assert nothing_left(session)


@pytest.mark.parametrize("key", ["nothing", "..%2f..%2fetc%2fpasswd", "alto-sax_F3_f.flac", "0"])
def test_what_is_not_in_the_library_is_missing(session: Session, key: str) -> None:
    page = TestClient(app_of(small_studio(session)))
    assert page.post(f"/api/library/{key}").status_code == 404
    assert session.document.sounds == []


def test_a_folder_that_is_no_data_set_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="not a data set"):
        Library(tmp_path)
