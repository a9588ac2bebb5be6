"""What the README promises is run: its six lines with a budget of a few steps, and its Python."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from timbrespace.cli.app import build_app, main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BUDGET = "--minutes 10"
SMALL_BUDGET = "--steps 6 --preset tiny --quiet"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where the README's lines have been run one after the other."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "src").symlink_to(ROOT / "src")
    lines = block("sh").splitlines()
    assert len(lines) == 6
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for line in lines:
            program, *arguments = shlex.split(line.replace(BUDGET, SMALL_BUDGET))
            if program == "timbrespace":
                assert main(arguments) == 0, line
    return folder


def test_six_lines(workplace: Path) -> None:
    made = {path.name for path in workplace.iterdir()}
    assert made == {"src", "sax.data", "sax.run", "voice-as-sax.wav", "note.npz", "note.csv", "note.wav"}
    assert (workplace / "sax.run" / "model.timbre").is_file()


def test_python(workplace: Path, monkeypatch) -> None:
    monkeypatch.chdir(workplace)
    names = {"audio": np.zeros(44_100, np.float32), "sample_rate": 44_100}
    exec(block("python"), names)
    assert np.asarray(names["again"]).shape == (44_100,)
    for name in ("morph", "around", "played"):
        assert np.asarray(names[name]).shape >= (80_000,), name


def test_every_command_is_listed() -> None:
    commands = {
        info.name or info.callback.__name__ for info in build_app().registered_commands if info.callback
    }
    listed = set(re.findall(r"^\| `([a-z]+)", README, re.MULTILINE))
    assert listed == commands
