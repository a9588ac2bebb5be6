"""MIDI, OSC and the model's knobs: what comes in and what goes out, in real Pure Data."""

from __future__ import annotations

import re
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pd_rig
import pytest
from live_help import free_port
from pd_rig import HOP, LATENTS, RATE

from timbrespace.patches import layout
from timbrespace.patches.graph import Patch
from timbrespace.patches.pd_writer import pd_text

NOTHING = np.zeros((0, 0))
PATIENCE_SECONDS = 20.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("control")
    layout.lay_out(place / "pd", pd_rig.write_model(place / "toy.ts", pd_rig.describe()))
    return place / "pd"


def midi(folder: Path, *messages: str) -> pd_rig.Outcome:
    timed = [(64.0 * number, message) for number, message in enumerate(messages)]
    samples = 64 * (len(messages) + 1)
    return pd_rig.drive(folder, "ts.midi", NOTHING, samples, {0: timed}, outlets=0, prints=range(4))


def test_controllers_turn_knobs_over_their_ranges(folder: Path) -> None:
    done = midi(folder, "ctl 0 20", "ctl 127 20", "ctl 127 1", "ctl 0 7", "ctl 127 22", "ctl 5 99")
    assert done.console == [
        "0: z0_bias -3.5",
        "0: z0_bias 3.5",
        "0: aperiodicity 2",
        "0: loudness_offset_db -60",
        "0: z2_bias 3.5",
    ]
    done = midi(folder, "ctl 0 16", "ctl 127 17")
    assert done.console == ["1: x 0", "1: y 1"]


def test_a_controller_is_learnt_mapped_and_given_a_range(folder: Path) -> None:
    done = midi(
        folder,
        "ctl 127 50",
        "learn z1_scale",
        "ctl 127 50",
        "ctl 0 50",
        "ctl 127 51",
        "map x 51",
        "range x 0.25 0.75",
        "ctl 127 51",
        "ctl 0 51",
        "ctl 0 16",
    )
    assert done.console == ["0: z1_scale 4", "0: z1_scale -4", "1: x 0.75", "1: x 0.25"]


def test_notes_are_hertz_and_level(folder: Path) -> None:
    low, high = pd_rig.describe().loudness_range_db
    done = midi(folder, "note 69 127", "note 81 64", "note 69 0", "note 81 0")
    heard = [float(word) for (word,) in done.printed("2")]
    assert heard == pytest.approx([440.0, 880.0], rel=1e-5)
    levels = [float(word) for (word,) in done.printed("3")]
    assert levels == pytest.approx([high, low + (high - low) * 64 / 127, -100.0], rel=1e-5)


def test_what_is_not_known_is_said(folder: Path) -> None:
    for text, message in (("ts.midi", "lern x"), ("ts.scale~", "z7 2"), ("ts.loop~ take", "stopp")):
        done = pd_rig.drive(folder, text, NOTHING, 128, {0: [(0, message)]}, outlets=0)
        name = text.split()[0]
        assert done.console == [f"{name}-does-not-know: {message}"]


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("ts.encoder~", "encode"),
        ("ts.decoder~", "decode"),
        ("ts.convert~", "forward"),
        ("ts.follow~ f0", "follow_f0"),
    ],
)
def test_knobs_reach_nn(folder: Path, tmp_path: Path, text: str, method: str) -> None:
    """A knob becomes `set NAME VALUE` with one value; what nn~ itself knows goes on as it is."""
    paths = [pd_rig.stand_in(tmp_path, LATENTS + 1)]
    messages = ["z0_bias 0.5", "dry_wet 0", "reset", "enable 0", "reload", "set seed 4"]
    timed = [(64.0 * number, message) for number, message in enumerate(messages)]
    done = pd_rig.drive(folder, text, NOTHING, 640, {0: timed}, outlets=0, paths=paths)
    wanted = ["set z0_bias 0.5", "set dry_wet 0", "set reset 1", "enable 0", "reload", "set seed 4"]
    first = [f"bufsize {HOP}"] if method == "forward" else []  # nn~ would collect 4096 samples for it
    assert done.console == [f"nn: toy.ts {method} {line}" for line in first + wanted]


