"""Model files: the same bytes for the same model, and one clear line for every way of being broken."""

import json
import struct
from pathlib import Path

import pytest
import safetensors.torch
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

from timbrespace.bundle import FORMAT_VERSION, Bundle, fit, load_bundle, make_bundle, save_bundle
from timbrespace.config import preset
from timbrespace.errors import BundleError, TimbrespaceError


def make_module() -> nn.Module:
    torch.manual_seed(3)
    module = nn.Linear(4, 3)
    module.register_buffer("steps", torch.tensor(12))
    return module


def make(**header: object) -> Bundle:
    return make_bundle({"config": preset("tiny").to_dict(), **header}, make_module().state_dict())


def saved(tmp_path: Path) -> Path:
    save_bundle(tmp_path / "a.timbre", make(), force=True)
    return tmp_path / "a.timbre"


def rewrite(path: Path, **changes: object) -> None:
    """Write the bundle with fields of its header changed, the rest as it was."""
    bundle = load_bundle(path)
    header = {k: v for k, v in {**bundle.header, **changes}.items() if v is not ...}
    path.write_bytes(safetensors.torch.save(bundle.tensors, metadata={"timbrespace": json.dumps(header)}))


def test_round_trip(tmp_path: Path) -> None:
    bundle = make(
        scores={"lsd_2048": 4.5, "texture": float("nan")}, latent={"mean": torch.tensor([0.0, 1.0])}
    )
    save_bundle(tmp_path / "a.timbre", bundle)
    loaded = load_bundle(tmp_path / "a.timbre")
    assert loaded.header == bundle.header
    assert loaded.header["scores"] == {"lsd_2048": 4.5, "texture": None}
    assert loaded.header["latent"] == {"mean": [0.0, 1.0]}
    assert loaded.config == preset("tiny")
    assert loaded.header["format_version"] == FORMAT_VERSION
    module = nn.Linear(4, 3)
    module.register_buffer("steps", torch.tensor(0))
    fit(module, loaded, "a.timbre")
    wanted = make_module().state_dict()
    assert all(torch.equal(tensor, wanted[name]) for name, tensor in module.state_dict().items())


def test_equal_bundles_give_equal_bytes(tmp_path: Path) -> None:
    save_bundle(tmp_path / "a.timbre", make(latent={"b": 1, "a": 2}, scores={}))
    save_bundle(tmp_path / "b.timbre", make(scores={}, latent={"a": 2, "b": 1}))
    assert (tmp_path / "a.timbre").read_bytes() == (tmp_path / "b.timbre").read_bytes()


def test_model_id_follows_weights_and_configuration() -> None:
    tensors = make_module().state_dict()
    first = make_bundle({"config": preset("tiny").to_dict()}, tensors).model_id
    again = make_bundle({"config": preset("tiny").to_dict(), "scores": {"x": 1}}, tensors).model_id
    other = make_bundle({"config": preset("fast").to_dict()}, tensors).model_id
    tensors["bias"] = tensors["bias"] + 1e-6
    changed = make_bundle({"config": preset("tiny").to_dict()}, tensors).model_id
    assert first == again
    assert len({first, other, changed}) == 3


def test_never_overwritten_unasked(tmp_path: Path) -> None:
    path = saved(tmp_path)
    with pytest.raises(TimbrespaceError, match="exists already"):
        save_bundle(path, make())


