"""Sounds of a session: what comes in, what is refused, how they are read and changed."""

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from starlette.testclient import TestClient
from studio_sounds_help import RATE, app_of, new_session, nothing_left, sine, small_studio

from timbrespace.errors import AudioError, TimbrespaceError, UsageError
from timbrespace.studio import decoding, quantities, sounds
from timbrespace.studio.decoder import Decoder
from timbrespace.studio.errors import Missing
from timbrespace.studio.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = new_session(tmp_path)
    yield made
    made.close()


@pytest.fixture
def page(session: Session) -> TestClient:
    return TestClient(app_of(small_studio(session)))


def as_file(samples: np.ndarray, rate: int = RATE, form: str = "WAV", subtype: str | None = None) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=form, subtype=subtype)
    return buffer.getvalue()


def send(page: TestClient, data: bytes, name: str = "take.wav", **query: str) -> Any:
    return page.post("/api/sounds", params={"name": name, **query}, content=data)


def stored(session: Session, samples: np.ndarray, rate: int = RATE, name: str = "take") -> Any:
    return sounds.store(session, [samples], rate, name, "result")


@pytest.mark.parametrize(
    ("form", "subtype", "tolerance"),
    [
        ("WAV", "PCM_16", 1e-4),
        ("WAV", "DOUBLE", 1e-6),
        ("FLAC", "PCM_24", 1e-6),
        ("AIFF", "PCM_24", 1e-6),
        ("CAF", "FLOAT", 1e-6),
        ("W64", "PCM_U8", 1e-2),
        ("OGG", "VORBIS", 0.05),
        ("OGG", "OPUS", 0.1),
        ("MP3", "MPEG_LAYER_III", 0.05),
    ],
)
def test_a_file_of_any_format_becomes_the_sound_it_holds(
    page: TestClient, session: Session, form: str, subtype: str, tolerance: float
) -> None:
    rate, wave = 48_000, sine(0.4, 440.0, 48_000)
    answer = send(page, as_file(wave, rate, form, subtype), "violin.wav", origin="microphone")
    assert answer.status_code == 201
    sound = session.document.sounds[0]
    assert answer.json() == sound.model_dump(mode="json")
    assert (sound.name, sound.sample_rate, sound.origin) == ("violin", rate, "microphone")
    samples = sounds.read(session, sound)
    assert len(samples) == sound.frames
    assert np.abs(samples).max() == pytest.approx(sound.peak)
    middle = slice(rate // 10, 3 * rate // 10)
    assert np.abs(samples[middle] - wave[middle]).max() < tolerance
    shares = [event.get("share") for event in session.events.of("sound")]  # type: ignore[attr-defined]
    assert shares[-1] == 1.0
    assert nothing_left(session)


def test_channels_are_mixed_and_an_offset_stays(page: TestClient, session: Session) -> None:
    channels = np.stack([np.full(1000, value, np.float32) for value in (0.1, 0.5, -0.3, 0.7)], axis=1)
    assert send(page, as_file(channels, 192_000, subtype="FLOAT")).json()["sample_rate"] == 192_000
    assert sounds.read(session, session.document.sounds[0]) == pytest.approx(np.full(1000, 0.25))


def test_silence_and_one_sample_are_sounds(page: TestClient, session: Session) -> None:
    assert send(page, as_file(np.zeros(100))).json()["peak"] == 0.0
    assert send(page, as_file(np.array([0.5]))).json()["frames"] == 1


def with_one(value: float) -> np.ndarray:
    samples = sine(0.1)
    samples[77] = value
    return samples


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "there is nothing in it"),
        (b"dear diary\n" * 100, "not a sound that can be read here; save it as WAV"),
        (b"\0\0\0\x20ftypM4A " + bytes(1000), "not a sound that can be read here"),
        (b"RIFF\0\0\0\0WAVE", "damaged; export it again"),
        (as_file(np.zeros(0)), "there is nothing in it"),
        (as_file(with_one(np.nan), subtype="FLOAT"), "sample 77 (0.010 s) is nan"),
        (as_file(with_one(np.inf), subtype="FLOAT"), "sample 77 (0.010 s) is inf"),
        (as_file(with_one(1e30), subtype="FLOAT"), "a sample is 1e+30"),
        (as_file(sine(), 500), "its sample rate is 500 Hz"),
    ],
    ids=["empty", "text", "m4a", "riff", "header", "nan", "inf", "huge", "slow"],
)
def test_what_is_no_sound_is_refused_by_its_name(
    page: TestClient, session: Session, data: bytes, words: str
) -> None:
    answer = send(page, data, "diary.wav")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("diary.wav: ")
    assert words in answer.json()["error"]
    assert session.document.sounds == []
    assert nothing_left(session)
    told = session.events.of("sound")[-1]  # type: ignore[attr-defined]
    assert told["error"] == answer.json()["error"]


