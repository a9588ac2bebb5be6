"""An exported file is what its certificate says, does what the model does, and is else not written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from export_help import Exported, in_blocks, series_of, sound
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import noise
from torch import Tensor

from timbrespace import steps
from timbrespace.errors import ExportError, TimbrespaceError, UsageError
from timbrespace.export.description import read_description
from timbrespace.export.exporter import export
from timbrespace.scores.sound import log_spectral_distance

KINDS = ("continuous", "discrete")


@pytest.mark.parametrize("kind", KINDS)
def test_the_certificate_says_what_the_file_is(exported_models: dict[str, Exported], kind: str) -> None:
    model = exported_models[kind]
    described = read_description(model.path)
    assert (described.kind, described.model_id) == (kind, model.engine.model_id)
    assert json.loads(model.path.with_suffix(".json").read_text()) == json.loads(
        json.dumps(model.certificate)
    )
    assert json.loads(described.to_json()).items() <= model.certificate.items()
    module = model.load()
    assert module.get_methods() == list(described.methods)
    assert module.get_attributes() == [knob.name for knob in described.attributes]
    assert module.encode_params.tolist() == [1, 1, 5, 128]
    assert module.encode_output_labels == ["z0", "z1", "z2", "z3", "loudness_db"]
    assert model.certificate["size_bytes"] == model.path.stat().st_size


@pytest.mark.parametrize("kind", KINDS)
def test_a_click_comes_out_after_the_latency(exported_models: dict[str, Exported], kind: str) -> None:
    certificate = exported_models[kind].certificate
    hop = exported_models[kind].engine.signal.hop
    assert abs(certificate["latency_measured_samples"] - certificate["latency_samples"]) < hop / 4


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("frames", [1, 3, 4, 7])
def test_blocks_of_any_size_equal_offline(
    exported_models: dict[str, Exported], kind: str, frames: int
) -> None:
    model = exported_models[kind]
    x, hop = sound(model), model.engine.signal.hop
    series = series_of(model, x)
    z = in_blocks(model.load().encode, x, frames * hop)[0].numpy()
    count = z.shape[1]
    np.testing.assert_allclose(z[:-1].T, series.z[:count], atol=1e-5)
    np.testing.assert_allclose(z[-1], series.loudness_db[:count], atol=1e-4)
    played = in_blocks(model.load().forward, x, frames * hop)[0, 0].numpy()
    latency = model.engine.signal.latency_samples
    reference = model.engine.decode(series)[: len(played) - latency]
    assert log_spectral_distance(reference, played[latency:], 512) < 0.1
    decoded = in_blocks(model.load().decode, torch.from_numpy(z)[None], frames)[0, 0].numpy()
    assert log_spectral_distance(reference, decoded[latency:], 512) < 0.1


@given(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=12))
@settings(max_examples=15, deadline=None)
def test_any_mixture_of_block_sizes_gives_the_same(
    exported_models: dict[str, Exported], sizes: list[int]
) -> None:
    model = exported_models["continuous"]
    hop = model.engine.signal.hop
    x = torch.from_numpy(noise(sum(sizes) * hop)).view(1, 1, -1)
    once = model.load().forward(x)
    module = model.load()
    pieces = torch.cat([module.forward(block) for block in x.split([size * hop for size in sizes], dim=2)], 2)
    torch.testing.assert_close(pieces, once, atol=2e-3, rtol=0)


def test_it_needs_no_package(exported_models: dict[str, Exported], tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['timbrespace'] = None; import torch\n"
        f"module = torch.jit.load({str(exported_models['discrete'].path)!r})\n"
        "print(module.forward(torch.zeros(1, 1, 512)).shape[2])"
    )
    result = subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert (result.stdout.strip(), result.stderr) == ("512", "")


def test_rows_of_a_batch_are_alone(exported_models: dict[str, Exported]) -> None:
    model = exported_models["pitched"]
    a, b = sound(model, seed=1), sound(model, seed=2)
    module = model.load()
    together = in_blocks(module.forward, torch.cat([a, b]), 4 * 128)
    assert torch.equal(together[:1], in_blocks(model.load().forward, a, 4 * 128))
    assert torch.equal(together[1:], in_blocks(model.load().forward, b, 4 * 128))
    values = torch.tensor([[[600.0], [-20.0]], [[2400.0], [-20.0]]]).expand(2, 2, 12)
    both = module.follow_centroid(values)
    assert both.shape == (2, 1, 12 * 128)
    assert not torch.equal(both[0], both[1])


def test_a_length_that_does_not_fit_gives_zeros(exported_models: dict[str, Exported]) -> None:
    module = exported_models["continuous"].load()
    for length in (0, 1, 127, 200):
        out = module.forward(torch.ones(1, 1, length))
        assert out.shape == (1, 1, length)
        assert not out.any()


def _faulty(monkeypatch: pytest.MonkeyPatch, change: Any) -> None:
    """Exports whose decoder does something else with what it decodes."""
    true_record = steps.record

    def record(step: Any, *examples: Tensor, **options: Any) -> torch.jit.ScriptFunction:
        def changed(*inputs: Tensor) -> tuple[Tensor, ...]:
            out, *state = step(*inputs)
            return (change(out) if len(inputs) > 3 else out), *state

        return true_record(changed, *examples, **options)

    monkeypatch.setattr(steps, "record", record)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda audio: audio * 0.0, "silent"),
        (lambda audio: audio * 40.0, "dB into"),
        (lambda audio: torch.where(audio.abs().amax() < 1e-9, torch.nan, 1.0) * audio, "no number"),
        (lambda audio: audio + 0.3 * torch.rand_like(audio), "second time"),
        (lambda audio: 0.9 * audio, "off what"),
    ],
    ids=["silent", "loud", "NaN in silence", "not deterministic", "softer"],
)
def test_a_file_that_does_not_work_is_not_written(
    exported_models: dict[str, Exported],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Any,
    word: str,
) -> None:
    _faulty(monkeypatch, change)
    with pytest.raises(ExportError, match=word):
        export(exported_models["discrete"].engine, tmp_path / "bad.ts")
    assert list(tmp_path.iterdir()) == []


def test_an_encoder_that_never_recovers_is_found(
    exported_models: dict[str, Exported], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its state holds what was no number for ever."""
    true_record = steps.record

    def record(step: Any, *examples: Tensor, **options: Any) -> torch.jit.ScriptFunction:
        def poisoned(*inputs: Tensor) -> tuple[Tensor, ...]:
            out, numbers, *rest = step(*inputs)
            stuck = torch.where(inputs[0].isfinite().all(), 0.0, torch.nan) + 0.0 * inputs[1].sum()
            return (
                (torch.nan_to_num(out + stuck), numbers + stuck, *rest) if len(inputs) == 3 else step(*inputs)
            )

        return true_record(poisoned, *examples, **options)

    monkeypatch.setattr(steps, "record", record)
    with pytest.raises(ExportError, match="encode does not recover"):
        export(exported_models["discrete"].engine, tmp_path / "bad.ts")