def test_channels_reach_nn_in_order(folder: Path, tmp_path: Path) -> None:
    paths = [pd_rig.stand_in(tmp_path, LATENTS + 1)]
    sound = np.full((2 * HOP, 1), 0.5)
    done = pd_rig.drive(folder, "ts.encoder~", sound, 2 * HOP, outlets=LATENTS + 1, paths=paths)
    assert done.frames(2)[1].tolist() == [0.5, 0.5, 1.0, 1.5]
    numbers = np.tile([1.0, 2.0, 3.0, 4.0], (2 * HOP, 1))
    done = pd_rig.drive(folder, "ts.decoder~", numbers, 2 * HOP, outlets=1, paths=paths)
    assert done.frames(2)[1].tolist() == [1.0]


def test_sliders_give_their_series(folder: Path) -> None:
    timed = [(HOP, "z1 1.5, loudness -20"), (3 * HOP, "all -0.5"), (5 * HOP, "zero"), (7 * HOP, "random")]
    done = pd_rig.drive(folder, "ts.sliders~", NOTHING, 9 * HOP, {0: timed}, outlets=LATENTS + 1)
    got = done.frames(9)
    assert got[0].tolist() == [0, 0, 0, -100]
    assert got[2].tolist() == [0, 1.5, 0, -20]
    assert got[4].tolist() == [-0.5, -0.5, -0.5, -20]
    assert got[6].tolist() == [0, 0, 0, -20]
    assert len(set(got[8, :LATENTS].tolist())) == LATENTS
    assert np.abs(got[8, :LATENTS]).max() <= 3.3


OSC_IN = {
    "/ts/z/1/bias 0.5": ["4: z1_bias 0.5"],
    "/ts/z/0/scale -2": ["4: z0_scale -2"],
    "/ts/loudness/offset 6": ["4: loudness_offset_db 6"],
    "/ts/drywet 0.25": ["4: dry_wet 0.25"],
    "/ts/aperiodicity 1.5": ["4: aperiodicity 1.5"],
    "/ts/seed 3": ["4: seed 3"],
    "/ts/reset 1": ["4: reset 1"],
    "/ts/plane 0.25 0.75": ["5: x 0.25", "5: y 0.75"],
    "/ts/latents 0.5 -1 2": ["signal0: 0.5", "signal1: -1", "signal2: 2"],
    "/ts/loudness -33": ["signal3: -33"],
}


def listening(port: int) -> Patch:
    """`ts.osc.in` with its messages and its signals printed."""
    patch = Patch("osc", 400, 300)
    heard = patch.object("ts.osc.in", 20, 100)
    for outlet in (LATENTS + 1, LATENTS + 2):
        patch.connect(heard, patch.object(f"print {outlet}", 20, 140), outlet)
    looks = patch.chain(patch.object("loadbang", 200, 0), patch.object("metro 20", 200, 20))
    for number in range(LATENTS + 1):
        now = patch.object("snapshot~", 20, 180)
        patch.connect(heard, now, number)
        patch.connect(looks, now)
        patch.chain(now, patch.object("change", 20, 200), patch.object(f"print signal{number}", 20, 220))
    patch.chain(patch.object("loadbang", 20, 20), patch.message(f"listen {port} 127.0.0.1", 20, 50), heard)
    return patch


def test_osc_in(folder: Path) -> None:
    port = free_port()
    with running(folder, listening(port)) as lines:
        wait_for(lines, "ready")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for text in OSC_IN:
                address, *values = text.split()
                sender.sendto(osc(address, *map(float, values)), ("127.0.0.1", port))
        for line in (line for expected in OSC_IN.values() for line in expected):
            wait_for(lines, line)