def test_of_a_truncated_file_what_is_there_is_taken_and_the_rest_said(
    page: TestClient, session: Session
) -> None:
    assert send(page, as_file(sine(1.0))[:8044]).json()["frames"] == 4000
    note = session.events.of("sound")[-1]["note"]  # type: ignore[attr-defined]
    assert note == "0.50 s of the 1.00 s it should have"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\take 1.WAV", "take 1"),
        ("été\u202e\0\n<b>.flac", "été<b>"),
        ("song.v2", "song.v2"),
        (".wav", ".wav"),
        ("/", "sound"),
        ("", "sound"),
        ("a" * 900 + ".wav", "a" * 196),
    ],
)
def test_a_files_name_is_only_a_label(page: TestClient, session: Session, name: str, label: str) -> None:
    before = {path for path in session.folder.parent.rglob("*") if path.is_file()}
    assert send(page, as_file(sine(0.01)), name).json()["name"] == label
    key = session.document.sounds[0].id
    session.flush()
    new = {path for path in session.folder.parent.rglob("*") if path.is_file()} - before
    assert new == {session.sounds / f"{key}.wav", session.sounds / f"{key}.peaks.npy"}


def test_two_sounds_never_have_one_name(session: Session) -> None:
    names = [stored(session, sine(0.01), name="take.wav").name for _ in range(3)]
    assert names == ["take", "take 2", "take 3"]


def test_a_sound_is_read_from_second_to_second_at_its_rate_or_another(session: Session) -> None:
    wave = sine(2.0)
    sound = stored(session, wave)
    assert np.array_equal(sounds.read(session, sound), wave)
    assert np.array_equal(sounds.read(session, sound, 0.5, 0.75), wave[4000:6000])
    assert np.array_equal(sounds.read(session, sound, 1.5, 99.0), wave[12_000:])
    double = sounds.at_rate(session, sound, 0.5, 1.0, 2 * RATE)
    assert len(double) == RATE
    assert np.abs(double[1000:-1000:2] - wave[4500:7500]).max() < 1e-3
    with pytest.raises(UsageError, match=r"from 2\.5 s to its end there is nothing of its 2\.000 s"):
        sounds.read(session, sound, 2.5)


def test_a_sound_whose_file_is_gone_or_another_is_missing(page: TestClient, session: Session) -> None:
    sound = stored(session, sine())
    soundfile.write(sounds.wav_path(session, sound), np.zeros((9000, 2)), RATE)
    with pytest.raises(Missing, match="not the one that was kept"):
        sounds.read(session, sound)
    sounds.wav_path(session, sound).unlink()
    for place in (".wav", "/peaks", "/spectrogram"):
        answer = page.get(f"/api/sounds/{sound.id}{place}")
        assert (answer.status_code, "is gone" in answer.json()["error"]) == (404, True)


def test_what_is_said_of_a_sound_can_be_changed(page: TestClient, session: Session) -> None:
    key = stored(session, sine(2.0)).id
    change = {"name": " solo ", "gain_db": -6.0, "selection": [0.5, 2.0001], "loop": True}
    sound = page.patch(f"/api/sounds/{key}", json=change).json()
    assert (sound["name"], sound["gain_db"], sound["loop"]) == ("solo", -6.0, True)
    assert sound["selection"] == [0.5, 2.0]
    revision = session.document.revision
    assert page.patch(f"/api/sounds/{key}", json={"loop": True}).json() == sound
    assert session.document.revision == revision
    assert page.patch(f"/api/sounds/{key}", json={"selection": None}).json()["selection"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "   "},
        {"gain_db": 31},
        {"gain_db": "loud"},
        {"selection": [1.0, 0.5]},
        {"selection": [2.5, 3.0]},
        {"selection": [1.0]},
        {"selection": [-1.0, 1.0]},
        {"frames": 3},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(page: TestClient, session: Session, change: dict[str, Any]) -> None:
    sound = stored(session, sine(2.0))
    assert page.patch(f"/api/sounds/{sound.id}", json=change).status_code == 422
    assert session.document.sounds == [sound]


