"""Sound files in and out: formats, broken files, rates, and never a silent clip."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from timbrespace.audio import (
    BlockResampler,
    UnusableAudio,
    parse_channel,
    read_audio,
    resample,
    select_channel,
    write_audio,
)
from timbrespace.errors import AudioError, TimbrespaceError, UsageError

RATE = 48_000
FORMATS = [
    ("WAV", "PCM_U8", 0.02),
    ("WAV", "PCM_16", 1e-4),
    ("WAV", "PCM_24", 1e-6),
    ("WAV", "PCM_32", 1e-7),
    ("WAV", "FLOAT", 0.0),
    ("WAV", "DOUBLE", 0.0),
    ("AIFF", "PCM_16", 1e-4),
    ("FLAC", "PCM_24", 1e-6),
    ("CAF", "PCM_24", 1e-6),
    ("CAF", "ALAC_16", 1e-4),
    ("W64", "PCM_24", 1e-6),
    ("RF64", "FLOAT", 0.0),
    ("AU", "PCM_16", 1e-4),
    ("OGG", "VORBIS", 0.1),
    ("OGG", "OPUS", 0.2),
    ("MP3", "MPEG_LAYER_III", 0.1),
]
CUT = [("WAV", "PCM_16"), ("WAV", "FLOAT"), ("AIFF", "PCM_16"), ("FLAC", "PCM_16"), ("CAF", "PCM_24")]
CUT += [("W64", "PCM_16"), ("RF64", "PCM_16"), ("AU", "PCM_16"), ("MP3", "MPEG_LAYER_III")]


def tone(seconds: float = 1.0, rate: int = RATE, channels: int = 2) -> np.ndarray:
    """A decaying chord, float32 [C, T]."""
    time = np.arange(round(seconds * rate)) / rate
    rows = [0.4 * np.sin(2 * np.pi * 220 * (c + 1) * time) * np.exp(-time) for c in range(channels)]
    return np.array(rows, dtype=np.float32)


def cut(path: Path, share: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


@pytest.mark.parametrize(("form", "subtype", "tolerance"), FORMATS)
def test_every_format_comes_back(tmp_path: Path, form: str, subtype: str, tolerance: float) -> None:
    path = tmp_path / "a.sound"
    soundfile.write(path, tone().T, RATE, format=form, subtype=subtype)
    audio = read_audio(path)
    assert (audio.sample_rate, audio.truncation, audio.frames_missing) == (RATE, "", 0)
    assert audio.samples.dtype == np.float32
    np.testing.assert_allclose(audio.samples, tone(), atol=tolerance)


@pytest.mark.parametrize(("form", "subtype"), CUT)
def test_truncated_file_gives_what_is_there(tmp_path: Path, form: str, subtype: str) -> None:
    path = tmp_path / "cut.sound"
    noise = np.random.default_rng(0).normal(0, 0.1, (3 * RATE, 2)).astype(np.float32)
    soundfile.write(path, noise, RATE, format=form, subtype=subtype)
    whole = read_audio(path).samples
    audio = read_audio(cut(path, 0.6))
    assert audio.seconds == pytest.approx(0.6 * 3, abs=0.12)
    assert audio.samples.shape[1] + audio.frames_missing == pytest.approx(3 * RATE, abs=24)
    assert "s of the 3.00 s it should have" in audio.truncation
    np.testing.assert_allclose(audio.samples[:, :48_000], whole[:, :48_000], atol=1e-6)


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_truncated_ogg_is_noticed_without_a_length_in_its_header(tmp_path: Path, subtype: str) -> None:
    path = tmp_path / "a.ogg"
    noise = np.random.default_rng(0).normal(0, 0.1, (3 * RATE, 1)).astype(np.float32)
    soundfile.write(path, noise, RATE, format="OGG", subtype=subtype)
    audio = read_audio(cut(path, 0.6))
    assert 0.5 < audio.seconds < 2.0
    assert "breaks off" in audio.truncation


def test_wav_whose_recorder_crashed_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, tone().T, RATE, subtype="PCM_24")
    data = bytearray(path.read_bytes())
    place = data.find(b"data") + 4
    data[place : place + 4] = bytes(4)
    path.write_bytes(data)
    audio = read_audio(path)
    np.testing.assert_allclose(audio.samples, tone(), atol=1e-6)
    assert "never completed" in audio.truncation


def test_wav_written_to_a_pipe_is_not_called_truncated(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, tone().T, RATE, subtype="PCM_16")
    data = bytearray(path.read_bytes())
    place = data.find(b"data") + 4
    data[place : place + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    assert read_audio(path).truncation == ""


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"some words\n" * 99, "not audio"), (b"Creative Commons\n" * 99, "not audio")],
)
def test_what_is_no_sound_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(UnusableAudio, match=f"a.wav: {reason}") as caught:
        read_audio(path)
    assert caught.value.reason == reason


def test_file_names_need_not_be_text(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"bad\xff\xfe.wav")
    soundfile.write(os.fsencode(path), np.full(100, 0.5), 8_000, format="WAV")
    assert read_audio(path).samples.shape == (1, 100)


def test_decoders_write_nothing_to_stderr(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "damaged.mp3"
    soundfile.write(path, 0.1 * np.random.default_rng(0).standard_normal(44_100), 44_100)
    content = bytearray(path.read_bytes())
    content[2000:2400] = bytes(400)
    path.write_bytes(content)
    read_audio(path)
    os.write(2, b"still there")
    assert capfd.readouterr().err == "still there"


def test_missing_end_is_told_in_digits_that_differ(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    soundfile.write(path, np.zeros(8_000), 8_000, subtype="PCM_16")
    path.write_bytes(path.read_bytes()[:-20])
    assert read_audio(path).truncation == "0.998750 s of the 1.000000 s it should have"


def test_folder_and_missing_file_and_no_frames(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="not audio"):
        read_audio(tmp_path)
    with pytest.raises(AudioError, match="unreadable: No such file"):
        read_audio(tmp_path / "nothing.wav")
    soundfile.write(tmp_path / "zero.wav", np.zeros((0, 1)), RATE)
    with pytest.raises(AudioError, match="empty: no samples"):
        read_audio(tmp_path / "zero.wav")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_first_bad_sample_is_named(tmp_path: Path, value: float) -> None:
    samples = tone(2.0)
    samples[1, 70_000] = samples[0, 90_000] = value
    soundfile.write(tmp_path / "a.wav", samples.T, RATE, subtype="FLOAT")
    with pytest.raises(UnusableAudio, match=rf"sample 70000 \(1.458 s\) is {value}"):
        read_audio(tmp_path / "a.wav")


def test_channels_count_from_one() -> None:
    block = np.array([[1, 2, 6], [1, 2, 6]], dtype=np.float32)
    assert select_channel(block, "mix", "x").tolist() == [3, 3]
    assert select_channel(block, "left", "x").tolist() == [1, 1]
    assert select_channel(block, 3, "x").tolist() == [6, 6]
    assert parse_channel("2") == 2
    with pytest.raises(UnusableAudio, match="'4' asked for, the file has 3 channels"):
        select_channel(block, 4, "x")
    for wrong in ("0", "-1", "middle", "1.5", "all"):
        with pytest.raises(UsageError, match=f"channel is '{wrong}'"):
            parse_channel(wrong)


@pytest.mark.parametrize("rate", [22_050, 44_100, 96_000])
def test_resampling_keeps_pitch_and_level_in_blocks_too(rate: int) -> None:
    time = np.arange(RATE) / RATE
    sine = np.sin(2 * np.pi * 440 * time).astype(np.float32)
    whole = resample(sine, RATE, rate)
    expected = np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    np.testing.assert_allclose(whole[1000:-1000], expected[1000:-1000], atol=1e-4)
    blocks = BlockResampler(RATE, rate)
    starts = range(0, RATE, 7_000)
    pieces = [blocks.process(sine[i : i + 7_000], last=i + 7_000 >= RATE) for i in starts]
    np.testing.assert_allclose(np.concatenate(pieces), whole, atol=1e-6)


def test_resampling_shapes() -> None:
    stereo = tone()
    assert resample(stereo, RATE, RATE) is stereo
    assert resample(stereo, RATE, 24_000).shape == (2, 24_000)
    with pytest.raises(AudioError, match="sample rate 10 Hz"):
        resample(stereo, RATE, 10)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.aiff", "a.ogg", "a.opus", "a.mp3", "a.caf", "a.w64"])
def test_what_is_written_comes_back(tmp_path: Path, name: str) -> None:
    written = write_audio(tmp_path / name, tone(), RATE)
    assert (written.frames, written.channels, written.limited, written.gain_db) == (RATE, 2, False, 0.0)
    np.testing.assert_allclose(read_audio(tmp_path / name).samples, tone(), atol=0.2)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_beyond_full_scale_is_turned_down_and_said(tmp_path: Path) -> None:
    loud = tone()[0] * 5
    written = write_audio(tmp_path / "a.wav", loud, RATE)
    assert written.limited
    assert written.peak == pytest.approx(np.abs(loud).max())
    back = read_audio(tmp_path / "a.wav").samples[0]
    np.testing.assert_allclose(back, loud * 10 ** (written.gain_db / 20), atol=1e-6)
    floats = write_audio(tmp_path / "b.wav", loud, RATE, subtype="FLOAT")
    assert not floats.limited
    np.testing.assert_array_equal(read_audio(tmp_path / "b.wav").samples[0], loud)


def test_refusals_leave_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_audio(path, tone(), RATE)
    before = path.read_bytes()
    with pytest.raises(TimbrespaceError, match="exists already"):
        write_audio(path, tone() * 0, RATE)
    assert path.read_bytes() == before
    with pytest.raises(AudioError, match=r"'\.xyz' names no sound format"):
        write_audio(tmp_path / "a.xyz", tone(), RATE)
    with pytest.raises(AudioError, match="sample 5 is not a number"):
        write_audio(tmp_path / "b.wav", np.array([0, 0, 0, 0, 0, np.nan], dtype=np.float32), RATE)
    with pytest.raises(AudioError, match="no sample rate of 44100"):
        write_audio(tmp_path / "b.opus", tone(), 44_100)
    with pytest.raises(AudioError, match="no encoding 'PCM_99'"):
        write_audio(tmp_path / "b.wav", tone(), RATE, subtype="PCM_99")
    with pytest.raises(AudioError, match=r"b\.mp3: \.mp3 files have no sample rate of 96000 Hz"):
        write_audio(tmp_path / "b.mp3", tone(), 96_000)
    with pytest.raises(AudioError, match=r"b\.mp3: cannot be written as .* 5 channels"):
        write_audio(tmp_path / "b.mp3", tone(channels=5), RATE)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
