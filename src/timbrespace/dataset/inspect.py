"""Prepare one file: decode, choose the channel, take out the offset, change the rate, measure.

Runs in a process of its own, in constant memory: the decoded channel goes to a raw file first, because
the offset is known only at the end, and comes back from there for the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timbrespace.audio import BlockReader, BlockResampler, Channel, UnusableAudio, select_channel
from timbrespace.audio.reading import check_finite
from timbrespace.dataset.measure import Measure
from timbrespace.errors import AudioError

SILENCE_DB = -90.0  # the loudest frame of dither alone stays under it
HIGHEST_PEAK = 1_000.0  # 60 dB over full scale: samples that are not in -1…1
_BLOCK = 1 << 17  # samples
_DECODING_SHARE = 0.5  # of the time a file takes

Report = Callable[[float], None]


@dataclass(frozen=True)
class Job:
    """One file to prepare. work: where the prepared samples go (float32, no header)."""

    path: str
    work: str
    rate: int
    channel: Channel


@dataclass(frozen=True)
class Outcome:
    """What became of a file: facts of a source (`reason` empty), or why it is skipped."""

    reason: str = ""
    detail: str = ""
    sha256: str = ""
    length: int = 0
    original_rate: int = 0
    channels: int = 0
    peak: float = 0.0
    level_db: float = 0.0
    bandwidth_hz: float = 0.0
    dc: float = 0.0
    truncation: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class _Decoded:
    """The chosen channel in the raw file. largest: of all channels, to tell cancelling from silence."""

    sha256: str
    length: int
    original_rate: int
    channels: int
    dc: float
    largest: float
    truncation: str


def prepare_file(job: Job, report: Report = lambda share: None) -> Outcome:
    """Prepare one file; `report` hears the share that is done.

    Raises OSError where the result cannot be written. Whatever is wrong with the file itself is in the
    outcome.
    """
    raw = Path(job.work + ".raw")
    try:
        decoded = _decode(job, raw, report)
        outcome = _finish(job, raw, decoded, report)
    except UnusableAudio as error:
        outcome = Outcome(error.reason, error.detail)
    except AudioError as error:
        outcome = Outcome("damaged", str(error))
    finally:
        raw.unlink(missing_ok=True)
    if outcome.reason:
        Path(job.work).unlink(missing_ok=True)
    return outcome


def _decode(job: Job, raw: Path, report: Report) -> _Decoded:
    """Write the chosen channel at its original rate to `raw`."""
    digest = hashlib.sha256()
    length, total, largest = 0, 0.0, 0.0
    with BlockReader(job.path) as reader, raw.open("wb") as file:
        expected = reader.frames_promised or 0
        for block in reader:
            samples = np.ascontiguousarray(select_channel(block, job.channel, job.path))
            check_finite(samples, length, reader.sample_rate, job.path)
            digest.update(samples.data)
            file.write(samples.data)
            length += len(samples)
            total += float(samples.sum(dtype=np.float64))
            if reader.channels > 1:
                largest = max(largest, float(block.max()), -float(block.min()))
            report(_DECODING_SHARE * min(1.0, length / max(expected, length)))
    return _Decoded(
        digest.hexdigest(),
        length,
        reader.sample_rate,
        reader.channels,
        total / length,
        largest,
        reader.truncation,
    )


def _finish(job: Job, raw: Path, decoded: _Decoded, report: Report) -> Outcome:
    """Write the prepared samples and judge them."""
    resampler = BlockResampler(decoded.original_rate, job.rate)
    measure = Measure(job.rate)
    length, peak = 0, 0.0
    with raw.open("rb") as source, open(job.work, "wb") as target:
        for block, done in _blocks(source, decoded):
            samples = resampler.process(block - np.float32(decoded.dc), last=done == decoded.length)
            target.write(np.ascontiguousarray(samples).data)
            length += len(samples)
            peak = max(peak, float(np.abs(samples).max(initial=0.0)))
            if peak > HIGHEST_PEAK:
                words = f"peak {20 * np.log10(peak):.0f} dB over full scale; write it with samples in -1...1"
                return Outcome("out of range", words)
            measure.add(samples)
            report(_DECODING_SHARE + (1 - _DECODING_SHARE) * done / decoded.length)
    measure.finish()
    if length == 0:
        return Outcome("empty", f"{decoded.length} samples are none at {job.rate} Hz")
    if measure.level_db <= SILENCE_DB:
        return Outcome("silent", _why_silent(decoded, measure.level_db), decoded.sha256)
    return Outcome(
        sha256=decoded.sha256,
        length=length,
        original_rate=decoded.original_rate,
        channels=decoded.channels,
        peak=round(peak, 7),
        level_db=round(measure.level_db, 3),
        bandwidth_hz=round(min(measure.bandwidth_hz, decoded.original_rate / 2), 1),
        dc=round(decoded.dc, 7),
        truncation=decoded.truncation,
    )


def _blocks(source: Any, decoded: _Decoded) -> Iterator[tuple[NDArray[np.float32], int]]:
    """Blocks of the raw file, each with how many samples have come by its end."""
    for start in range(0, decoded.length, _BLOCK):
        block = np.frombuffer(source.read(4 * _BLOCK), dtype=np.float32)
        yield block, start + len(block)


def _why_silent(decoded: _Decoded, level_db: float) -> str:
    if 20 * np.log10(max(decoded.largest, 1e-9)) > SILENCE_DB + 30 and abs(decoded.dc) < decoded.largest / 2:
        return "its channels cancel each other; use --channel left"
    return f"the loudest moment is at {level_db:.0f} dBFS"
