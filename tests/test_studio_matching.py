"""How loud sources are, so that source and result can be compared."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import studio_parts_help as help_
from conftest import make_tone

from timbrespace.loudness import integrated_lufs
from timbrespace.studio.document import Operator, SoundSource
from timbrespace.studio.matching import SourceLoudness, mean_level_db


def test_a_level_is_of_the_mean_power() -> None:
    assert mean_level_db(np.full(7, -20.0, np.float32)) == pytest.approx(-20.0)
    assert mean_level_db(np.array([0.0, -100.0])) == pytest.approx(-10 * np.log10(2))


def test_a_sound_is_as_loud_as_its_selection_is(tiny_models: dict[str, Path], tmp_path: Path) -> None:
    samples = np.concatenate([make_tone(1.0, 44_100), 0.1 * make_tone(1.0, 44_100)])
    soundfile.write(tmp_path / "swell.wav", samples, 44_100, subtype="FLOAT")
    with help_.opened({"model": tiny_models["continuous"]}, tmp_path / "sessions") as studio:
        sound = help_.add_sound(studio, tmp_path / "swell.wav")
        source = SoundSource(sound=sound.id, start=1.0, end=2.0)
        part = help_.add_part(studio, "model", source, Operator(name="bias", dimensions=[0], value=1.0))
        found = SourceLoudness(studio).lufs(part, studio.renders.wait(part.id))
    assert found == pytest.approx(integrated_lufs(samples[44_100:], 44_100), abs=0.1)
