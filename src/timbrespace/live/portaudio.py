"""Sound devices, by way of PortAudio: what there is, which one is meant, and blocks to and from it.

PortAudio calls back on a thread of its own; all that happens there is that a block is taken from one queue
and another put into a queue. The model computes on the reader's thread, `spare` blocks ahead: a callback that
computed itself would save that time, but would drop out whenever Python's lock, the collector or another
program held it up for a moment, and PortAudio's blocking calls do not work with JACK.
"""

from __future__ import annotations

import queue
import time
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timbrespace.audio.blocks import quiet_decoders
from timbrespace.errors import AudioError
from timbrespace.live.priority import CALLBACK_PRIORITY, COMPUTING_PRIORITY, hurry

Samples = NDArray[np.float32]

FILES_INSTEAD = "or play files: --input FILE --output FILE"
STALLED_SECONDS = 5.0  # without a block: the device is gone
LATEST_BLOCKS = 8  # of input waiting: more is given up, so that the sound is not late for ever
JUDGED_CALLS = 20  # after which it is known whether a device keeps time; one that does not must not hurry
MOST_OUTPUTS = 2  # channels that get the sound


@dataclass(frozen=True)
class DeviceInfo:
    """A sound device as PortAudio sees it. number: to choose it by. default: the system's choice for…"""

    number: int
    name: str
    system: str
    inputs: int
    outputs: int
    sample_rate: int
    default_input: bool
    default_output: bool


def sounddevice() -> ModuleType:
    """The library. Raises AudioError where it or PortAudio is not installed."""
    try:
        with quiet_decoders():
            import sounddevice as library
    except ImportError:
        raise AudioError(
            "sound devices need the package sounddevice: pip install sounddevice, " + FILES_INSTEAD
        ) from None
    except OSError:
        raise AudioError(
            "sound devices need the PortAudio library (Debian, Ubuntu: apt install libportaudio2), "
            + FILES_INSTEAD
        ) from None
    return library


def list_devices() -> list[DeviceInfo]:
    """Every device. Raises AudioError as `sounddevice`, or where PortAudio fails."""
    library = sounddevice()
    try:
        with quiet_decoders():
            devices, systems = library.query_devices(), library.query_hostapis()
            default_in, default_out = _defaults(library, systems)
    except library.PortAudioError as error:
        raise AudioError(f"PortAudio failed ({_reason(error)}); {FILES_INSTEAD}") from None
    return [
        DeviceInfo(
            number,
            device["name"],
            systems[device["hostapi"]]["name"],
            device["max_input_channels"],
            device["max_output_channels"],
            round(device["default_samplerate"]),
            number == default_in,
            number == default_out,
        )
        for number, device in enumerate(devices)
    ]


def _defaults(library: ModuleType, systems: Any) -> tuple[int, int]:
    """Numbers of the default devices, of the first sound system that has some; -1 where there is none."""
    chosen_in, chosen_out = library.default.device
    found_in = [system["default_input_device"] for system in systems]
    found_out = [system["default_output_device"] for system in systems]
    return (
        next((n for n in (chosen_in, *found_in) if n >= 0), -1),
        next((n for n in (chosen_out, *found_out) if n >= 0), -1),
    )


def choose_device(devices: list[DeviceInfo], wanted: str | None, way: str) -> DeviceInfo:
    """The device meant by a number, a name or a part of one, or None for the default; way: input, output.

    Raises AudioError with what there is.
    """
    usable = [device for device in devices if (device.inputs if way == "input" else device.outputs) > 0]
    if not usable:
        raise AudioError(f"there is no sound device for {way}; connect one, {FILES_INSTEAD}")
    if wanted is None:
        default = [d for d in usable if (d.default_input if way == "input" else d.default_output)]
        return (default or usable)[0]
    if wanted.isdecimal():
        found = [device for device in usable if device.number == int(wanted)]
    else:
        word = wanted.strip().lower()
        found = [device for device in usable if device.name.lower() == word]
        found = found or [device for device in usable if word in device.name.lower()]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{device.number} {device.name}" for device in found or usable)
    if found:
        raise AudioError(f"--{way} is '{wanted}', which {len(found)} devices are: {names}; give a number")
    raise AudioError(f"--{way} is '{wanted}'; there is no such device for {way}; there are {names}")


