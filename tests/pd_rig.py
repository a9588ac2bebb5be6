"""Real Pure Data without a window: patches opened, driven with signals and messages, and what they gave.

Pd runs in its batch mode, as fast as it can and the same every time. Signals go in and come out as arrays
that Pd reads from and writes to float32 sound files, so that nothing is rounded.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from timbrespace.export.description import MEMBER, Attribute, Description, Method, Range
from timbrespace.latents import LatentSeries
from timbrespace.patches.graph import Patch
from timbrespace.patches.pd_writer import pd_text

RATE, HOP, LATENTS = 16_000, 128, 3  # of the toy model
FRAME_RATE_HZ = RATE / HOP
LIMIT_SECONDS = 60
SPARE = 256  # samples
SETTLED = 8192  # samples before anything is played: whole frames, so that clocks tick as it begins
# what Pd says of `nn~`, which no package has, where it is not installed
NO_NN = re.compile(r"verbose\(\d\): (nn~ .*|\.\.\. couldn't create)|nn~ .*|\.\.\. couldn't create")
TAKEN = re.compile(r"error: netreceive: listen failed: Address already in use .*")  # by another program here
WRITTEN = re.compile(r"rig-out.wav: biggest amplitude = .*")  # what Pd says of every file
Timed = tuple[float, str]  # samples since the start, a message


@dataclass(frozen=True)
class Outcome:
    """signals: float32 [T, C], one column a signal outlet. console: Pd's lines, but those about `nn~`."""

    signals: NDArray[np.float32]
    console: list[str]

    def frames(self, count: int) -> NDArray[np.float32]:
        """What `nn~` would read of so many frames, [L, C]: the last sample of each."""
        return self.signals[HOP - 1 : count * HOP : HOP]

    def printed(self, label: str) -> list[list[str]]:
        """The words of every line that `print LABEL` wrote."""
        lines = [line for line in self.console if line.startswith(f"{label}: ")]
        return [line.removeprefix(f"{label}: ").split() for line in lines]


def open_pd(patches: Sequence[Path], *, rate: int = RATE, paths: Sequence[Path] = ()) -> list[str]:
    """Opens patches, turns sound on, and closes. Returns what Pd wrote, but that `nn~` is missing."""
    return _run(patches, ["-send", "pd dsp 1", "-send", "pd quit"], rate, paths)


def pd_command(rate: int, paths: Sequence[Path] = ()) -> list[str]:
    """Pd without a window, sound card, MIDI or settings of the user."""
    program = shutil.which("pd")
    assert program, "Pure Data is not installed: apt-get install puredata-core"
    where = [word for path in paths for word in ("-path", str(path))]
    return [
        program,
        "-nogui",
        "-noaudio",
        "-nomidi",
        "-stderr",
        "-noprefs",
        "-nostdpath",
        "-r",
        str(rate),
        *where,
    ]


def _run(patches: Sequence[Path], more: Sequence[str], rate: int, paths: Sequence[Path]) -> list[str]:
    opened = [word for patch in patches for word in ("-open", str(patch))]
    done = subprocess.run(
        [*pd_command(rate, paths), "-batch", *opened, *more],
        capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False,
    )  # fmt: skip
    lines = (done.stdout + done.stderr).splitlines()
    known = (NO_NN, WRITTEN, TAKEN)
    return [line for line in lines if line.strip() and not any(k.fullmatch(line.strip()) for k in known)]


def drive(
    folder: Path,
    text: str,
    signals: NDArray[np.floating],
    samples: int,
    messages: Mapping[int, Sequence[Timed]] | None = None,
    *,
    outlets: int,
    prints: Sequence[int] = (),
    rate: int = RATE,
    beside: Mapping[str, str] | None = None,
    paths: Sequence[Path] = (),
    sends: Sequence[tuple[float, str, str]] = (),
) -> Outcome:
    """Runs an object that stands in `folder` for so many samples.

    text: of the object. signals: float [T, C] for its first C inlets. messages: by inlet. outlets: how many
    signal outlets it has. prints: outlets whose messages are printed with their number. beside: other
    objects, by the names that send them messages. sends: time, name, message.
    """
    patch = Patch("rig", 800, 600)
    dut = patch.object(text, 20, 300)
    for name, other in (beside or {}).items():
        patch.chain(patch.object(f"r {name}", 400, 0), patch.object(other, 400, 20))
    for outlet in prints:
        patch.connect(dut, patch.object(f"print {outlet}", 300, 340), outlet)
    moves = [
        (at, words, dut, inlet) for inlet, told in (messages or {}).items() for at, words in told if words
    ]
    moves += [(at, words, patch.object(f"s {name}", 400, 60), 0) for at, name, words in sends]
    return play(folder, patch, dut, samples, moves, outlets=outlets, signals=signals, rate=rate, paths=paths)


