"""Small recordings, data sets made of them, and what a report says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from timbrespace.dataset import prepare as preparing
from timbrespace.dataset.prepare import Report

RATE = 16_000


def noise(seconds: float, seed: int, rate: int = RATE, level: float = 0.1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, level, round(seconds * rate)).astype(np.float32)


def sound(path: Path, samples: np.ndarray, rate: int = RATE, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, **{"subtype": "FLOAT", **options})
    return path


def prepare(audio: list[Path], folder: Path, **options: Any) -> Report:
    return preparing.prepare(audio, folder, **{"rate": RATE, "jobs": 1, **options})


def reasons(report: Report) -> dict[str, str]:
    return {os.path.basename(file.path): file.reason for file in report.skipped}


def names(report: Report) -> list[str]:
    return [os.path.basename(source.path) for source in report.taken]


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
