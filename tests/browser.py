"""Debian's Chromium, driven by Playwright: shared by the tests that open pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def open_browser(flags: Sequence[str] = ()) -> Iterator[Browser]:
    """A headless browser, with more flags. Without one the test fails and says what to install."""
    program = next((found for found in map(shutil.which, NAMES) if found), None)
    if program is None:
        pytest.fail("there is no chromium to open pages with; install it: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=[*FLAGS, *flags])
        yield browser
        browser.close()