def test_osc_in_that_waits_takes_no_port(folder: Path) -> None:
    """As in its help page: opened after another, it leaves that its port; when told, it listens."""
    port, other = free_port(), free_port()
    patch = Patch("osc", 400, 300)
    first, waiting = patch.object("ts.osc.in", 20, 100), patch.object("ts.osc.in wait", 20, 200)
    for box, label in ((first, "first"), (waiting, "waiting")):
        patch.connect(box, patch.object(f"print {label}", 20, 140), LATENTS + 1)
    heard = patch.object("t b b", 200, 20)  # the second is told once the first has heard something
    patch.connect(first, heard, LATENTS + 1)
    patch.connect(heard, patch.object("print told", 300, 60))
    patch.connect(heard, patch.message(f"listen {other} 127.0.0.1", 200, 60), 1)
    patch.connect(len(patch.boxes) - 1, waiting)
    text = (folder / "ts.osc.in.pd").read_text(encoding="utf-8")
    (folder / "ts.osc.in.pd").write_text(text.replace("9000", str(port)), encoding="utf-8")
    try:
        with running(folder, patch) as lines, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            wait_for(lines, "ready")
            sender.sendto(osc("/ts/seed", 3.0), ("127.0.0.1", port))
            wait_for(lines, "first: seed 3")
            wait_for(lines, "told: bang")
            sender.sendto(osc("/ts/seed", 4.0), ("127.0.0.1", other))
            wait_for(lines, "waiting: seed 4")
    finally:
        (folder / "ts.osc.in.pd").write_text(text, encoding="utf-8")
    page = (folder / "ts.osc.in-help.pd").read_text(encoding="utf-8")
    assert re.findall(r"#X obj \d+ \d+ ts\.osc\.in[^;]*;", page)[0].split()[5].strip(",;") == "wait"


def test_osc_out(folder: Path) -> None:
    """Every frame once, latents in their order and loudness, as `timbrespace live` sends them."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(PATIENCE_SECONDS)
        patch = Patch("osc", 400, 300)
        sent = patch.object("ts.osc.out", 20, 100)
        for number, value in enumerate((0.5, -1.25, 2.0, -33.5)):
            patch.connect(patch.object(f"sig~ {value}", 20, 60), sent, 0, number)
        where = f"connect 127.0.0.1 {receiver.getsockname()[1]}"
        patch.chain(patch.object("loadbang", 20, 20), patch.message(f"disconnect, {where}", 20, 40), sent)
        with running(folder, patch):
            packets = [receiver.recv(4096) for _ in range(60)]
    expected = {osc("/ts/latents", 0.5, -1.25, 2.0), osc("/ts/loudness", -33.5)}
    assert set(packets[4:]) == expected
    assert packets[4::2].count(packets[4]) == len(packets[4::2])  # by turns: both once a frame


def osc(address: str, *values: float) -> bytes:
    """A message of the OSC 1.0 specification: words filled up with zeros to multiples of four bytes."""
    words = [(word + "\0").encode() for word in (address, "," + "f" * len(values))]
    return b"".join(word + bytes(-len(word) % 4) for word in words) + struct.pack(f">{len(values)}f", *values)


@contextmanager
def running(folder: Path, patch: Patch) -> Iterator[list[str]]:
    """Pd in real time, as the network needs it; gives the lines that it writes."""
    patch.chain(
        patch.object("loadbang", 300, 20),
        patch.object("delay 300", 300, 50),
        patch.message("ready", 300, 80),
        patch.object("print", 300, 110),
    )
    path = folder / "running.pd"
    path.write_text(pd_text(patch), encoding="utf-8")
    command = [*pd_rig.pd_command(RATE), "-open", str(path), "-send", "pd dsp 1"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    lines: list[str] = []
    assert process.stderr is not None
    reader = threading.Thread(target=lambda: lines.extend(iter(process.stderr.readline, "")))  # type: ignore[union-attr]
    reader.start()
    try:
        yield lines
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)
        reader.join(timeout=PATIENCE_SECONDS)
        process.stderr.close()


def wait_for(lines: list[str], text: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not any(text in line for line in lines):
        assert time.monotonic() < end, f"{text} did not come; there was {lines}"
        time.sleep(0.02)
