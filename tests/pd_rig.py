"""Real Pure Data without a window: patches opened, driven with signals and messages, and what they gave.

Pd runs in its batch mode, as fast as it can and the same every time. Signals go in and come out as arrays
that Pd reads from and writes to float32 sound files, so that nothing is rounded.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from timbrespace.patches.graph import Patch
from timbrespace.patches.pd_writer import pd_text

LIMIT_SECONDS = 60
SPARE = 256  # samples
SETTLED = 8192  # samples before anything is played: whole frames, so that clocks tick as it begins
# what Pd says of `nn~`, which no package has, where it is not installed
NO_NN = re.compile(r"verbose\(\d\): (nn~ .*|\.\.\. couldn't create)|nn~ .*|\.\.\. couldn't create")
Timed = tuple[float, str]  # samples since the start, a message


@dataclass(frozen=True)
class Outcome:
    """signals: float32 [T, C], one column a signal outlet. console: Pd's lines, but those about `nn~`."""

    signals: NDArray[np.float32]
    console: list[str]

    def printed(self, label: str) -> list[list[str]]:
        """The words of every line that `print LABEL` wrote."""
        lines = [line for line in self.console if line.startswith(f"{label}: ")]
        return [line.removeprefix(f"{label}: ").split() for line in lines]


def open_pd(patch: Path, *, rate: int = 44_100, paths: Sequence[Path] = ()) -> list[str]:
    """Opens a patch, turns sound on, and closes. Returns what Pd wrote, but that `nn~` is missing."""
    return _run(patch, ["-send", "pd dsp 1", "-send", "pd quit"], rate, paths)


def _run(patch: Path, more: Sequence[str], rate: int, paths: Sequence[Path]) -> list[str]:
    program = shutil.which("pd")
    assert program, "Pure Data is not installed: apt-get install puredata-core"
    where = [word for path in paths for word in ("-path", str(path))]
    command = [program, "-nogui", "-batch", "-noaudio", "-nomidi", "-stderr", "-noprefs", "-r", str(rate)]
    done = subprocess.run(
        [*command, *where, "-open", str(patch), *more],
        capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False,
    )  # fmt: skip
    lines = (done.stdout + done.stderr).splitlines()
    return [line for line in lines if line.strip() and not NO_NN.fullmatch(line.strip())]


def drive(
    folder: Path,
    text: str,
    signals: NDArray[np.floating],
    samples: int,
    messages: Mapping[int, Sequence[Timed]] | None = None,
    *,
    outlets: int,
    prints: Sequence[int] = (),
    rate: int = 44_100,
    beside: Sequence[str] = (),
    paths: Sequence[Path] = (),
    sends: Sequence[tuple[float, str, str]] = (),
) -> Outcome:
    """Runs an object that stands in `folder` for so many samples.

    text: of the object. signals: float [T, C] for its first C inlets. messages: by inlet. outlets: how many
    signal outlets it has. prints: outlets whose messages are printed with their number. beside: other
    objects that must be there. sends: time, receiver, message.
    """
    patch = Patch("rig", 800, 600)
    start = patch.object("t b b", 20, 60)
    ready = patch.object("t b b b", 20, 30)
    patch.chain(
        patch.object("loadbang", 20, 0), ready, patch.object(f"delay {SETTLED} 1 samp", 20, 45), start
    )
    dut = patch.object(text, 20, 300)
    for other in beside:
        patch.object(other, 400, 20)
    _play(patch, folder, (ready, start), dut, np.asarray(signals, np.float32), rate)
    for inlet, timed in (messages or {}).items():
        for at, message in timed:
            _at(patch, start, at, message, dut, inlet)
    for at, receiver, message in sends:
        _at(patch, start, at, message, patch.object(f"s {receiver}", 400, 60), 0)
    for outlet in prints:
        patch.connect(dut, patch.object(f"print {outlet}", 300, 340), outlet)
    _record(patch, folder, start, dut, outlets, samples)
    path = folder / "rig.pd"
    path.write_text(pd_text(patch), encoding="utf-8")
    console = _run(path, [], rate, paths)
    out = folder / "rig-out.wav"
    heard = (
        soundfile.read(out, dtype="float32", always_2d=True)[0] if outlets else np.zeros((0, 0), np.float32)
    )
    return Outcome(heard, console)


def _play(
    patch: Patch, folder: Path, order: tuple[int, int], dut: int, signals: NDArray[np.float32], rate: int
) -> None:
    """Arrays read and sound on when ready, then each array played into its inlet at the start."""
    ready, start = order
    count = signals.shape[1]
    if count:
        held = np.pad(signals, ((0, SPARE), (0, 0)), mode="edge")  # Pd plays an array not quite to its end
        soundfile.write(folder / "rig-in.wav", held, rate, subtype="FLOAT")
    names = [f"rig-in{number}" for number in range(count)]
    for number, name in enumerate(names):
        patch.object(f"array define {name}", 600, 20)
        player = patch.object(f"tabplay~ {name}", 20 + 90 * number, 240)
        patch.connect(start, player, 1)
        patch.connect(player, dut, 0, number)
    patch.connect(ready, patch.message("; pd dsp 1", 20, 100), 1)
    if count:
        read = patch.message(f"read -resize rig-in.wav {' '.join(names)}", 200, 100)
        patch.connect(ready, read, 2)
        patch.connect(read, patch.object("soundfiler", 200, 130))


def _at(patch: Patch, start: int, samples: float, message: str, target: int, inlet: int) -> None:
    wait = patch.object(f"delay {samples:g} 1 samp", 200, 180)
    sent = patch.message(message, 200, 210)
    patch.connect(start, wait)
    patch.connect(wait, sent)
    patch.connect(sent, target, 0, inlet)


def _record(patch: Patch, folder: Path, start: int, dut: int, outlets: int, samples: int) -> None:
    """Every signal outlet into an array, then into one file; then Pd ends."""
    names = [f"rig-out{number}" for number in range(outlets)]
    for number, name in enumerate(names):
        patch.object(f"array define {name} {samples}", 600, 60)
        writer = patch.object(f"tabwrite~ {name}", 20 + 90 * number, 400)
        patch.connect(dut, writer, number)
        patch.connect(start, writer, 1)
    end = patch.object(f"delay {samples + SPARE} 1 samp", 20, 440)
    order = patch.object("t b b", 20, 470)
    patch.connect(start, end)
    patch.chain(end, order)
    patch.chain(order, patch.message("; pd quit", 20, 500))
    if names:
        saved = patch.message(f"write -wave -bytes 4 rig-out.wav {' '.join(names)}", 120, 500)
        patch.connect(order, saved, 1)
        patch.connect(saved, patch.object("soundfiler", 120, 530))