def test_nothing_of_this_machine_is_in_it(exported_models: dict[str, Exported]) -> None:
    data = exported_models["continuous"].path.read_bytes()
    for trace in (b"site-packages", str(Path(steps.__file__).parent).encode(), b".debug_pkl"):
        assert trace not in data


def test_nothing_is_overwritten(exported_models: dict[str, Exported], tmp_path: Path) -> None:
    engine = exported_models["discrete"].engine
    (tmp_path / "kept.json").write_text("mine")
    with pytest.raises(TimbrespaceError, match=r"kept\.json"):
        export(engine, tmp_path / "kept.ts")
    with pytest.raises(UsageError, match=r"must end in \.ts"):
        export(engine, tmp_path / "model.pt")
    assert [path.name for path in tmp_path.iterdir()] == ["kept.json"]


def test_other_files_are_no_exports(tmp_path: Path) -> None:
    text, folder = tmp_path / "text.ts", tmp_path / "folder.ts"
    text.write_text("no archive")
    folder.mkdir()
    other = tmp_path / "other.ts"
    torch.jit.script(torch.nn.Linear(2, 2)).save(str(other))
    for path, word in ((text, "damaged"), (folder, "folder"), (other, "not exported by"),
                       (tmp_path / "none.ts", "no such file")):  # fmt: skip
        with pytest.raises(ExportError, match=word):
            read_description(path)


def test_asking_for_the_methods_leaves_the_state_alone(exported_models: dict[str, Exported]) -> None:
    """Hosts ask at loading, and some before every block."""
    model = exported_models["discrete"]
    x = sound(model)
    asked, plain = model.load(), model.load()
    pieces = []
    for block in x.split(8 * 128, dim=2):
        asked.get_methods()
        pieces.append(asked.forward(block))
    assert torch.equal(torch.cat(pieces, dim=2), in_blocks(plain.forward, x, 8 * 128))