class PortAudioDevice:
    """One or two devices as a source, a sink or both, running from the first read or write on.

    channel: of the input, from 1. spare: blocks that may be on their way, each of which makes it
    later by its length. Raises AudioError where they cannot be opened so.
    """

    def __init__(
        self,
        source: DeviceInfo | None,
        sink: DeviceInfo | None,
        *,
        sample_rate: int,
        block: int,
        channel: int = 1,
        spare: int = 1,
    ) -> None:
        library = sounddevice()
        self.remark = ""
        self.block, self.channel, self.spare = block, channel, spare
        self.seconds = block / sample_rate
        self.missed = self.lost = self.reported = 0
        self.clipped = self._thrown = 0
        self._in: queue.SimpleQueue[Samples] = queue.SimpleQueue()
        self._out: queue.SimpleQueue[Samples] = queue.SimpleQueue()
        self._taken: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._duplex = source is not None and sink is not None
        opened = {"samplerate": sample_rate, "blocksize": block, "dtype": "float32", "latency": "low"}
        try:
            with quiet_decoders():
                self._stream = self._open(library, source, sink, opened)
        except (library.PortAudioError, ValueError) as error:
            names = " and ".join(dict.fromkeys(d.name for d in (source, sink) if d is not None))
            how = f"{sample_rate} Hz in blocks of {block}"
            raise AudioError(
                f"{names}: cannot be opened at {how} ({_reason(error)}); try another --rate or --block"
            ) from None
        latency = self._stream.latency
        own = sum(latency) if self._duplex else (latency if sink is not None else 0.0)
        self.latency_seconds = own + (spare * self.seconds if sink is not None else 0.0)
        self._running = self._closing = self._hurried = self._keeps_time = False
        self._calls, self._first_call = 0, 0.0
        self._library = library

    def _open(
        self, library: ModuleType, source: DeviceInfo | None, sink: DeviceInfo | None, opened: dict[str, Any]
    ) -> Any:
        inputs = self.channel if source is not None else 0
        if source is not None and inputs > source.inputs:
            raise AudioError(
                f"{source.name}: channel {inputs} asked for with --channel, it has {source.inputs}"
            )
        outputs = min(MOST_OUTPUTS, sink.outputs) if sink is not None else 0
        if source is not None and sink is not None:
            both = {"device": (source.number, sink.number), "channels": (inputs, outputs)}
            return library.Stream(callback=self._exchange, **both, **opened)
        if source is not None:
            return library.InputStream(
                callback=self._receive, device=source.number, channels=inputs, **opened
            )
        assert sink is not None
        return library.OutputStream(callback=self._send, device=sink.number, channels=outputs, **opened)

    @property
    def dropouts(self) -> int:
        """Blocks of silence played, blocks of input given up, and what the system itself reported."""
        return self.missed + self.lost + self.reported

    def read(self) -> Samples | None:
        """As `Source.read`."""
        self._start()
        while self._in.qsize() > LATEST_BLOCKS:
            self._in.get()
            self.lost += 1
            self._thrown += 1  # silence has been played in the place of what would have come of it
        try:
            return self._in.get(timeout=STALLED_SECONDS)
        except queue.Empty:
            raise AudioError("the input device gives no more sound; was it unplugged?") from None

    def write(self, block: Samples) -> None:
        """As `Sink.write`; waits, where nothing else sets the pace, until there is room."""
        self._start()
        if self._duplex and self._thrown < self.missed:  # silence was played in its place
            self._thrown += 1
            return
        self._out.put(block)
        if not self._duplex:
            try:
                self._taken.get(timeout=STALLED_SECONDS)
            except queue.Empty:
                raise AudioError("the output device takes no more sound; was it unplugged?") from None

    def close(self) -> None:
        """As `Source.close` and `Sink.close`; waits a second at the most."""
        if self._stream.closed:
            return
        self._closing = True
        until = time.monotonic() + 1.0
        while self._running and self._out.qsize() and time.monotonic() < until:
            time.sleep(self.seconds)
        if self._running and time.monotonic() < until:
            time.sleep(min(1.0, self.latency_seconds))
        with quiet_decoders():
            self._stream.abort()
            self._stream.close()

    def _start(self) -> None:
        if self._keeps_time and not self._hurried:
            self._hurried = True
            hurry(COMPUTING_PRIORITY)
        if self._running:
            return
        self._running = True
        for _ in range(self.spare):
            self._out.put(np.zeros(self.block, np.float32))
        try:
            self._stream.start()
        except self._library.PortAudioError as error:
            raise AudioError(f"the sound device does not start ({_reason(error)}); try another") from None

    def _exchange(self, indata: Any, outdata: Any, frames: int, when: Any, status: Any) -> None:
        self._receive(indata, frames, when, status)
        self._play(outdata)

    def _receive(self, indata: Any, frames: int, when: Any, status: Any) -> None:
        self._called(status)
        self._in.put(indata[:, self.channel - 1].copy())

    def _send(self, outdata: Any, frames: int, when: Any, status: Any) -> None:
        self._called(status)
        self._play(outdata)
        self._taken.put(None)

    def _called(self, status: Any) -> None:
        self.reported += bool(status)
        self._calls += 1
        if self._calls == 1:
            self._first_call = time.monotonic()
        elif self._calls == JUDGED_CALLS:
            self._keeps_time = time.monotonic() - self._first_call > JUDGED_CALLS / 2 * self.seconds
            if self._keeps_time:
                hurry(CALLBACK_PRIORITY)

    def _play(self, outdata: Any) -> None:
        try:
            outdata[:] = self._out.get_nowait()[:, None]
        except queue.Empty:
            outdata[:] = 0.0
            self.missed += not self._closing  # after the last block silence is right


def _reason(error: Exception) -> str:
    """What PortAudio says, without its number and its habits of quoting."""
    return str(error).split(" [PaErrorCode")[0].removeprefix("Error opening ").strip()
