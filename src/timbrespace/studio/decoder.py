"""The process that decodes a file, from outside: started, listened to, ended.

What a file from outside can do to its decoder (crash it, keep it busy for ever, fill the memory) ends with
that process; `decoding.py` is what runs there.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import timbrespace
from timbrespace.errors import AudioError
from timbrespace.studio.keeping import Kept

WALL_SECONDS = 900.0
_OUT_OF_TIME = [getattr(signal, name) for name in ("SIGXCPU",) if hasattr(signal, name)]
_SINGLE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Decoder:
    """One decoding. `run` waits for its end, `stop` brings it about from another thread."""

    def __init__(self, source: Path, wav: Path, peaks: Path, room_bytes: int) -> None:
        self._process = _start([str(source), str(wav), str(peaks), str(room_bytes)])
        self._stopped: str | None = None

    def run(self, share: Callable[[float], None], wall_seconds: float = WALL_SECONDS) -> tuple[Kept, str]:
        """What was made of it, and what was missing in words, or "". Raises AudioError without a file's name.

        share: hears which share is done.
        """
        late = f"decoding it takes more than {wall_seconds / 60:g} minutes; save it as WAV or FLAC"
        timer = threading.Timer(wall_seconds, self.stop, [late])
        timer.daemon = True
        timer.start()
        try:
            return self._listen(share)
        finally:
            timer.cancel()
            self.stop()
            self._process.wait()

    def stop(self, why: str = "stopped") -> None:
        """End the process, whatever it is doing; `run` raises then with these words."""
        if self._process.poll() is None:
            self._stopped = self._stopped or why
            self._process.kill()

    def _listen(self, share: Callable[[float], None]) -> tuple[Kept, str]:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                if not line.endswith("\n"):
                    break  # it was ended while it spoke
                message = json.loads(line)
                if "error" in message:
                    raise AudioError(message["error"])
                if "kept" in message:
                    note = message["kept"].pop("note")
                    return Kept(**message["kept"]), note
                share(message["share"])
        code = self._process.wait()
        if -code in _OUT_OF_TIME:
            raise AudioError(self._stopped or "decoding it takes too long; save it as WAV or FLAC")
        raise AudioError(self._stopped or f"it breaks its decoder (exit code {code}); save it as WAV or FLAC")


def _start(arguments: list[str]) -> subprocess.Popen[str]:
    package_folder = str(Path(timbrespace.__file__).resolve().parent.parent)
    inherited = os.environ.get("PYTHONPATH")
    path = package_folder + (os.pathsep + inherited if inherited else "")
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "timbrespace.studio.decoding", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # decoders grumble there about files we report on ourselves
        text=True,
        env={**os.environ, **_SINGLE_THREAD, "PYTHONPATH": path},
    )
