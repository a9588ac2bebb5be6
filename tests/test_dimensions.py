"""Dimensions: what goes with each in the data, what moving it does, and the table and picture of both."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from descriptions import describe

from timbrespace import dimensions
from timbrespace.descriptors import DESCRIPTORS
from timbrespace.dimensions import describe_dimensions, save_dimensions_csv
from timbrespace.directions.measured import spectral
from timbrespace.engine import Engine, load
from timbrespace.errors import TimbrespaceError, UsageError
from timbrespace.figures_dimensions import save_dimensions


@pytest.fixture(autouse=True)
def few_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pitches of held sounds take most of the time."""
    monkeypatch.setattr(dimensions, "PITCHED_FRAMES", 12)


@pytest.fixture
def engine(tiny_models: dict[str, Path]) -> Engine:
    return load(tiny_models["continuous"])


def test_correlations_with_known_answers(engine: Engine) -> None:
    table = describe(engine)
    values = dict(table.values) | {"centroid": np.exp2(-3.0 * table.z[:, 2].astype(float))}
    found = describe_dimensions(engine, replace(table, values=values))
    assert found[2].correlations["centroid"] == pytest.approx(-1.0)
    assert abs(found[1].correlations["centroid"]) < 0.3
    assert found[0].correlations["f0"] == pytest.approx(1.0)
    assert abs(found[0].correlations["loudness"]) < 0.3


def test_correlation_with_pitch_counts_frames_that_have_one(engine: Engine) -> None:
    table = describe(engine)
    pitched = np.arange(len(table)) % 2 == 0
    values = dict(table.values) | {"f0": np.where(pitched, np.exp2(table.z[:, 3]), 1.0)}
    found = describe_dimensions(engine, replace(table, values=values, f0_confidence=pitched.astype(float)))
    assert found[3].correlations["f0"] == pytest.approx(1.0)
    nothing = describe_dimensions(engine, describe(engine, pitched=False))
    assert np.isnan(nothing[0].correlations["f0"])
    assert np.isnan(nothing[0].effects["f0"])


def test_effects_are_changes_of_the_decoded_sound(engine: Engine) -> None:
    table = describe(engine)
    found = describe_dimensions(engine, table)[1]
    low, high = table.z.copy(), table.z.copy()
    low[:, 1], high[:, 1] = found.p5, found.p95
    change = spectral(engine, high, table.loudness_db)["flatness"]
    change = change - spectral(engine, low, table.loudness_db)["flatness"]
    assert found.effects["flatness"] == pytest.approx(np.median(change))


def test_ranges_are_those_of_the_header(engine: Engine) -> None:
    table = describe(engine)
    found = describe_dimensions(engine, table)[1]
    assert (found.low, found.high) == (table.z[:, 1].min(), table.z[:, 1].max())
    assert found.p95 == pytest.approx(np.percentile(table.z[:, 1], 95), rel=1e-5)
    percentiles = {"5": [-2.0] * 4, "50": [0.0] * 4, "95": [2.0] * 4}
    engine.header["latent"] = {"min": [-4.0] * 4, "max": [5.0] * 4, "percentiles": percentiles}
    found = describe_dimensions(engine, table)[1]
    assert (found.low, found.p5, found.median, found.p95, found.high) == (-4.0, -2.0, 0.0, 2.0, 5.0)


@pytest.mark.parametrize(
    ("effects", "name"),
    [
        ({"centroid": 0.8, "flatness": 0.1}, "brighter (centroid +0.80 octaves)"),
        ({"centroid": -0.8, "flatness": -9.0}, "purer (flatness -9.0 dB)"),
        ({"f0": -7 / 12, "centroid": 0.1}, "lower (f0 -7.0 semitones)"),
        ({"centroid": 0.2, "f0": float("nan")}, "no descriptor"),
    ],
)
def test_names(effects: dict[str, float], name: str) -> None:
    deviation = dict.fromkeys(DESCRIPTORS, 1.0)
    deviation["f0"] = 0.5
    assert dimensions._name(effects, deviation) == name


def test_table_and_picture(engine: Engine, tmp_path: Path) -> None:
    engine.model.rotation.active[3] = False
    found = describe_dimensions(engine, describe(engine))
    assert found[3].row() == "z3: not active"
    save_dimensions_csv(tmp_path / "dimensions.csv", found)
    lines = (tmp_path / "dimensions.csv").read_text().splitlines()
    assert lines[0].startswith("dimension,active,min,p5,median,p95,max,correlation_centroid,")
    assert lines[0].endswith(",effect_f0,name")
    assert [line.split(",")[1] for line in lines[1:]] == ["1", "1", "1", "0"]
    assert {line.count(",") for line in lines} == {lines[0].count(",")}
    save_dimensions(tmp_path / "dimensions.png", found, "tiny")
    assert (tmp_path / "dimensions.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(TimbrespaceError, match="exists already"):
        save_dimensions(tmp_path / "dimensions.png", found, "tiny")


def test_a_discrete_model_has_none(engine: Engine, tiny_models: dict[str, Path]) -> None:
    with pytest.raises(UsageError, match="discrete"):
        describe_dimensions(load(tiny_models["discrete"]), describe(engine))
