"""An exported file held against the model it was made of, before anybody plays it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timbrespace.engine import Engine
from timbrespace.errors import ExportError
from timbrespace.export import probe
from timbrespace.scores.sound import log_spectral_distance
from timbrespace.trial_sound import trial_sound

Samples = NDArray[np.float32]

SECONDS = 6.0
TIMEOUT_SECONDS = 900.0
Z_ERROR = 1e-3  # deviations
LEVEL_ERROR_DB = 1e-3
OTHER_CODES = 0.002  # share of frames on a border between two codes
SOUND_ERROR_DB = 0.1  # lsd_2048 between any two ways of cutting a sound into blocks


@dataclass(frozen=True)
class Findings:
    """What the probe measured, and how far the file is from the model: lsd_2048 in dB, z in deviations."""

    measured: dict[str, Any]
    forward_error_db: float
    decode_error_db: float
    z_error: float


def check(path: Path, engine: Engine) -> Findings:
    """Try the file in a fresh process and compare. Raises ExportError where something is wrong with it."""
    audio = trial_sound(engine.sample_rate, SECONDS)
    audio = audio[: len(audio) // engine.signal.hop * engine.signal.hop]
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.npz", Path(folder) / "out.npz"
        np.savez(source, audio=audio)
        measured = _run(path, source, target)
        outputs = dict(np.load(target, allow_pickle=False))
    problems = list(measured.pop("problems"))
    findings = Findings(
        measured,
        _sound_error(engine, audio, outputs["forward"]),
        _sound_error(engine, audio, outputs["decode"]),
        _series_error(engine, audio, outputs["encode"], problems),
    )
    for name, error_db in (("forward", findings.forward_error_db), ("decode", findings.decode_error_db)):
        if not error_db <= SOUND_ERROR_DB:
            problems.append(f"{name} sounds {error_db:.2f} dB off what `convert` and `decode` give")
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise ExportError(f"the exported model is at fault and is not written: {problems[0]}{more}")
    return findings


def _run(path: Path, source: Path, target: Path) -> dict[str, Any]:
    command = [sys.executable, "-I", probe.__file__, str(path), str(source), str(target)]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        raise ExportError(
            f"the exported model is far too slow here: trying it took over {TIMEOUT_SECONDS:g} s"
        ) from None
    said = result.stderr.strip().splitlines()
    if result.returncode != 0 or said:
        raise ExportError(
            "the exported model fails in a process of its own, nothing is written: "
            f"{said[-1] if said else f'exit code {result.returncode}'}"
        )
    values: dict[str, Any] = json.loads(result.stdout)
    return values


def _sound_error(engine: Engine, audio: Samples, output: Samples) -> float:
    """lsd_2048 in dB between what came out [1, T] and the model's own, over the part both have."""
    latency = engine.signal.latency_samples
    reference = engine.decode(engine.encode(audio, engine.sample_rate))[: len(audio) - latency]
    return log_spectral_distance(reference, output[0, latency : len(audio)], 2048)


def _series_error(engine: Engine, audio: Samples, output: Samples, problems: list[str]) -> float:
    """Largest difference of a latent [D + 1, L]; of a discrete model over frames with the same code."""
    series = engine.encode(audio, engine.sample_rate)
    frames = output.shape[1]
    away = np.abs(output[:-1].T - series.z[:frames]).max(axis=1)
    level_error_db = float(np.abs(output[-1] - series.loudness_db[:frames]).max())
    if engine.kind == "discrete":
        other = away > Z_ERROR
        if other.mean() > OTHER_CODES:
            problems.append(f"encode chooses another code in {100 * other.mean():.1f} % of the frames")
        away = away[~other]
    error = float(away.max())
    if not error <= Z_ERROR or not level_error_db <= LEVEL_ERROR_DB:
        problems.append(f"encode is off by {error:.2g} deviations and {level_error_db:.2g} dB")
    return error
