"""Node and what npm installed, for the tests of the studio's JavaScript."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = ROOT / "node_modules"
STATIC = ROOT / "src" / "timbrespace" / "studio" / "static"
VENDOR = STATIC / "vendor"


def node(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run node in the repository: the one beside Python, else the machine's. Fails where one is missing."""
    beside = str(Path(sys.executable).parent)
    program = shutil.which("node", path=os.pathsep.join([beside, os.environ.get("PATH", "")]))
    if program is None or not MODULES.is_dir():
        pytest.fail("node or node_modules is missing; install them: pip install -e '.[dev]' && npm ci")
    return subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def assets() -> list[Path]:
    """Every file that comes with the page."""
    return sorted(path for path in STATIC.rglob("*") if path.is_file())


def own_assets(*suffixes: str) -> list[Path]:
    """Those of our own making with one of the endings."""
    return [path for path in assets() if path.suffix in suffixes and VENDOR not in path.parents]
