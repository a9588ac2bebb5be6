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

import pytest

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
    command = ["pd", "-nogui", "-batch", "-noaudio", "-stderr", "-r", str(rate), "-noprefs"]
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
