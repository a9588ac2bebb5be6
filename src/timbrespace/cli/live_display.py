"""What `live` shows: devices, the meter (drawn in a terminal, else a line now and then), how it went."""

from __future__ import annotations

import sys
from dataclasses import asdict
from types import TracebackType
from typing import TYPE_CHECKING, Any

from timbrespace.cli.common import PROGRAM, note, print_json, say

if TYPE_CHECKING:
    from timbrespace.live.meter import Reading, Summary

DRAW_SECONDS = 0.1
PLAIN_LINE_SECONDS = 10.0
LOWEST_SHOWN_DB = -60.0
WIDTH = 40  # of a bar, characters


class Display:
    """Shows readings on stderr until left; nothing at all when `quiet`."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self._drawn: Any = None

    def __enter__(self) -> Display:
        if not self.quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live

            self._drawn = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
            self._drawn.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn is not None:
            self._drawn.stop()

    @property
    def pause_seconds(self) -> float:
        """How long to wait between two readings."""
        return DRAW_SECONDS if self._drawn is not None or self.quiet else PLAIN_LINE_SECONDS

    def show(self, reading: Reading) -> None:
        """The newest reading."""
        if self._drawn is not None:
            self._drawn.update(_picture(reading), refresh=True)
        elif not self.quiet:
            print(reading.line(), file=sys.stderr, flush=True)

    def note(self, message: str) -> None:
        """A remark on stderr, above the meter where there is one."""
        if self._drawn is not None:
            self._drawn.console.print(f"{PROGRAM}: note: {message}", markup=False, highlight=False)
        else:
            note(message, quiet=self.quiet)


def _picture(reading: Reading) -> Any:
    from rich.text import Text

    picture = Text()
    for name, level_db in (("in ", reading.input_db), ("out", reading.output_db)):
        share = (level_db - LOWEST_SHOWN_DB) / -LOWEST_SHOWN_DB
        colour = "red" if level_db > -0.1 else "yellow" if level_db > -6.0 else "green"
        picture.append(f"{name} ")
        picture.append(_bar(share), style=colour)
        picture.append(f" {level_db:6.1f} dB\n")
    heavy = "red" if reading.load_peak > 1.0 else "yellow" if reading.load_peak > 0.7 else "green"
    picture.append("cpu ")
    picture.append(_bar(reading.load), style=heavy)
    picture.append(f" {100 * reading.load:6.0f} %, peak {100 * reading.load_peak:.0f} %\n")
    picture.append(f"{reading.model}", style="bold")
    picture.append(f" · {reading.seconds:.0f} s · {reading.dropouts} drop-outs")
    picture.append(f" · OSC {reading.osc_received} in, {reading.osc_sent} out")
    return picture


def _bar(share: float) -> str:
    filled = round(WIDTH * min(max(share, 0.0), 1.0))
    return "█" * filled + "·" * (WIDTH - filled)


def report(summary: Summary, remark: str, as_json: bool, quiet: bool) -> None:
    """How it went, with the source's remark, if any."""
    if remark:
        note(remark, quiet=quiet)
    if summary.dropouts:
        note(
            "there were drop-outs; a larger --spare or --block helps, and so does closing programs",
            quiet=quiet,
        )
    if as_json:
        print_json(asdict(summary))
    else:
        say(summary.line(), quiet=quiet)


def show_devices(as_json: bool) -> None:
    """What PortAudio finds, a line each."""
    from timbrespace.live.portaudio import list_devices

    found = list_devices()
    if as_json:
        print_json([asdict(device) for device in found])
        return
    if not found:
        say("no sound devices; files can be played: --input FILE --output FILE")
    for device in found:
        default = " and ".join(
            way
            for way, is_it in (("input", device.default_input), ("output", device.default_output))
            if is_it
        )
        say(
            f"{device.number:>3}  {device.name} ({device.system}): {device.inputs} in, {device.outputs} out, "
            f"{device.sample_rate} Hz{f', default {default}' if default else ''}"
        )
