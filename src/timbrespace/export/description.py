"""What an exported file is: its methods, channels, knobs and ranges, as plain values.

The same JSON lies inside the file, as an extra member of its zip archive, and beside it in the certificate.
Reading it opens the archive only; nothing of the model is loaded or executed.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from timbrespace.errors import ExportError

FORMAT = 1
MEMBER = "timbrespace.json"  # of the archive's `extra` folder
MAX_BYTES = 4_000_000


@dataclass(frozen=True)
class Method:
    """A method that hosts call: float32 [B, in_channels, N / in_ratio] → [B, out_channels, N / out_ratio]."""

    in_channels: int
    in_ratio: int
    out_channels: int
    out_ratio: int
    input_labels: tuple[str, ...]
    output_labels: tuple[str, ...]


@dataclass(frozen=True)
class Attribute:
    """A knob of one number. low, high: it is clamped to these."""

    name: str
    type: Literal["int", "float"]
    default: float
    low: float
    high: float
    unit: str
    help: str


@dataclass(frozen=True)
class Range:
    """How far a value went over the data of the model. active: whether the decoder heeds it."""

    name: str
    low: float
    high: float
    unit: str = ""
    active: bool = True


@dataclass(frozen=True)
class Description:
    """An exported model. latency_samples: from audio in to audio out, at sample_rate, in Hz."""

    kind: str
    model_id: str
    name: str
    sample_rate: int
    n_fft: int
    hop: int
    latents: int
    codes: int
    latency_samples: int
    methods: dict[str, Method]
    attributes: tuple[Attribute, ...]
    latent_ranges: tuple[Range, ...]
    loudness_range_db: tuple[float, float]
    descriptors: dict[str, Range]

    def to_json(self) -> str:
        """Indented JSON, with the format's number."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1, allow_nan=False)

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Description:
        """The inverse of `to_json`, from parsed JSON; what it does not know is passed over.

        Raises KeyError, TypeError or ValueError where something is missing or of another kind.
        """
        low_db, high_db = values["loudness_range_db"]
        return cls(
            kind=str(values["kind"]),
            model_id=str(values["model_id"]),
            name=str(values["name"]),
            sample_rate=int(values["sample_rate"]),
            n_fft=int(values["n_fft"]),
            hop=int(values["hop"]),
            latents=int(values["latents"]),
            codes=int(values["codes"]),
            latency_samples=int(values["latency_samples"]),
            methods={name: _method(method) for name, method in values["methods"].items()},
            attributes=tuple(Attribute(**entry) for entry in values["attributes"]),
            latent_ranges=tuple(Range(**entry) for entry in values["latent_ranges"]),
            loudness_range_db=(float(low_db), float(high_db)),
            descriptors={name: Range(**entry) for name, entry in values["descriptors"].items()},
        )


def _method(entry: Mapping[str, Any]) -> Method:
    labels = {name: tuple(entry[name]) for name in ("input_labels", "output_labels")}
    return Method(**{**entry, **labels})


def read_description(path: str | Path) -> Description:
    """The description inside an exported file. Raises ExportError where it is none, or is damaged."""
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if info.filename.endswith(f"/extra/{MEMBER}")]
            if len(members) != 1 or members[0].file_size > MAX_BYTES:
                raise ExportError(f"{path}: not exported by timbrespace; make it with `timbrespace export`")
            values = json.loads(archive.read(members[0]))
    except FileNotFoundError:
        raise ExportError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise ExportError(f"{path}: this is a folder; name the .ts file") from None
    except (OSError, zipfile.BadZipFile, ValueError, RecursionError) as error:
        if _is_trained_model(path):
            raise ExportError(f"{path}: a trained model; run `timbrespace export` on it first") from None
        raise ExportError(f"{path}: not an exported model, or damaged ({error}); export it again") from None
    return _described(path, values)


def _is_trained_model(path: Path) -> bool:
    """Whether a file begins as a `.timbre` does: eight bytes, the length of its JSON part, and that."""
    try:
        with path.open("rb") as file:
            return file.read(9)[8:] == b"{"
    except OSError:
        return False


def _described(path: Path, values: Any) -> Description:
    try:
        if values["format"] != FORMAT:
            raise ExportError(f"{path}: of format {values['format']!r:.20}, not {FORMAT}; export it again")
        return Description.from_values(values)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ExportError(f"{path}: its description is damaged ({error}); export it again") from None
