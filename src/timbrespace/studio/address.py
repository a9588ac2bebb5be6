"""Where a studio answered last, so that a page that was left open finds it again when it is started anew.

A port and its token lie beside the sessions, in a file that only its owner reads, as the sessions are. A page
needs both to go on by itself after a crash. A studio that was stopped as it should be takes new ones next
time, and so does one that comes back after a week.
"""

from __future__ import annotations

import json
import logging
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from timbrespace import files
from timbrespace.errors import TimbrespaceError

log = logging.getLogger(__name__)

FILE = "address.json"
LASTS_SECONDS = 7 * 86_400.0
SHORTEST_TOKEN = 24  # letters; what is shorter was not written here


@dataclass(frozen=True)
class Address:
    """Of a studio on this computer."""

    port: int
    token: str


def last(root: Path) -> Address | None:
    """The address kept in a folder; None where there is none, it is too old, or not to be read."""
    path = root / FILE
    try:
        if time.time() - path.stat().st_mtime > LASTS_SECONDS:
            return None
        held = json.loads(path.read_bytes())
        port, token = held["port"], held["token"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    whole = isinstance(port, int) and 0 < port < 65_536 and isinstance(token, str)
    return Address(port, token) if whole and token.isascii() and len(token) >= SHORTEST_TOKEN else None


def keep(root: Path, address: Address) -> None:
    """Keep an address; where it cannot be, pages have to be opened anew next time, and no more."""
    text = json.dumps({"port": address.port, "token": address.token})
    try:
        with files.atomic_path(root / FILE, force=True) as temporary:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(handle, "w", encoding="utf-8") as file:
                file.write(text)
    except (OSError, TimbrespaceError) as error:
        log.warning("the studio's address is not kept: %s", error)


def forget(root: Path, address: Address) -> None:
    """Remove the address where it is still the one kept: whoever has its port next learns nothing of use."""
    if last(root) == address:
        with suppress(OSError):
            (root / FILE).unlink()
