"""A studio at work in a process of its own, as the command starts it: for tests that open its page."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from playwright.sync_api import Browser, Page, expect

START_SECONDS = 60.0
PATIENCE_MS = 30_000  # of what is expected of a page: seconds on a busy machine
SCREENSHOTS = "TIMBRESPACE_SCREENSHOTS"  # a folder to keep pictures in
SOUND_FLAGS = ("--autoplay-policy=no-user-gesture-required", "--use-fake-ui-for-media-stream",
               "--use-fake-device-for-media-stream")  # fmt: skip


class StudioServer:
    """One process. address: as printed, with the token. api: a client that has the token."""

    def __init__(self, arguments: Sequence[str | Path]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "timbrespace", "studio", "--no-browser", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()
        if not self.address.startswith("http://127.0.0.1:"):
            _, errors = self._process.communicate(timeout=START_SECONDS)
            raise AssertionError(f"the studio did not start: {self.address!r} {errors}")
        parts = urlsplit(self.address)
        self.port = int(parts.port or 0)
        self.origin = f"http://127.0.0.1:{self.port}"
        self.token = parse_qs(parts.query)["token"][0]
        self.api = httpx.Client(
            base_url=self.origin, headers={"x-timbrespace-token": self.token}, timeout=60.0
        )

    def kill(self) -> None:
        """As a crash or a power cut ends it."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self.api.close()

    def stop(self) -> tuple[int, str]:
        """As Ctrl-C ends it: the exit code, and what it said on stderr."""
        self.api.close()
        self._process.send_signal(signal.SIGINT)
        _, errors = self._process.communicate(timeout=START_SECONDS)
        return self._process.returncode, errors

    @property
    def runs(self) -> bool:
        """Whether it is still there."""
        return self._process.poll() is None


@contextmanager
def running(*arguments: str | Path) -> Iterator[StudioServer]:
    """A studio for the length of a block; without models it has those of the package."""
    server = StudioServer(arguments)
    try:
        yield server
    finally:
        if server.runs:
            server.stop()


def open_page(browser: Browser, server: StudioServer, width: int = 1280, height: int = 720) -> Page:
    """The studio's page; an error in it fails the test that uses it at `check_quiet`."""
    expect.set_options(timeout=PATIENCE_MS)
    page = browser.new_page(viewport={"width": width, "height": height})
    page.problems = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.problems.append(str(error)))  # type: ignore[attr-defined]
    page.goto(server.address)
    return page


def check_quiet(page: Page) -> None:
    """No script of the page has failed."""
    assert page.problems == []  # type: ignore[attr-defined]


def keep_picture(page: Page, name: str) -> None:
    """A screenshot where the environment names a folder for them."""
    folder = os.environ.get(SCREENSHOTS)
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")
