"""Debian's Firefox with one page, driven over WebDriver BiDi (https://w3c.github.io/webdriver-bidi/).

Playwright drives only a Firefox of its own make; this speaks with the one that people have, in as few words
as the test of the studio needs.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

NAMES = ("firefox-esr", "firefox")
PATIENCE_SECONDS = 90.0  # a model is recorded before it plays for the first time: long on a busy machine
POLL_SECONDS = 0.05
PREFERENCES = {
    "media.autoplay.default": 0,  # sound before the first click
    "media.cubeb.force_mock_context": True,  # sound at its pace where there is no sound card
    "app.normandy.enabled": False,
    "app.update.auto": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.server": "data:,",
}
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
CONTROL = "\ue009"  # as WebDriver calls the key
Actions = list[dict[str, Any]]


class Firefox:
    """One page. problems: the errors and warnings that its console was told."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._number = socket, 0
        self.problems: list[str] = []
        self._ask("session.new", capabilities={})
        self._ask("session.subscribe", events=["log.entryAdded"])
        self._page = self._ask("browsingContext.getTree")["contexts"][0]["context"]
        size = {"width": 1280, "height": 720}
        self._ask("browsingContext.setViewport", context=self._page, viewport=size)

    def open(self, address: str) -> None:
        """Go there, and wait until it is loaded."""
        self._ask("browsingContext.navigate", context=self._page, url=address, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """What it is in the page, as JSON holds it."""
        found = self._evaluate(f"JSON.stringify({expression}) ?? 'null'")
        return json.loads(found["value"])

    def until(self, expression: str) -> None:
        """Wait for it to hold in the page."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.evaluate(f"Boolean({expression})"):
            assert time.monotonic() < end, f"not within {PATIENCE_SECONDS:g} s: {expression}; {self.problems}"
            time.sleep(POLL_SECONDS)

    def choose(self, selector: str, path: Path) -> None:
        """Give a file to an input."""
        found = self._evaluate(f"document.querySelector({json.dumps(selector)})")
        element = {"sharedId": found["sharedId"]}
        self._ask("input.setFiles", context=self._page, element=element, files=[str(path)])

    def press(self, *keys: str) -> None:
        """Keys, down one after the other and up again."""
        down = [{"type": "keyDown", "value": key} for key in keys]
        up = [{"type": "keyUp", "value": key} for key in reversed(keys)]
        self._act({"type": "key", "id": "keys", "actions": [*down, *up]})

    def drag(self, selector: str, right: int, down: int) -> None:
        """Take hold of the middle of something and move it so many pixels."""
        box = self.evaluate(f"document.querySelector({json.dumps(selector)}).getBoundingClientRect()")
        x, y = round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2)
        actions: Actions = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerMove", "x": x + right, "y": y + down, "duration": 100},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": "mouse", "actions": actions})

    def _act(self, source: dict[str, Any]) -> None:
        self._ask("input.performActions", context=self._page, actions=[source])

    def _evaluate(self, expression: str) -> dict[str, Any]:
        target = {"context": self._page}
        answer = self._ask("script.evaluate", expression=expression, target=target, awaitPromise=True)
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        found: dict[str, Any] = answer["result"]
        return found

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command's result; events that come before it are noted."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=PATIENCE_SECONDS))
            if message.get("method") == "log.entryAdded":
                self._note(message["params"])
            elif message.get("id") == self._number:
                assert message["type"] == "success", f"{method}: {message['message']}"
                result: dict[str, Any] = message["result"]
                return result

    def _note(self, entry: dict[str, Any]) -> None:
        if entry["level"] in ("warn", "error"):
            self.problems.append(entry["text"])


@contextmanager
def open_firefox(profile: Path) -> Iterator[Firefox]:
    """A headless one with an empty page. Without one the test fails and says what to install."""
    program = next((found for found in map(shutil.which, NAMES) if found), None)
    if program is None:
        pytest.fail("there is no firefox to open the page with; install it: apt-get install firefox-esr")
    profile.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    command = [program, "--headless", "--remote-debugging-port", "0", "--profile", str(profile)]
    with _running(command) as address, connect(f"{address}/session", max_size=None) as socket:
        yield Firefox(socket)


@contextmanager
def _running(command: Sequence[str]) -> Iterator[str]:
    """The process, and where it listens."""
    log = Path(command[-1]) / "said.log"
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
        try:
            end = time.monotonic() + PATIENCE_SECONDS
            while not (found := LISTENING.search(log.read_text(encoding="utf-8"))):
                told = log.read_text(encoding="utf-8")
                assert process.poll() is None, f"firefox ended: {told}"
                assert time.monotonic() < end, f"firefox listens nowhere: {told}"
                time.sleep(POLL_SECONDS)
            yield found[1]
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)
