"""The descriptor table: what it says of sounds that are known, and what it refuses to read."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import codebook_help
import numpy as np
import pytest
import soundfile
from conftest import make_tone
from signals import noise, partials

from timbrespace import descriptors, engine
from timbrespace.bundle import Bundle, load_bundle
from timbrespace.codebook import DescriptorTable, describe_codes, describe_data, table_of
from timbrespace.codebook.coverage import coverage
from timbrespace.dataset.prepare import prepare
from timbrespace.dataset.store import Dataset
from timbrespace.descriptors import DESCRIPTORS
from timbrespace.engine import Engine
from timbrespace.errors import BundleError, UsageError
from timbrespace.latents import LatentSeries
from timbrespace.pitch import F0_VOICING, F0_WINDOW, steady_pitch

COLUMNS = "code,count,centroid_hz,bandwidth_hz,rolloff_hz,flatness,f0_hz,f0_confidence"


def through_json(table: DescriptorTable) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(json.dumps(table.to_header(), allow_nan=False))
    return header


def test_codes_csv_has_its_columns_and_no_pitch_where_there_is_none() -> None:
    table = codebook_help.table([400.0, 1234.5678], f0=[220.0, 331.0], confidence=[0.9, F0_VOICING])
    text = table.to_csv()
    assert text.splitlines()[0] == COLUMNS
    first, second = csv.DictReader(io.StringIO(text))
    assert (first["code"], first["count"], first["f0_hz"]) == ("0", "0", "220")
    assert (second["code"], second["count"], second["f0_hz"]) == ("1", "1", "")
    assert second["centroid_hz"] == "1234.57"
    assert float(second["f0_confidence"]) == F0_VOICING
    assert np.isnan(table.column("f0")[1])


@pytest.mark.parametrize("codes", [True, False])
def test_header_round_trip(codes: bool) -> None:
    rng = np.random.default_rng(1)
    table = codebook_help.table(
        rng.uniform(100.0, 8000.0, 9), f0=rng.uniform(60.0, 900.0, 9), confidence=rng.uniform(size=9),
        z=rng.standard_normal((9, 4)), codes=codes,
    )  # fmt: skip
    header = through_json(table)
    assert ("z" in header) != codes
    back = DescriptorTable.from_header(header, table.z if codes else None, 4)
    assert back.codes == codes
    assert back.level_db == table.level_db
    assert np.array_equal(back.count, table.count)
    assert np.array_equal(back.pitched, table.pitched)
    assert np.allclose(back.z, table.z, rtol=1e-5)
    for name in DESCRIPTORS:
        assert np.allclose(back.column(name), table.column(name), rtol=1e-5, equal_nan=True), name
    assert through_json(back) == header


def damage(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    header = through_json(codebook_help.table([300.0, 400.0, 500.0], codes=False))
    change(header)
    return header


DAMAGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "a column missing": lambda header: header["descriptors"].pop("rolloff"),
    "no count": lambda header: header.pop("count"),
    "no latents": lambda header: header.pop("z"),
    "no descriptors": lambda header: header.update(descriptors=None),
    "descriptors a list": lambda header: header.update(descriptors=[1.0, 2.0]),
    "too short": lambda header: header["descriptors"]["centroid"].pop(),
    "confidence too long": lambda header: header["f0_confidence"].append(0.5),
    "NaN, as JSON has it": lambda header: header["descriptors"]["centroid"].__setitem__(1, None),
    "a word": lambda header: header["descriptors"]["f0"].__setitem__(0, "high"),
    "a column of columns": lambda header: header.update(count=[[0], [1], [2]]),
    "a ragged one": lambda header: header.update(count=[0, [1], 2]),
    "a count beyond integers": lambda header: header.update(count=[0, 1, 10**30]),
    "a count below nothing": lambda header: header.update(count=[0, -1, 2]),
    "a negative frequency": lambda header: header["descriptors"]["centroid"].__setitem__(1, -300.0),
    "no frequency at all": lambda header: header["descriptors"]["f0"].__setitem__(1, 0.0),
    "flatness above 1": lambda header: header["descriptors"]["flatness"].__setitem__(1, 1.5),
    "more than sure": lambda header: header["f0_confidence"].__setitem__(1, 17.0),
    "no level": lambda header: header.update(level_db=None),
    "a level in words": lambda header: header.update(level_db="loud"),
    "latents of another model": lambda header: header.update(z=[[0.0] * 5] * 3),
    "a latent that is none": lambda header: header["z"][0].__setitem__(0, None),
    "a number for latents": lambda header: header.update(z=3),
    "nothing in it": lambda header: header.update(
        {name: [] for name in ("z", "count", "loudness_db", "f0_confidence")},
        descriptors={name: [] for name in DESCRIPTORS},
    ),
    "absurdly many": lambda header: header.update(
        {name: [0] * 70_000 for name in ("count", "loudness_db", "f0_confidence")},
        z=[[0.0] * 4] * 70_000,
        descriptors=dict.fromkeys(DESCRIPTORS, [100.0] * 70_000),
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_table_is_one_error_with_a_remedy(name: str) -> None:
    with pytest.raises(BundleError, match=r"damaged: .*make it anew with `timbrespace codebook") as caught:
        DescriptorTable.from_header(damage(DAMAGES[name]), None, 4)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("header", ["codes", [1, 2], 7])
def test_what_is_no_table_at_all(tiny_models: dict[str, Path], header: Any) -> None:
    bundle = load_bundle(tiny_models["discrete"])
    model = Engine(Bundle({**bundle.header, "codes": header}, bundle.tensors))
    with pytest.raises(BundleError, match="damaged"):
        table_of(model)


def test_codes_are_described_as_they_sound(described_models: dict[str, Path]) -> None:
    """A code held for long and measured by other means; all are noise, so none has a pitch."""
    model = engine.load(described_models["discrete"])
    table = table_of(model)
    assert len(table) == 32
    assert not table.pitched.any()
    assert not table.count.any()
    assert table.codes
    held = np.full(200, 5, dtype=np.int32)
    level = np.full(200, -35.0, dtype=np.float32)
    series = LatentSeries(table.z[held], level, model.signal.frame_rate_hz, model.model_id, held)
    heard = descriptors.of_sound(model.decode(series), model.sample_rate, pitch=False)
    for name in ("centroid", "bandwidth", "rolloff"):
        assert table.values[name][5] == pytest.approx(np.median(heard[name][5:-5]), rel=0.05), name


def test_descriptions_repeat_and_counts_come_from_the_file(described_models: dict[str, Path]) -> None:
    bundle = load_bundle(described_models["discrete"])
    counts = list(range(32))
    latent = {**bundle.header["latent"], "codes": {"counts": counts}}
    model = Engine(Bundle({**bundle.header, "latent": latent}, bundle.tensors))
    anew = describe_codes(model)
    assert anew.count.tolist() == counts
    assert through_json(anew)["descriptors"] == bundle.header["codes"]["descriptors"]


def test_a_continuous_model_without_a_table_says_what_to_do(tiny_models: dict[str, Path]) -> None:
    model = engine.load(tiny_models["continuous"])
    with pytest.raises(UsageError, match="--dataset"):
        table_of(model)
    with pytest.raises(UsageError, match="no codes"):
        describe_codes(model)


def test_frames_of_the_data_are_described_if_they_can_be_heard(
    tiny_models: dict[str, Path], tmp_path: Path
) -> None:
    model = engine.load(tiny_models["continuous"])
    for name, rate in (("right", 16_000), ("wrong", 22_050)):
        silent = np.zeros(rate // 2, dtype=np.float32)
        soundfile.write(tmp_path / f"{name}.wav", np.concatenate([make_tone(0.5, rate), silent]), rate)
        prepare([tmp_path / f"{name}.wav"], tmp_path / name, rate=rate, jobs=1)
    data = Dataset.open(tmp_path / "right")
    table = describe_data(model, data, data.split()[0])
    assert 20 < len(table) < 80  # of 125 frames
    assert not table.codes
    assert (table.count == 1).all()
    assert table.loudness_db.max() - table.loudness_db.min() <= 60.0
    assert table.to_csv() == describe_data(model, data, data.split()[0]).to_csv()
    assert len(table_of(model, data)) == len(table)
    with pytest.raises(UsageError, match="22050 Hz and the model at 16000 Hz"):
        table_of(model, Dataset.open(tmp_path / "wrong"))


def test_steady_pitch_of_sines_noise_and_silence() -> None:
    notes = (82.4, 440.0, 1500.0)
    rows = [partials([note], 0.2) for note in notes]
    size = 2 * F0_WINDOW
    rows += [noise(size), np.zeros(size, np.float32)]
    found = steady_pitch(np.stack([row[:size] for row in rows]), 44_100)
    assert found.voiced.tolist() == [True, True, True, False, False]
    assert np.abs(1200 * np.log2(found.f0_hz[:3] / notes)).max() < 10.0
    assert found.voicing[4] == 0.0
    assert np.isfinite(found.f0_hz).all()


def test_decoding_may_glide_over_any_number_of_frames(tiny_models: dict[str, Path]) -> None:
    model = engine.load(tiny_models["discrete"])
    codes = np.arange(160, dtype=np.int32) // 5
    level = np.full(160, -20.0, dtype=np.float32)
    codebook = model.codebook
    assert codebook is not None
    series = LatentSeries(codebook[codes], level, model.signal.frame_rate_hz, model.model_id, codes)
    cut, own, long = (model.decode(series, glide_frames=frames) for frames in (1, None, 150))
    assert cut.shape == own.shape == long.shape
    assert np.isfinite(long).all()
    assert not np.allclose(cut, own)
    assert not np.allclose(cut, long)
    assert np.array_equal(cut, model.decode(series, glide_frames=1))
    with pytest.raises(UsageError, match="glide_frames is 0"):
        model.decode(series, glide_frames=0)


def test_coverage_names_ends_middle_and_gaps() -> None:
    values = [100.0, 102.0, 104.0, 400.0, 408.0]
    covered = coverage(codebook_help.table(values), "centroid")
    assert covered is not None
    assert (covered.sounds, covered.low, covered.high) == (5, 100.0, 408.0)
    assert (covered.middle_low, covered.middle_high) == pytest.approx((100.8, 404.8))
    assert covered.gaps == ((104.0, 400.0),)
    assert covered.covered == pytest.approx(1 - math.log(400 / 104) / math.log(408 / 100))
    assert "100 Hz to 408 Hz" in covered.describe()
    assert "thin: 104 Hz to 400 Hz" in covered.describe()


def test_coverage_of_one_value_of_none_and_of_semitones() -> None:
    same = coverage(codebook_help.table([300.0, 300.0]), "centroid")
    assert same is not None
    assert (same.covered, same.gaps) == (1.0, ())
    assert coverage(codebook_help.table([300.0], confidence=0.0), "f0") is None
    scale = 220.0 * 2 ** (np.arange(13) / 12)
    semitones = coverage(codebook_help.table(scale, f0=scale), "f0")
    assert semitones is not None
    assert semitones.gaps == ()


def test_coverage_beside_another_descriptor_is_of_what_has_both() -> None:
    table = codebook_help.table([300.0, 400.0, 9000.0], confidence=[1.0, 1.0, 0.0])
    both = coverage(table, "centroid", ["centroid", "f0"])
    assert both is not None
    assert (both.sounds, both.low, both.high) == (2, 300.0, 400.0)
    assert coverage(codebook_help.table([300.0], confidence=0.0), "centroid", ["f0"]) is None
