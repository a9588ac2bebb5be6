"""What `timbrespace live` plays and where: models, the plane's sounds, devices by their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from timbrespace.cli.common import Progress
from timbrespace.cli.encode_decode import is_series, read_series, read_sound
from timbrespace.errors import AudioError, UsageError

if TYPE_CHECKING:
    from timbrespace.audio import Channel
    from timbrespace.live.devices import Sink, Source
    from timbrespace.live.portaudio import DeviceInfo
    from timbrespace.live.voice import Loaded

MODEL_FILE = "model"  # what training calls every one; its folder says more
FEWEST_PLANE_SOUNDS = 4
BLOCKS = (16, 65_536)  # samples, from … to
MOST_SPARE = 64
FILE_NAME = re.compile(r"[/\\]|\.[A-Za-z]\w{0,5}$")  # what looks like one, unlike "USB 2.0"


def sort_files(named: Sequence[Path], plane: bool) -> tuple[list[Path], list[Path]]:
    """Models and sounds, told apart by their names. Raises UsageError where one of them has no place."""
    from timbrespace.audio import AUDIO_EXTENSIONS

    sounds = [path for path in named if path.suffix.lower() in AUDIO_EXTENSIONS or is_series(path)]
    models = [path for path in named if path not in sounds]
    if not models:
        raise UsageError("there is no model; give at least one .timbre file")
    if sounds and not plane:
        raise UsageError(f"{sounds[0]}: this is a sound; the input is given with --input, points of a plane "
                         "with --plane")  # fmt: skip
    if plane and len(sounds) < FEWEST_PLANE_SOUNDS:
        raise UsageError(f"--plane has {len(sounds)} sounds; it takes {FEWEST_PLANE_SOUNDS} or more")
    return models, sounds


def load_models(models: Sequence[Path], sounds: Sequence[Path], quiet: bool) -> list[Loaded]:
    """Every model, with the plane's sounds as it hears them."""
    from timbrespace import engine
    from timbrespace.live.voice import Loaded

    loaded: list[Loaded] = []
    with Progress("loading", len(models), quiet=quiet) as progress:
        for path, name in zip(models, model_names(models), strict=True):
            model = engine.load(path, threads=1)
            every = []
            for number, source in enumerate(sounds):
                progress.update(len(loaded) + number / len(sounds), source.name)
                if is_series(source):
                    every.append(read_series(source, model, quiet))
                else:
                    sound = read_sound(source, "mix", quiet)
                    every.append(model.encode(sound.samples[0], sound.sample_rate))
            loaded.append(Loaded(name, model, tuple(every)))
            progress.update(len(loaded))
    return loaded


def model_names(models: Sequence[Path]) -> list[str]:
    """A name for each: its file's, its folder's where that says more; numbered where two are equal."""
    names: list[str] = []
    for path in models:
        plain = path.resolve().parent.name if path.stem == MODEL_FILE else path.stem
        name, number = plain, 2
        while name in names:
            name, number = f"{plain}-{number}", number + 1
        names.append(name)
    return names


@dataclass(frozen=True)
class Place:
    """One end of the way of sound: a file, or a device by its name or number, the default one where None."""

    text: str | None

    @property
    def file(self) -> Path | None:
        """The file, where it is one."""
        from timbrespace.audio import AUDIO_EXTENSIONS

        if self.text is None or self.text.isdecimal():
            return None
        path = Path(self.text)
        return path if path.suffix.lower() in AUDIO_EXTENSIONS or path.is_file() else None

    def device(self, devices: list[DeviceInfo], way: str) -> DeviceInfo:
        """The device of these, where it is one; way: input or output. Raises AudioError where not."""
        from timbrespace.audio import AUDIO_EXTENSIONS
        from timbrespace.live.portaudio import choose_device

        try:
            return choose_device(devices, self.text, way)
        except AudioError as error:
            if self.text is None or not FILE_NAME.search(self.text):
                raise
            known = " ".join(AUDIO_EXTENSIONS)
            raise AudioError(
                f"{error}; if '{self.text}' is a file, its name must end in one of {known}"
            ) from None


@dataclass(frozen=True)
class Opened:
    """Both ends open, running at one rate in Hz with blocks of one size. device: one sets the pace."""

    source: Source
    sink: Sink
    sample_rate: int
    block: int
    device: bool

    def close(self) -> None:
        """Both, if they are not closed yet."""
        self.sink.close()
        self.source.close()


@dataclass(frozen=True)
class Ends:
    """Both ends and how they are opened. block, rate: None where not given."""

    source: Place
    sink: Place
    block: int | None
    rate: int | None
    channel: Channel | None
    spare: int
    real_time: bool
    force: bool

    def find_devices(self) -> tuple[DeviceInfo | None, DeviceInfo | None]:
        """The devices meant, None where a file is; cheap, and before any model is loaded.

        Raises AudioError where there is none.
        """
        if self.source.file is not None and self.sink.file is not None:
            return None, None
        from timbrespace.live.portaudio import list_devices

        devices = list_devices()
        return (
            self.source.device(devices, "input") if self.source.file is None else None,
            self.sink.device(devices, "output") if self.sink.file is None else None,
        )

    def open(self, device_in: DeviceInfo | None, device_out: DeviceInfo | None, block: int) -> Opened:
        """Both ends, at the rate asked for, a device's, or the file's own. Raises AudioError."""
        from timbrespace.live.devices import FileSink, FileSource, Paced
        from timbrespace.live.portaudio import PortAudioDevice

        device = device_in or device_out
        rate = self.rate or (device.sample_rate if device is not None else None)
        source, sound = None, None
        if self.source.file is not None:
            source = FileSource(self.source.file, block, sample_rate=rate, channel=self.channel or "mix")
            rate = source.sample_rate
        assert rate is not None
        if device is not None:
            channel = 1 if device_in is None else self._number()
            sound = PortAudioDevice(
                device_in, device_out, sample_rate=rate, block=block, channel=channel, spare=self.spare
            )
        sink = sound if self.sink.file is None else FileSink(self.sink.file, rate, force=self.force)
        came = Paced(source) if source is not None and self.real_time else source or sound
        assert came is not None
        assert sink is not None
        return Opened(came, sink, rate, block, sound is not None)

    def _number(self) -> int:
        """The channel of a device. Raises UsageError for one that only files have."""
        names: dict[Channel | None, int] = {None: 1, "left": 1, "right": 2}
        number = names.get(self.channel, self.channel)
        if not isinstance(number, int):
            raise UsageError(
                f"--channel is '{number}'; of a device it must be left, right or a number from 1"
            )
        return number


def check_ends(ends: Ends) -> None:
    """Raise UsageError for sizes nobody can mean."""
    from timbrespace.cli.encode_decode import check_rate

    check_rate(ends.rate)
    if ends.block is not None and not BLOCKS[0] <= ends.block <= BLOCKS[1]:
        raise UsageError(f"--block is {ends.block}; it must be {BLOCKS[0]} to {BLOCKS[1]} samples")
    if not 1 <= ends.spare <= MOST_SPARE:
        raise UsageError(f"--spare is {ends.spare}; it must be 1 to {MOST_SPARE} blocks")
    source, sink = ends.source.file, ends.sink.file
    if ends.real_time and (source is None or sink is None):
        raise UsageError("--real-time is for a file played into a file; a device keeps time by itself")
    if source is not None and not source.exists():
        raise AudioError(f"{source}: there is no such file")