def test_a_removed_sound_can_still_be_read_and_comes_back(page: TestClient, session: Session) -> None:
    sound = stored(session, sine())
    assert page.delete(f"/api/sounds/{sound.id}").status_code == 204
    assert (session.document.sounds, session.document.removed_sounds) == ([], [sound])
    assert len(sounds.read(session, sound)) == RATE
    assert page.patch(f"/api/sounds/{sound.id}", json={"loop": True}).status_code == 404
    assert page.delete(f"/api/sounds/{sound.id}").status_code == 404
    assert page.post(f"/api/sounds/{sound.id}/restore").json()["id"] == sound.id
    assert (session.document.sounds, session.document.removed_sounds) == ([sound], [])
    assert page.post(f"/api/sounds/{sound.id}/restore").status_code == 404


def test_the_file_can_be_saved_under_its_name(page: TestClient, session: Session) -> None:
    sound = stored(session, sine(), name="été")
    answer = page.get(f"/api/sounds/{sound.id}.wav")
    assert answer.content == sounds.wav_path(session, sound).read_bytes()
    assert "%C3%A9t%C3%A9.wav" in answer.headers["content-disposition"]


@pytest.mark.parametrize("key", ["s0123456789ab", "../session", "s0123456789ab%2f..", "x"])
def test_an_id_that_is_none_finds_nothing(page: TestClient, key: str) -> None:
    for place in (".wav", "/peaks", "/spectrogram"):
        assert page.get(f"/api/sounds/{key}{place}").status_code in (404, 422)


def test_a_session_without_room_takes_nothing_more(
    page: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(session, sine(1.0))
    monkeypatch.setattr(sounds, "MAX_SESSION_BYTES", 50_000)
    answer = send(page, as_file(sine(1.0), form="FLAC"))
    assert answer.status_code == 400
    assert "there is room for; cut it, or start a new session" in answer.json()["error"]
    with pytest.raises(AudioError, match="room"):
        stored(session, sine(1.0))
    monkeypatch.setattr(sounds, "MAX_SESSION_BYTES", 0)
    answer = send(page, as_file(sine(1.0)))
    assert (answer.status_code, "start a new session" in answer.json()["error"]) == (507, True)
    assert len(session.document.sounds) == 1
    assert nothing_left(session)


def test_nothing_remains_where_the_document_does_not_take_it(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(make: Any) -> None:
        raise TimbrespaceError("no")

    monkeypatch.setattr(session, "change", refuse)
    with pytest.raises(TimbrespaceError, match="no"):
        stored(session, sine())
    assert nothing_left(session)


def test_what_a_crash_left_is_cleared_when_the_session_is_opened(session: Session) -> None:
    (sounds.workplace(session, "s0123456789ab") / "upload").write_bytes(b"half")
    session.close()
    again = Session.open(session.folder, session.events)
    assert nothing_left(again)
    again.close()


def decoded_with(source: Path, change: str) -> subprocess.CompletedProcess[str]:
    """The program of the process that decodes, with a limit or a function changed."""
    places = [str(source), *(str(source.with_suffix(end)) for end in (".out.wav", ".npy")), "1000000000"]
    program = (
        f"import sys; from timbrespace.studio import decoding; {change}; sys.exit(decoding.main({places}))"
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_both_sides_mean_the_same_length() -> None:
    assert decoding.LONGEST_SECONDS == quantities.LONGEST_SOUND_SECONDS


def test_a_sound_that_is_too_long_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "long.wav"
    source.write_bytes(as_file(sine(2.0)))
    done = decoded_with(source, "decoding.LONGEST_SECONDS = 1.5")
    assert done.returncode == 1
    assert "longer than" in done.stdout


def test_a_file_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "wide.wav"
    source.write_bytes(as_file(np.zeros((65_536, 512), np.float32), subtype="PCM_U8"))
    done = decoded_with(source, "decoding.MEMORY_BYTES = 200 * 2**20")
    words = "of memory; save it with fewer channels"
    assert words in done.stdout or sys.platform != "linux"  # elsewhere memory is not limited so


class Standin(Decoder):
    """A decoder whose process runs another program."""

    program = ""

    def __init__(self, program: str) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        self._stopped = None


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import os; os.abort()", "it breaks its decoder"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "takes too long"),
        ("import time; time.sleep(60)", "takes more than 0.005 minutes"),
        ("print('{\"share\": 0.', end='')", "it breaks its decoder"),
    ],
    ids=["crash", "busy", "hanging", "half a line"],
)
def test_a_decoder_that_breaks_or_hangs_costs_the_file_and_no_more(program: str, words: str) -> None:
    with pytest.raises(AudioError, match=words):
        Standin(program).run(lambda share: None, wall_seconds=0.3)
