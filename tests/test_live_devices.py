"""Files as devices, and PortAudio's by way of a stand-in that is called as the real one calls."""

from __future__ import annotations

import builtins
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
from conftest import RATE, make_tone

from timbrespace.errors import AudioError, TimbrespaceError
from timbrespace.live import portaudio
from timbrespace.live.devices import FileSink, FileSource, Paced
from timbrespace.live.portaudio import DeviceInfo, PortAudioDevice, choose_device, list_devices

Write = Callable[..., Path]
SILENCE = np.zeros(128, np.float32)


def everything(source: FileSource) -> np.ndarray:
    blocks = []
    while (block := source.read()) is not None:
        blocks.append(block)
    assert {len(block) for block in blocks} == {source.block}
    source.close()
    return np.concatenate(blocks)


@pytest.mark.parametrize(("channels", "channel"), [(1, "mix"), (2, "mix"), (2, "right"), (2, 1)])
def test_a_file_comes_in_blocks(write_tone: Write, channels: int, channel: str | int) -> None:
    path = write_tone("in.wav", 0.35, channels)
    samples, _ = soundfile.read(path, dtype="float32", always_2d=True)
    wanted = samples.mean(axis=1) if channel == "mix" else samples[:, {"right": 1, 1: 0}[channel]]
    source = FileSource(path, 1000, sample_rate=None, channel=channel)
    assert source.sample_rate == RATE
    assert np.allclose(everything(source), np.pad(wanted, (0, -len(wanted) % 1000)), atol=1e-6)


def test_a_file_at_another_rate(write_tone: Write) -> None:
    source = FileSource(write_tone("in.wav", 0.5, rate=48_000), 256, sample_rate=RATE)
    out = everything(source)
    assert len(out) == 8192
    assert np.abs(out[500:7500] - make_tone(0.5)[500:7500]).max() < 0.01


def test_what_is_missing_of_a_file_is_said_at_the_end(write_tone: Write) -> None:
    path = write_tone("in.wav", 1.0)
    path.write_bytes(path.read_bytes()[:-RATE])
    source = FileSource(path, 128, sample_rate=None)
    assert source.remark == ""
    everything(source)
    assert "0.50 s of the 1.00 s it should have" in source.remark


def test_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("not a sound")
    with pytest.raises(AudioError, match=r"a\.wav: not audio"):
        FileSource(tmp_path / "a.wav", 128, sample_rate=None)