def play(
    folder: Path,
    patch: Patch,
    heard: int,
    samples: int,
    moves: Sequence[tuple[float, str, int, int]],
    *,
    outlets: int,
    signals: NDArray[np.floating] | None = None,
    rate: int = RATE,
    paths: Sequence[Path] = (),
) -> Outcome:
    """Runs a patch for so many samples, and hears the first signal outlets of one of its boxes.

    moves: time in samples, message, box and inlet that it is sent to. signals: for the box that is heard.
    """
    ready, start = patch.object("t b b b", 20, 30), patch.object("t b b", 20, 60)
    settled = patch.object(f"delay {SETTLED} 1 samp", 20, 45)
    patch.chain(patch.object("loadbang", 20, 0), ready, settled, start)
    _play(patch, folder, (ready, start), heard, np.zeros((0, 0)) if signals is None else signals, rate)
    for at, words, box, inlet in moves:
        _at(patch, start, at, words, box, inlet)
    _record(patch, start, heard, outlets, samples)
    path, out = folder / "rig.pd", folder / "rig-out.wav"
    path.write_text(pd_text(patch), encoding="utf-8")
    console = _run([path], [], rate, paths)
    nothing = np.zeros((0, 0), np.float32)
    got = soundfile.read(out, dtype="float32", always_2d=True)[0] if outlets else nothing
    return Outcome(got, console)


def _play(
    patch: Patch, folder: Path, order: tuple[int, int], dut: int, signals: NDArray[np.floating], rate: int
) -> None:
    """Arrays read and sound on when ready, then each array played into its inlet at the start."""
    ready, start = order
    count = signals.shape[1]
    if count:
        held = np.pad(signals, ((0, SPARE), (0, 0)), mode="edge")  # Pd plays an array not quite to its end
        soundfile.write(folder / "rig-in.wav", held.astype(np.float32), rate, subtype="FLOAT")
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


def _record(patch: Patch, start: int, dut: int, outlets: int, samples: int) -> None:
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


def held(series: LatentSeries) -> NDArray[np.float32]:
    """A series as signals [T, D + 1]: every frame held for a hop, loudness last."""
    return np.repeat(np.column_stack([series.z, series.loudness_db]), HOP, axis=0)


def describe(latents: int = LATENTS, *, kind: str = "discrete", descriptors: bool = True) -> Description:
    """A made-up model, of the shape that `timbrespace export` describes."""
    labels = (*(f"z{number}" for number in range(latents)), "loudness_db")
    known = {"centroid": Range("centroid", 400.0, 5200.0, "Hz"), "f0": Range("f0", 110.0, 880.0, "Hz")}
    asked = known if descriptors else {}
    methods = {
        "encode": Method(1, 1, latents + 1, HOP, ("audio",), labels),
        "decode": Method(latents + 1, HOP, 1, 1, labels, ("audio",)),
        "forward": Method(1, 1, 1, 1, ("audio",), ("audio",)),
        **{f"follow_{name}": Method(2, HOP, 1, 1, (name, "loudness_db"), ("audio",)) for name in asked},
    }
    knobs = [
        Attribute("reset", "int", 0, 0, 1, "", "Clears what it remembers; any value"),
        Attribute("seed", "int", 0, 0, 2**31 - 1, "", "Of the noise part"),
        Attribute("loudness_offset_db", "float", 0, -60, 24, "dB", "Added to the loudness"),
        Attribute("aperiodicity", "float", 1, 0, 2, "times", "The noise part; 1 leaves it"),
        Attribute("dry_wet", "float", 1, 0, 1, "", "0 is the input alone"),
    ]
    for number in range(latents):
        knobs.append(Attribute(f"z{number}_bias", "float", 0, -3.5, 3.5, "deviations", f"Added to z{number}"))
        knobs.append(Attribute(f"z{number}_scale", "float", 1, -4, 4, "times", f"z{number} times this"))
    ranges = tuple(
        Range(f"z{number}", -2.9 + number / 50, 3.3 - number / 50, "deviations", number != 2)
        for number in range(latents)
    )
    return Description(
        kind, "0" * 12, "toy", RATE, 4 * HOP, HOP, latents, 32, 4 * HOP, methods, tuple(knobs), ranges,
        (-60.2, -12.1), asked,
    )  # fmt: skip


def write_model(path: Path, description: Description) -> Path:
    """A file that holds a description as an exported one does, and nothing else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{path.stem}/extra/{MEMBER}", description.to_json())
    return path


def stand_in(folder: Path, channels: int) -> Path:
    """A patch in the place of `nn~` that prints what it is told; outlet n is inlet n + n · inlet 0.

    It shows that cables reach ports that there are, and what arrives; the model itself is tested elsewhere.
    """
    patch = Patch("nn~", 1000, 400)
    inlets = [patch.object("inlet~ fwd" if n == 0 else "inlet~", 20 + 60 * n, 20) for n in range(channels)]
    words = patch.object("list prepend $1 $2", 100, 60)
    patch.chain(words, patch.object("list trim", 100, 75), patch.object("print nn", 100, 90))
    patch.connect(inlets[0], words, 1)
    for number, inlet in enumerate(inlets):
        times, total = (
            patch.object(f"*~ {number}", 20 + 60 * number, 200),
            patch.object("+~", 20 + 60 * number, 240),
        )
        patch.connect(inlets[0], times)
        patch.connect(times, total)
        patch.connect(inlet, total, 0, 1)
        patch.connect(total, patch.object("outlet~", 20 + 60 * number, 280))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nn~.pd").write_text(pd_text(patch), encoding="utf-8")
    return folder