def test_every_truncation_is_said(tmp_path: Path) -> None:
    path = saved(tmp_path)
    whole = path.read_bytes()
    for length in (9, 40, len(whole) - 60, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(BundleError, match=r"a\.timbre: truncated"):
            load_bundle(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"RIFF\x24\x08\x00\x00WAVEfmt ", "not a timbrespace model"),
        (b"fLaC\x00\x00\x00\x22abc", "not a timbrespace model"),
        (b"PK\x03\x04", "not a timbrespace model"),
        (struct.pack("<Q", 2**60) + b"{}", "not a timbrespace model"),
        (struct.pack("<Q", 90_000_000) + b"{}", "truncated"),
        (struct.pack("<Q", 3) + b"{,}", "corrupt header"),
        (struct.pack("<Q", 200_000) + b'{"a":' + b"[" * 199_995, "corrupt header"),
        (struct.pack("<Q", 2) + b"{}", "a safetensors file, but not"),
    ],
)
def test_what_is_not_a_bundle(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.timbre").write_bytes(content)
    with pytest.raises(BundleError, match=message) as caught:
        load_bundle(tmp_path / "a.timbre")
    assert "\n" not in str(caught.value)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no such file"):
        load_bundle(tmp_path / "none.timbre")
    with pytest.raises(BundleError, match=r"a folder; name a \.timbre file"):
        load_bundle(tmp_path)
    save_bundle(tmp_path / "model.timbre", make())
    with pytest.raises(BundleError, match=r"a folder; name .*model\.timbre"):
        load_bundle(tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format_version": FORMAT_VERSION + 1}, r"format \d is newer .* install a newer timbrespace"),
        ({"format_version": FORMAT_VERSION - 1}, r"format \d is older .* train the model again"),
        ({"format_version": "1"}, "corrupt header: format_version"),
        ({"format_version": ...}, "corrupt header: format_version is None"),
        ({"latent": ...}, "it lacks latent"),
        ({"config": {"kind": "continuous"}}, "no 'signal' part"),
        ({"config": None}, "corrupt header"),
        ({"config": {**preset("tiny").to_dict(), "latents": 0}}, "latents is 0"),
        ({"config": {**preset("tiny").to_dict(), "latents": "16"}}, "corrupt header"),
        ({"config": preset("fast").to_dict()}, "not the ones that were saved"),
    ],
)
def test_broken_headers(tmp_path: Path, changes: dict, message: str) -> None:
    path = saved(tmp_path)
    rewrite(path, **changes)
    with pytest.raises(BundleError, match=message):
        load_bundle(path)


def test_changed_weight_is_noticed(tmp_path: Path) -> None:
    path = saved(tmp_path)
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content)
    with pytest.raises(BundleError, match="not the ones that were saved"):
        load_bundle(path)


def test_changed_number_in_the_header_is_noticed(tmp_path: Path) -> None:
    save_bundle(tmp_path / "a.timbre", make(latent={"min": [-1.25]}))
    content = (tmp_path / "a.timbre").read_bytes()
    (tmp_path / "a.timbre").write_bytes(content.replace(b"-1.25", b"-1.75"))
    with pytest.raises(BundleError, match="corrupt header: it is not the one that was saved"):
        load_bundle(tmp_path / "a.timbre")


def test_weights_that_are_not_finite(tmp_path: Path) -> None:
    tensors = {"weight": torch.tensor([1.0, float("nan")])}
    save_bundle(tmp_path / "a.timbre", make_bundle({"config": preset("tiny").to_dict()}, tensors))
    with pytest.raises(BundleError, match="'weight' are not finite"):
        load_bundle(tmp_path / "a.timbre")


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (nn.Linear(4, 3), "unknown tensor 'steps'"),
        (nn.Sequential(nn.Linear(4, 3)), "no tensor '0.bias'"),
    ],
)
def test_tensors_that_do_not_fit(module: nn.Module, message: str) -> None:
    with pytest.raises(BundleError, match=message):
        fit(module, make(), "a.timbre")


def test_tensor_of_another_shape() -> None:
    module = nn.Linear(5, 3)
    module.register_buffer("steps", torch.tensor(0))
    with pytest.raises(BundleError, match=r"'weight' is torch.float32 \[3, 4\], not torch.float32 \[3, 5\]"):
        fit(module, make(), "a.timbre")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_is_noticed(tmp_path: Path, data: st.DataObject) -> None:
    path = saved(tmp_path)
    whole = path.read_bytes()
    content = bytearray(whole)
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        loaded = load_bundle(path)
    except TimbrespaceError as error:
        assert "\n" not in str(error)
    else:
        assert all(torch.equal(loaded.tensors[k], v) for k, v in make_module().state_dict().items())
        assert loaded.header == make().header