def test_the_clock_sets_the_pace(write_tone: Write, monkeypatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    paced = Paced(FileSource(write_tone("in.wav", 1.0), 1600, sample_rate=None))
    for _ in range(4):
        paced.read()
    assert now[0] == pytest.approx(100.3)
    now[0] += 0.15  # less than a block late is caught up
    paced.read()
    assert paced.dropouts == 0
    now[0] += 0.5
    paced.read()
    assert paced.dropouts == 1
    paced.close()


def test_a_recording_is_there_when_it_is_closed_and_held_within_full_scale(tmp_path: Path) -> None:
    path = tmp_path / "out.flac"
    sink = FileSink(path, 44_100, force=False)
    sink.write(np.full(100, 0.25, np.float32))
    sink.write(np.array([2.0, -2.0], np.float32))
    assert not path.exists()
    sink.close()
    sink.close()
    samples, rate = soundfile.read(path)
    assert (rate, len(samples), sink.clipped) == (44_100, 102, 2)
    assert samples[:100] == pytest.approx(0.25)
    assert np.abs(samples[100:]) == pytest.approx(1.0, abs=1e-3)
    with pytest.raises(TimbrespaceError, match="exists already"):
        FileSink(path, 44_100, force=False)
    assert [p.name for p in tmp_path.iterdir()] == ["out.flac"]


def test_nothing_recorded_leaves_nothing(tmp_path: Path) -> None:
    FileSink(tmp_path / "out.wav", 44_100, force=False).close()
    with pytest.raises(AudioError, match="have no sample rate"):
        FileSink(tmp_path / "out.mp3", 44_101, force=False)
    assert list(tmp_path.iterdir()) == []


class StandIn:
    """sounddevice, its streams called back by hand."""

    class PortAudioError(Exception):
        pass

    default = SimpleNamespace(device=[-1, -1])

    def __init__(self, fails: str = "") -> None:
        self.fails = fails
        self.opened: dict[str, Any] = {}

    def _stream(self, **options: Any) -> Any:
        if self.fails:
            raise self.PortAudioError(f"Error opening Stream: {self.fails} [PaErrorCode -9997]")
        self.opened = options
        ends = options["device"]
        self.stream = SimpleNamespace(
            latency=(0.01, 0.02) if isinstance(ends, tuple) else 0.02,
            closed=False, start=lambda: None, abort=lambda: None,
        )  # fmt: skip
        self.stream.close = lambda: setattr(self.stream, "closed", True)
        return self.stream

    Stream = InputStream = OutputStream = _stream

    def query_devices(self) -> list[dict[str, Any]]:
        fields = ("name", "hostapi", "max_input_channels", "max_output_channels", "default_samplerate")
        rows = [("Built-in", 0, 2, 0, 48e3), ("Built-in Output", 0, 0, 2, 48e3), ("USB one", 1, 8, 8, 44.1e3)]
        return [dict(zip(fields, row, strict=True)) for row in rows]

    def query_hostapis(self) -> list[dict[str, Any]]:
        return [
            {"name": "Core", "default_input_device": 0, "default_output_device": 1},
            {"name": "Other", "default_input_device": 2, "default_output_device": 2},
        ]

    def call(self, value: float | None, status: bool = False) -> float:
        """A callback with a block of this value; returns the value that is played."""
        size = self.opened["blocksize"]
        came = np.full((size, np.max(self.opened["channels"])), value or 0.0, np.float32)
        went = np.full((size, 2), np.nan, np.float32)
        if value is None:
            self.opened["callback"](went, size, None, status)
        else:
            self.opened["callback"](came, went, size, None, status)
        assert np.all(went == went[0, 0])
        return float(went[0, 0])


@pytest.fixture
def library(monkeypatch) -> StandIn:
    made = StandIn()
    monkeypatch.setattr(portaudio, "sounddevice", lambda: made)
    return made


def open_both(spare: int = 1) -> PortAudioDevice:
    _, _, usb = list_devices()
    return PortAudioDevice(usb, usb, sample_rate=44_100, block=64, channel=3, spare=spare)


def test_devices_are_chosen_by_number_name_or_a_part_of_it(library: StandIn) -> None:
    devices = list_devices()
    assert [d.name for d in devices if d.default_input] == ["Built-in"]
    assert choose_device(devices, None, "input").number == 0
    assert choose_device(devices, None, "output").number == 1
    assert choose_device(devices, "2", "output").number == 2
    assert choose_device(devices, "usb", "input").number == 2
    assert choose_device(devices, "built-in", "output").number == 1
    for wanted, way in (("1", "input"), ("9", "input"), ("wireless", "output")):
        with pytest.raises(AudioError, match=rf"--{way} is '{wanted}'; there is no such device"):
            choose_device(devices, wanted, way)
    twins = [*devices, DeviceInfo(3, "USB two", "Other", 1, 1, 48_000, False, False)]
    with pytest.raises(AudioError, match="which 2 devices are: 2 USB one, 3 USB two; give a number"):
        choose_device(twins, "usb", "input")
    with pytest.raises(AudioError, match="no sound device for input; connect one, or play files: --input"):
        choose_device([], None, "input")


@pytest.mark.parametrize("spare", [1, 3])
def test_a_block_is_played_so_many_blocks_after_it_came(library: StandIn, spare: int) -> None:
    device = open_both(spare)
    assert device.latency_seconds == pytest.approx(0.03 + spare * 64 / 44_100)
    device._start()
    played = []
    for value in range(1, 9):
        played.append(library.call(value))
        device.write(device.read() * 10)
    assert played == [0.0] * spare + [10.0 * n for n in range(1, 9 - spare)]
    assert library.opened["channels"] == (3, 2)
    assert device.dropouts == 0


def test_a_block_that_is_late_is_left_out_so_that_the_sound_is_not_late_for_ever(library: StandIn) -> None:
    device = open_both()
    device._start()
    played = [library.call(1), library.call(2), library.call(3)]  # 1 and 2 are not computed in time
    for _ in range(3):
        device.write(device.read() * 10)
    for value in range(4, 8):
        played.append(library.call(value))
        device.write(device.read() * 10)
    assert played == [0.0, 0.0, 0.0, 30.0, 40.0, 50.0, 60.0]
    assert device.dropouts == 2


def test_input_that_waits_too_long_is_given_up(library: StandIn) -> None:
    device = open_both()
    device._start()
    for value in range(20):
        library.call(value)
    device.write(device.read() * 10)
    while not device._in.empty():
        device.write(device.read() * 10)
    assert library.call(99.0) == 190.0
    assert device.lost == 12
    assert device.missed == 19


def test_what_the_system_reports_is_counted(library: StandIn) -> None:
    device = open_both()
    device._start()
    library.call(1.0, status=True)
    assert device.dropouts == 1
    library.stream.abort = lambda: library.call(1.0)
    library.call(1.0)
    device.close()
    assert library.stream.closed
    assert device.dropouts == 2  # what is silent at the end is none


def test_output_alone_waits_for_room(library: StandIn) -> None:
    _, out, _ = list_devices()
    device = PortAudioDevice(None, out, sample_rate=44_100, block=64)
    device._start()
    played = [library.call(None)]
    device.write(np.full(64, 5.0, np.float32))
    played.append(library.call(None))
    assert played == [0.0, 5.0]


def test_a_device_that_stops(library: StandIn, monkeypatch) -> None:
    monkeypatch.setattr(portaudio, "STALLED_SECONDS", 0.01)
    with pytest.raises(AudioError, match="gives no more sound; was it unplugged"):
        open_both().read()
    _, out, _ = list_devices()
    with pytest.raises(AudioError, match="takes no more sound"):
        PortAudioDevice(None, out, sample_rate=44_100, block=64).write(np.zeros(64, np.float32))


def test_a_device_that_cannot_be_opened(library: StandIn) -> None:
    library.fails = "Invalid sample rate"
    with pytest.raises(
        AudioError, match=r"USB one: cannot be opened at 44100 Hz in blocks of 64 \(.*Invalid"
    ):
        open_both()
    library.fails = ""
    with pytest.raises(AudioError, match="channel 9 asked for with --channel, it has 8"):
        usb = list_devices()[2]
        PortAudioDevice(usb, None, sample_rate=44_100, block=64, channel=9)


@pytest.mark.parametrize(
    ("error", "said"),
    [(ImportError("no"), "pip install sounddevice"), (OSError("PortAudio"), "libportaudio2")],
)
def test_where_the_library_is_missing(monkeypatch, error: Exception, said: str) -> None:
    real = builtins.__import__

    def refuse(name: str, *arguments: Any) -> Any:
        if name == "sounddevice":
            raise error
        return real(name, *arguments)

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(AudioError, match=rf"{said}.*or play files: --input FILE --output FILE"):
        list_devices()
