"""Real Pure Data, headless, with the stand-in for `nn~`: compiled once, into a temporary folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

Samples = NDArray[np.float32]

HERE = Path(__file__).parent
FLAGS = ("-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-Wno-cast-function-type", "-DPD")
NEEDED = "apt-get install puredata-core puredata-dev gcc libc6-dev"


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="nn-standin-")


@cache
def external_folder() -> Path:
    """The folder that holds `nn~.pd_linux`. Without a compiler the test fails and says what to install."""
    for program in ("pd", "gcc"):
        if shutil.which(program) is None:
            pytest.fail(f"there is no {program} to test patches with; install it: {NEEDED}")
    target = Path(_folder().name) / "nn~.pd_linux"
    command = ["gcc", *FLAGS, "-I/usr/include/pd", "-o", str(target), str(HERE / "nn_tilde.c")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        pytest.fail(f"the stand-in for nn~ does not compile ({NEEDED}):\n{result.stderr}")
    return target.parent


def run_patch(
    patch: Path,
    *,
    rate: int = 44_100,
    paths: Iterable[Path] = (),
    messages: Iterable[str] = ("pd dsp 1",),
    seconds: float = 120.0,
    python: str = sys.executable,
) -> str:
    """Open a patch, faster than real time, until it sends `; pd quit`; what the console said.

    paths: further folders that Pure Data searches. messages: sent after loading. Fails the test where the
    patch has not ended after `seconds`. python: what runs the process that computes.
    """
    command = ["pd", "-nogui", "-batch", "-noaudio", "-nrt", "-stderr", "-r", str(rate), "-noprefs"]
    for folder in (external_folder(), *paths):
        command += ["-path", str(folder)]
    for message in messages:
        command += ["-send", message]
    environment = {
        **os.environ,
        "NN_STANDIN_PYTHON": python,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(HERE.parent), os.environ.get("PYTHONPATH")))),
        "OMP_NUM_THREADS": "1",
    }
    try:
        result = subprocess.run(
            [*command, "-open", str(patch)],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            timeout=seconds,
            errors="replace",
        )
    except subprocess.TimeoutExpired as error:
        pytest.fail(f"{patch.name} did not quit within {seconds:g} s:\n{error.stderr}")
    return result.stdout + result.stderr


def play_through(
    folder: Path, source: Samples, *lines: str, rate: int = 44_100, **options: str
) -> tuple[Samples, str]:
    """`source` [T] played once through boxes in real Pure Data: what was heard [T], and the console.

    Box 0 plays, box 1 records, both from the first sample that is computed; `lines` begin with box 3.
    """
    soundfile.write(folder / "source.wav", source, rate, subtype="FLOAT")
    text = [
        "#N canvas 0 0 400 300 12;",
        "#X obj 9 9 tabplay~ source;",
        "#X obj 9 9 tabwrite~ heard;",
        "#X obj 9 9 r play;",
        *lines,
        "#X connect 2 0 0 0;",
        "#X connect 2 0 1 0;",
        "#N canvas 0 0 400 300 start 0;",
        f"#X obj 9 9 table source {len(source)};",
        f"#X obj 9 9 table heard {len(source)};",
        "#X obj 9 9 soundfiler;",
        "#X obj 9 9 loadbang;",
        "#X obj 9 9 t b b b;",
        "#X msg 9 9 read source.wav source;",
        r"#X msg 9 9 \; play bang \; pd dsp 1;",
        f"#X obj 9 9 del {1000 * len(source) / rate + 50:.1f};",
        "#X obj 9 9 t b b;",
        "#X msg 9 9 write -wave -bytes 4 heard.wav heard;",
        r"#X msg 9 9 \; pd quit;",
        "#X connect 3 0 4 0;",
        "#X connect 4 2 5 0;",
        "#X connect 5 0 2 0;",
        "#X connect 4 1 6 0;",
        "#X connect 4 0 7 0;",
        "#X connect 7 0 8 0;",
        "#X connect 8 1 9 0;",
        "#X connect 8 0 10 0;",
        "#X connect 9 0 2 0;",
        "#X restore 9 9 pd start;",
    ]
    (folder / "test.pd").write_text("\n".join(text) + "\n")
    console = run_patch(folder / "test.pd", rate=rate, messages=(), **options)
    heard, _ = soundfile.read(folder / "heard.wav", dtype="float32")
    return heard, console
