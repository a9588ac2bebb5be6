"""The whole way from a model to a file that hosts can load, with its certificate beside it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from timbrespace import __version__, files
from timbrespace.engine import Engine
from timbrespace.errors import ExportError, UsageError
from timbrespace.export.building import build
from timbrespace.export.checking import Findings, check
from timbrespace.export.description import MEMBER, Description

MOST_BYTES = 25_000_000
ARCHIVE_VERSION = 10  # that of TorchScript files since torch 1.12: hosts with older libraries read them too
WRITTEN_BY_ITSELF = {".data/version", ".data/serialization_id", "version", "byteorder"}

Tell = Callable[[float, str], None]


def export(
    engine: Engine,
    path: str | Path,
    *,
    name: str = "model",
    anyway: bool = False,
    force: bool = False,
    progress: Tell | None = None,
) -> dict[str, Any]:
    """Write `path`, a TorchScript file for real-time hosts, and its certificate beside it (.json).

    The file is tried out first, in a process of its own. name: what it is called in patches. anyway: write it
    though this machine is too slow for it. progress hears the share done and what is being done. Returns the
    certificate. Raises ExportError where the file would not work; errors of `files.together`.
    """
    target = Path(path)
    if target.suffix != ".ts":
        raise UsageError(f"{target}: the file must end in .ts")
    tell = progress or (lambda share, note: None)
    for each in (target, target.with_suffix(".json")):
        files.check_output(each, force=force)
    _check_writable(target)
    tell(0.0, "recording")
    module, description = build(engine, name)
    tell(0.4, "trying it out")
    with files.together([target, target.with_suffix(".json")], force=force) as temporary:
        place = temporary(target)
        data = _bytes(module, description)
        place.write_bytes(data)
        certificate = _certificate(description, data, check(place, engine))
        _refuse_slow(certificate, anyway)
        temporary(target.with_suffix(".json")).write_text(
            json.dumps(certificate, indent=1, allow_nan=False) + "\n", encoding="utf-8"
        )
    tell(1.0, "")
    return certificate


def _check_writable(target: Path) -> None:
    """Raise ExportError before any work where nothing can be written beside `target`."""
    try:
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise ExportError(f"{target}: cannot be written: {error.strerror or error}") from None


def _bytes(module: torch.jit.ScriptModule, description: Description) -> bytes:
    buffer = io.BytesIO()
    torch.jit.save(module, buffer, _extra_files={MEMBER: description.to_json()})
    data = _without_traces(buffer.getvalue())
    if len(data) > MOST_BYTES:
        raise ExportError(f"the exported file would have {len(data) / 1e6:.0f} MB; 25 at most can be played")
    return data


def _without_traces(data: bytes) -> bytes:
    """The archive without torch's notes on which line made what: they name folders of this machine."""
    reader, target = torch._C.PyTorchFileReader(io.BytesIO(data)), io.BytesIO()
    writer = torch._C.PyTorchFileWriter(target)
    writer.set_min_version(ARCHIVE_VERSION)
    for name in sorted(reader.get_all_records()):
        if not name.endswith(".debug_pkl") and name not in WRITTEN_BY_ITSELF:
            record = reader.get_record(name)
            writer.write_record(name, record, len(record))
    writer.write_end_of_file()
    return target.getvalue()


def _certificate(description: Description, data: bytes, findings: Findings) -> dict[str, Any]:
    """Everything that is known of the file, as plain values."""
    return {
        **json.loads(description.to_json()),
        "latency_ms": 1000 * description.latency_samples / description.sample_rate,
        "size_bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "forward_error_db": findings.forward_error_db,
        "decode_error_db": findings.decode_error_db,
        "z_error": findings.z_error,
        **findings.measured,
        "machine": {
            "system": platform.platform(terse=True),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
            "torch": torch.__version__,
            "threads": 1,
        },
        "created_with": f"timbrespace {__version__}",
    }


def _refuse_slow(certificate: dict[str, Any], anyway: bool) -> None:
    """Raise ExportError where even large blocks take longer than they last."""
    best = max(row["rtf_p99"] for row in certificate["blocks"])
    if best < 1.0 and not anyway:
        row = certificate["blocks"][-1]
        raise ExportError(
            f"this machine is too slow for the model: a block of {row['block']} samples lasts "
            f"{row['duration_ms']:.0f} ms and takes {row['median_ms']:.0f}; train a smaller one, "
            "or write it with --anyway for a faster machine"
        )
