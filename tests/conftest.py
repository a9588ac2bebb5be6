"""What many tests share: tiny untrained models and sounds made on the spot."""

from __future__ import annotations

import os

# Before torch is imported, here and in the processes that tests start: small models are quicker on one
# thread, and on a busy machine much quicker.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import codebook_help
import descriptions
import export_help
import numpy as np
import prepare_help
import pytest
import soundfile
import torch
from numpy.typing import NDArray

from timbrespace import engine
from timbrespace.bundle import make_bundle, save_bundle
from timbrespace.codebook import describe_codes
from timbrespace.config import Kind, preset
from timbrespace.model.timbre_model import TimbreModel

TINY = preset("tiny")
RATE = TINY.signal.sample_rate


def save_tiny_model(path: Path, kind: Kind) -> Path:
    """An untrained model of the tiny preset, the same every time; its codes are random and apart."""
    torch.manual_seed(11)
    model = TimbreModel(replace(TINY, kind=kind))
    if kind == "discrete":
        model.bottleneck.codebook.normal_()
    header = {
        "config": model.config.to_dict(),
        "dataset": {"sources": 1, "seconds": 2.0},
        "latent": {"loudness_quantiles_db": [-40.0, -30.0, -20.0]},
        "training": {"steps": 0},
        "scores": {},
    }
    save_bundle(path, make_bundle(header, model.state_dict()), force=True)
    return path


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Bundles by kind; read only."""
    folder = tmp_path_factory.mktemp("models")
    return {
        "continuous": save_tiny_model(folder / "continuous.timbre", "continuous"),
        "discrete": save_tiny_model(folder / "discrete.timbre", "discrete"),
    }


@pytest.fixture(scope="session")
def described_models(
    tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The same with a descriptor table; read only. discrete: its codes as they sound, all of them noise.
    pitched: as if every other code were a note. continuous: as if frames of data had been described."""
    folder = tmp_path_factory.mktemp("described")
    engines = {kind: engine.load(path) for kind, path in tiny_models.items()}
    noise = describe_codes(engines["discrete"])
    notes = 220.0 * 2 ** (np.arange(len(noise)) / 12)
    confidence = np.arange(len(noise)) % 2.0
    tables = {
        "discrete": noise,
        "pitched": replace(noise, values={**noise.values, "f0": notes}, f0_confidence=confidence),
        "continuous": descriptions.describe(engines["continuous"], 60),
    }
    return {
        name: codebook_help.keep(
            tiny_models["continuous" if name == "continuous" else "discrete"],
            folder / f"{name}.timbre",
            table.to_header(),
        )
        for name, table in tables.items()
    }


def make_tone(seconds: float, rate: int = RATE, frequency_hz: float = 300.0) -> NDArray[np.float32]:
    """A tone with ten partials and a slow swell, peak about 0.4, float32 [T]."""
    time = np.arange(round(seconds * rate)) / rate
    partials = sum(np.sin(2 * np.pi * n * frequency_hz * time) / n for n in range(1, 11))
    return (0.2 * partials * (0.6 + 0.4 * np.sin(2 * np.pi * 1.5 * time))).astype(np.float32)


@pytest.fixture
def write_tone(tmp_path: Path) -> Callable[..., Path]:
    """Write a tone below the test's folder: name, seconds, channels, rate."""

    def write(name: str, seconds: float = 0.6, channels: int = 1, rate: int = RATE) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        tones = [make_tone(seconds, rate, 300.0 + 50 * channel) for channel in range(channels)]
        soundfile.write(path, np.stack(tones, axis=1), rate)
        return path

    return write


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """Three recordings of 0.5, 1.0 and 1.5 s."""
    for index in range(3):
        prepare_help.sound(
            tmp_path / "in" / f"{'cab'[index]}.wav", prepare_help.noise(0.5 + 0.5 * index, index)
        )
    return tmp_path / "in"


@pytest.fixture(scope="session")
def exported_models(
    described_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, export_help.Exported]:
    """The described models exported: continuous, discrete, pitched; read only."""
    folder = tmp_path_factory.mktemp("exported")
    return {name: export_help.exported(path, folder, name) for name, path in described_models.items()}
