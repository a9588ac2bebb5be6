"""`.timbre` files: a trained model as one safetensors file with a JSON header in its metadata.

No pickle anywhere; reading checks the file from the outside in, so that each way of being broken
has its own line. Equal bundles give equal bytes.

Header: format_version, kind, config (`ModelConfig.to_dict`), dataset (its summary, not the audio),
latent (statistics per dimension), codes (descriptor table or null), training (history summary),
scores, model_id (hash of weights and configuration), created_with (version of this package); in the
file also a checksum of all of these.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

from timbrespace import __version__, files
from timbrespace.config import ModelConfig
from timbrespace.errors import BundleError, ConfigError, TimbrespaceError

FORMAT_VERSION = 3  # 1 had blocks without gates, 2 codes that did not glide
METADATA_KEY = "timbrespace"
CHECKSUM = "sha256"  # of the rest of the header, which the model_id does not cover; early files lack it
FIELDS = ("config", "dataset", "latent", "codes", "training", "scores")  # what the writer of a bundle gives
HEADER_FIELDS = {*FIELDS, "format_version", "kind", "model_id", "created_with"}
LENGTH = struct.Struct("<Q")  # safetensors begins with the length of its JSON part
MAX_HEADER_BYTES = 100_000_000  # the limit of safetensors itself


@dataclass(frozen=True)
class Bundle:
    """A model at rest: its header (plain JSON values) and its tensors by name."""

    header: dict[str, Any]
    tensors: dict[str, Tensor]

    @property
    def config(self) -> ModelConfig:
        """The configuration the model is built from."""
        return ModelConfig.from_dict(self.header["config"])

    @property
    def model_id(self) -> str:
        """The hash of weights and configuration: 16 hexadecimal digits."""
        return str(self.header["model_id"])


def make_bundle(header: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Bundle:
    """A complete bundle from what its writer knows: any of `FIELDS` (missing ones are empty) and tensors.

    Raises BundleError where `config` is missing or `header` has a field there is none of.
    """
    unknown = sorted(set(header) - set(FIELDS))
    if unknown or "config" not in header:
        raise BundleError(
            f"a bundle needs 'config' and may have {', '.join(FIELDS)}; got {', '.join(header)}"
        )
    plain = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in sorted(tensors.items())}
    fields = {name: _plain(header.get(name)) for name in FIELDS}
    complete = {
        "format_version": FORMAT_VERSION,
        "kind": fields["config"]["kind"],
        **fields,
        "model_id": _identify(plain, fields["config"]),
        "created_with": __version__,
    }
    return Bundle(complete, plain)


def save_bundle(path: str | Path, bundle: Bundle, *, force: bool = False) -> None:
    """Write a bundle made by `make_bundle`. Errors as `files.atomic_path`."""
    header = _canonical({**bundle.header, CHECKSUM: _checksum(bundle.header)})
    data = safetensors.torch.save(bundle.tensors, metadata={METADATA_KEY: header})
    files.write_bytes(Path(path), data, force=force)


def load_bundle(path: str | Path) -> Bundle:
    """Read and check a bundle.

    Raises BundleError: no such file, a folder, not a bundle, truncated, corrupt, or a newer version.
    """
    path = Path(path)
    data = _read(path)
    header = _parse_header(path, data)
    try:
        tensors = safetensors.torch.load(data)
    except Exception as error:  # the reader raises several kinds, some its own
        raise BundleError(f"{path}: corrupt: {_brief(error)}; train again or take a copy") from None
    if _identify(tensors, header["config"]) != header["model_id"]:
        raise BundleError(f"{path}: corrupt: the weights are not the ones that were saved; take a copy")
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise BundleError(f"{path}: the weights '{name}' are not finite; train again")
    return Bundle(header, tensors)


def fit(module: nn.Module, bundle: Bundle, path: str | Path) -> None:
    """Load the bundle's tensors into `module`, strictly.

    Raises BundleError naming the first tensor that is missing, unknown or of another shape.
    """
    wanted = module.state_dict()
    for name in sorted(set(wanted) ^ set(bundle.tensors)):
        problem = "has no tensor" if name in wanted else "has an unknown tensor"
        raise BundleError(f"{path}: does not fit its configuration: it {problem} '{name}'")
    for name, tensor in bundle.tensors.items():
        if tensor.shape != wanted[name].shape or tensor.dtype != wanted[name].dtype:
            found, expected = (f"{x.dtype} {list(x.shape)}" for x in (tensor, wanted[name]))
            raise BundleError(f"{path}: does not fit its configuration: '{name}' is {found}, not {expected}")
    module.load_state_dict(bundle.tensors)


def _read(path: Path) -> bytes:
    if path.is_dir():
        inside = path / "model.timbre"
        hint = f"; name {inside}" if inside.is_file() else "; name a .timbre file"
        raise BundleError(f"{path}: this is a folder{hint}")
    try:
        with path.open("rb") as stream:
            start = stream.read(LENGTH.size + 1)
            _check_start(path, start)
            return start + stream.read()
    except FileNotFoundError:
        raise BundleError(f"{path}: there is no such file") from None
    except OSError as error:
        raise TimbrespaceError(f"{path}: cannot be read: {error.strerror or error}") from error


def _check_start(path: Path, start: bytes) -> None:
    if not start:
        raise BundleError(f"{path}: empty; take a copy or train again")
    full = len(start) == LENGTH.size + 1
    if not full or start[-1:] != b"{" or LENGTH.unpack(start[:-1])[0] > MAX_HEADER_BYTES:
        raise BundleError(f"{path}: not a timbrespace model; give the model.timbre that `train` wrote")


def _parse_header(path: Path, data: bytes) -> dict[str, Any]:
    body = LENGTH.size + LENGTH.unpack(data[: LENGTH.size])[0]
    if body > len(data):
        raise BundleError(f"{path}: truncated: {len(data)} bytes, its header alone has {body}; take a copy")
    outer = _parse_json(path, data[LENGTH.size : body])
    metadata = outer.get("__metadata__")
    if not isinstance(metadata, dict) or METADATA_KEY not in metadata:
        raise BundleError(f"{path}: a safetensors file, but not a timbrespace model")
    header = _parse_json(path, str(metadata[METADATA_KEY]).encode())
    _check_version(path, header.get("format_version"))
    _check_extent(path, outer, len(data) - body)
    recorded = header.pop(CHECKSUM, None)
    missing = sorted(HEADER_FIELDS - set(header))
    if missing:
        raise BundleError(f"{path}: corrupt header: it lacks {', '.join(missing)}; take a copy")
    if set(header) != HEADER_FIELDS or recorded not in (None, _checksum(header)):
        raise BundleError(f"{path}: corrupt header: it is not the one that was saved; take a copy")
    try:
        config = ModelConfig.from_dict(header["config"])
    except (ConfigError, TypeError, AttributeError) as error:
        raise BundleError(f"{path}: corrupt header: {_brief(error)}; take a copy") from None
    if header["kind"] != config.kind:
        raise BundleError(f"{path}: corrupt header: kind is {header['kind']!r:.40}, not '{config.kind}'")
    return header


def _checksum(header: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(header).encode()).hexdigest()


def _canonical(header: Mapping[str, Any]) -> str:
    return json.dumps(header, sort_keys=True, allow_nan=False)


def _parse_json(path: Path, text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise BundleError(f"{path}: corrupt header: it is not JSON; take a copy or train again")
    return value


def _check_version(path: Path, version: object) -> None:
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BundleError(f"{path}: corrupt header: format_version is {version!r:.40}")
    if version > FORMAT_VERSION:
        raise BundleError(
            f"{path}: format {version} is newer than this timbrespace {__version__} reads "
            f"({FORMAT_VERSION}); install a newer timbrespace"
        )
    if version < FORMAT_VERSION:
        raise BundleError(
            f"{path}: format {version} is older than this timbrespace {__version__} reads "
            f"({FORMAT_VERSION}); train the model again, its data set is still good"
        )


def _check_extent(path: Path, outer: dict[str, Any], held_bytes: int) -> None:
    """Whether the tensors' data is all there. Raises BundleError: truncated, or corrupt offsets."""
    try:
        ends = [int(entry["data_offsets"][1]) for name, entry in outer.items() if name != "__metadata__"]
    except (TypeError, KeyError, IndexError, ValueError):
        raise BundleError(f"{path}: corrupt header: the tensors have no valid offsets") from None
    declared = max(ends, default=0)
    if declared > held_bytes:
        raise BundleError(
            f"{path}: truncated: {held_bytes} bytes of {declared} bytes of weights; take a copy"
        )


def _identify(tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(config, sort_keys=True).encode())
    for name in sorted(tensors):
        tensor = tensors[name].contiguous()
        digest.update(f"{name} {tensor.dtype} {list(tensor.shape)}".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:16]


def _plain(value: Any) -> Any:
    """`value` as JSON takes it; numbers that are not finite become null."""
    if isinstance(value, Tensor) or hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
