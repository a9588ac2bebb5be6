"""What a run says: lines on stderr and in RUN/train.log, and on a terminal one line that moves."""

from __future__ import annotations

import math
import shutil
import sys
import time
from pathlib import Path

from timbrespace.training.run_folder import cannot_write

REFRESH_SECONDS = 0.5


class Reporter:
    """Silent on stderr when `quiet`; silent altogether, log included, when not `active`."""

    def __init__(self, log: Path, *, quiet: bool, active: bool) -> None:
        self._log = log
        self._loud = active and not quiet
        self._active = active
        self._moving = self._loud and sys.stderr.isatty()
        self._drawn = 0.0

    def line(self, text: str) -> None:
        """A line that stays. Raises TrainingError where the log cannot be written."""
        if self._active:
            try:
                with self._log.open("a", encoding="utf-8") as stream:
                    stream.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {text}\n")
            except OSError as error:
                raise cannot_write(self._log, error) from error
        if self._loud:
            self.clear()
            print(text, file=sys.stderr, flush=True)

    def due(self) -> bool:
        """Whether `moving` would show anything now."""
        return self._moving and time.monotonic() - self._drawn >= REFRESH_SECONDS

    def moving(self, text: str) -> None:
        """The line that is drawn over, on a terminal only."""
        self._drawn = time.monotonic()
        width = shutil.get_terminal_size().columns - 1
        print(f"\r{text[:width]}\x1b[K", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Wipe the moving line."""
        if self._moving:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def format_seconds(seconds: float) -> str:
    """`75` as `1 min 15 s`."""
    if not math.isfinite(seconds):
        return "?"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def format_losses(losses: dict[str, float]) -> str:
    """`spectrum 6.12  bands 4.03 …`."""
    return "  ".join(f"{name} {value:.4g}" for name, value in losses.items())
