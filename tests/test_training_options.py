"""What a run may be asked to do."""

from pathlib import Path

import pytest

from timbrespace.config import preset
from timbrespace.errors import UsageError
from timbrespace.training.options import TrainOptions


def options(kind: str = "continuous", **changes: object) -> TrainOptions:
    return TrainOptions(kind, Path("data"), Path("run"), **changes)  # type: ignore[arg-type]


def test_ten_minutes_if_nothing_is_said() -> None:
    assert (options().minutes, options().steps) == (10.0, None)
    assert (options(steps=5).minutes, options(steps=5).steps) == (None, 5)


def test_model_takes_the_data_sets_rate_and_the_given_sizes() -> None:
    config = options("discrete", preset="fast", latents=5, codes=77).model_config(48_000)
    assert (config.kind, config.latents, config.codes) == ("discrete", 5, 77)
    assert (config.signal.sample_rate, config.signal.hop) == (48_000, preset("fast").signal.hop)


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("vae", {}, "the kind is 'vae'; it must be continuous or discrete"),
        ("continuous", {"minutes": 1.0, "steps": 1}, "exclude each other"),
        ("continuous", {"minutes": 0.0}, "--minutes is 0"),
        ("continuous", {"minutes": float("nan")}, "--minutes is nan"),
        ("continuous", {"minutes": float("inf")}, "--minutes is inf"),
        ("continuous", {"steps": 0}, "--steps is 0"),
        ("continuous", {"latents": 0}, "latents is 0"),
        ("continuous", {"codes": 64}, "--codes is for the discrete"),
        ("continuous", {"adversary": -1.0}, "--adversary is -1"),
        ("discrete", {"adversary": 0.5}, "--adversary is for the continuous"),
        ("discrete", {"codes": 1}, "codes is 1"),
        ("continuous", {"preset": "huge"}, "no preset 'huge'; there are standard"),
        ("continuous", {"accelerator": "npu"}, "--accelerator is 'npu'"),
        ("continuous", {"devices": 0}, "--devices is 0"),
        ("continuous", {"nodes": 0}, "--nodes is 0"),
        ("continuous", {"seed": -1}, "--seed is -1"),
    ],
)
def test_what_makes_no_sense_is_wrong_use(kind: str, changes: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        options(kind, **changes)
